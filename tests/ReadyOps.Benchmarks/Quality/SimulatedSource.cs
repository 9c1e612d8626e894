using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// Answers a signal as <see cref="PrometheusSignalSource"/> would: on the grid of its interval, windows clipped to the start of the step
/// and of the rollout, an error while the backend is down, and all that was missed when it answers again.
/// </summary>
internal sealed class SimulatedSource : IPeekable
{
    private readonly World _world;
    private readonly Metrics _metrics;
    private readonly Metric _metric;
    private readonly double _interval;
    private readonly double _window;
    private readonly double _lag;
    private double _collected;

    public SimulatedSource(SignalDefinition signal, World world, Metrics metrics)
    {
        (Signal, _world, _metrics) = (signal, world, metrics);
        (_interval, _window, _lag) = (signal.Interval.TotalSeconds, signal.Window.TotalSeconds, signal.Lag.TotalSeconds);
        _metric = MetricOf(signal);
    }

    public SignalDefinition Signal { get; }

    /// <summary>What a signal watches, by its name.</summary>
    public static Metric MetricOf(SignalDefinition signal) => signal.Name switch
    {
        "latency-p95" => Metric.P95,
        "latency-p99" => Metric.P99,
        _ => Metric.Errors,
    };

    public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        double after = Seconds(span.After), now = Seconds(span.Until);
        if (_world.BackendIsDown(now)) return ValueTask.FromResult(new SignalBatch { CollectedUntil = span.After, Error = "The metrics backend is down." });
        var samples = new List<SignalSample>();
        double until = Math.Floor((now - _lag) / _interval) * _interval;
        if (until <= after) return ValueTask.FromResult(new SignalBatch { CollectedUntil = span.After });
        for (double at = (Math.Floor(after / _interval) + 1) * _interval; at <= until; at += _interval)
        {
            if (!TrySample(at, Seconds(span.StepStart), Seconds(span.Start), out double value, out bool inStep)) continue;
            samples.Add(new SignalSample(ReadyOpsPolicy.Start.AddSeconds(at), value, Signal.Interval, inStep));
            if (inStep && double.IsFinite(value)) _metrics.NoteAnswer(_metric, at);
        }

        _collected = until;
        return ValueTask.FromResult(new SignalBatch { CollectedUntil = ReadyOpsPolicy.Start.AddSeconds(until), Samples = samples });
    }

    public double QuietUntil(double now, double until, RolloutState state)
    {
        until = Math.Min(until, _world.AnswersUntil(now));
        for (double at = _collected + _interval; at <= until - _lag; at += _interval)
            if (!TrySample(at, Seconds(state.StepStartedAt), 0, out double value, out _) || !double.IsFinite(value) || !Signal.Bound.Holds(value)) return Math.Max(now, at + _lag - 1);
        return until;
    }

    private static double Seconds(DateTimeOffset time) => (time - ReadyOpsPolicy.Start).TotalSeconds;

    private bool TrySample(double at, double stepStart, double start, out double value, out bool inStep)
    {
        double sinceStep = at - stepStart;
        inStep = sinceStep >= 1;
        value = double.NaN;
        if (at - start < 1) return false;
        double since = sinceStep >= 1 ? sinceStep : sinceStep > 0 ? 1 : at - start;
        return _metrics.TryAsk(_metric, at, Math.Min(since, _window), out value);
    }
}
