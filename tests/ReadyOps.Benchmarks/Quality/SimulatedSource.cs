using ReadyOps.Core.Signals;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// Answers a signal as <see cref="PrometheusSignalSource"/> would: on the grid of its interval, windows clipped to the start of the step
/// and of the rollout, an error while the backend is down, and all that was missed when it answers again.
/// </summary>
internal sealed class SimulatedSource : ISignalSource
{
    private readonly World _world;
    private readonly Metrics _metrics;
    private readonly Metric _metric;
    private readonly double _interval;
    private readonly double _window;
    private readonly double _lag;
    private readonly SequentialCounts? _comparison;
    private int _compared;
    private double _quietTo;

    public SimulatedSource(SignalDefinition signal, World world, Metrics metrics)
    {
        (Signal, _world, _metrics) = (signal, world, metrics);
        (_interval, _window, _lag) = (signal.Interval.TotalSeconds, signal.Window.TotalSeconds, signal.Lag.TotalSeconds);
        _metric = MetricOf(signal);
        // Two comparisons share an alpha of 2 %.
        if (signal.Name.EndsWith("-compared", StringComparison.Ordinal))
            _comparison = new SequentialCounts(new ComparisonOptions { Direction = ComparisonDirection.Increase, Confidence = 0.99 }, shares: true);
    }

    public SignalDefinition Signal { get; }

    /// <summary>What a signal watches, by its name.</summary>
    public static Metric MetricOf(SignalDefinition signal) => signal.Name switch
    {
        "latency-p95" or "latency-compared" => Metric.P95,
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

        _quietTo = until;
        return ValueTask.FromResult(new SignalBatch { CollectedUntil = ReadyOpsPolicy.Start.AddSeconds(until), Samples = samples });
    }

    /// <summary>Whether a tick would see nothing but good samples, none missing.</summary>
    public bool IsQuiet(double tick, DateTimeOffset stepStart)
    {
        if (_comparison is not null || _world.BackendIsDown(tick)) return false;
        for (double at = _quietTo + _interval; at <= tick - _lag; _quietTo = at, at += _interval)
            if (!TrySample(at, Seconds(stepStart), 0, out double value, out _) || !double.IsFinite(value) || !Signal.Bound.Holds(value)) return false;
        return true;
    }

    private static double Seconds(DateTimeOffset time) => (time - ReadyOpsPolicy.Start).TotalSeconds;

    private bool TrySample(double at, double stepStart, double start, out double value, out bool inStep)
    {
        double sinceStep = at - stepStart;
        inStep = sinceStep >= 1;
        value = double.NaN;
        if (at - start < 1) return false;
        if (_comparison is not null) return TryCompare(at, out value);
        double since = sinceStep >= 1 ? sinceStep : sinceStep > 0 ? 1 : at - start;
        return _metrics.TryAsk(_metric, at, Math.Min(since, _window), out value);
    }

    /// <summary>1 for a failed comparison, 0 for one that passed; none as long as it is neither, or nothing new was seen.</summary>
    private bool TryCompare(double at, out double value)
    {
        int index = (int)Math.Floor(at / World.Pace);
        value = double.NaN;
        _metrics.AdvanceTo(at);
        if (index <= _compared) return false;
        (double requests, double errors, double slow) = _metrics.Counted(canary: true, _compared, index);
        (double others, double otherErrors, double otherSlow) = _metrics.Counted(canary: false, _compared, index);
        _compared = index;
        if (requests == 0) return false;
        _comparison!.Observe(new EventCount(_metric == Metric.Errors ? otherErrors : otherSlow, others), new EventCount(_metric == Metric.Errors ? errors : slow, requests));
        Verdict verdict = _comparison.Read().Verdict;
        // At 100 % there is nothing left to compare with.
        value = verdict == Verdict.Fail ? 1 : 0;
        return verdict is Verdict.Pass or Verdict.Fail || others == 0;
    }
}
