using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// A signal of type <c>compare</c>, as the document has it: the source, the counting and the test are those of a live rollout, and only
/// the counters that Prometheus would answer come from <see cref="Metrics"/>.
/// </summary>
internal sealed class SimulatedComparison : IPeekable
{
    private readonly World _world;
    private readonly CompareSignalSource _source;
    private string? _carry;
    private DateTimeOffset _collected;
    private (SignalSpan Span, SignalBatch Batch)? _ahead;

    public SimulatedComparison(SignalDefinition signal, CompareRule rule, World world, Metrics metrics)
    {
        (Signal, _world) = (signal, world);
        _source = new CompareSignalSource(new Feed(rule, metrics), rule);
    }

    public SignalDefinition Signal { get; }

    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        if (_world.BackendIsDown((span.Until - ReadyOpsPolicy.Start).TotalSeconds)) return new SignalBatch { CollectedUntil = span.After, Error = "The metrics backend is down." };
        // Looked at already, and nothing has changed since.
        SignalBatch batch = _ahead is { } ahead && ahead.Span == span ? ahead.Batch : await _source.CollectAsync(span, carry, cancel);
        (_carry, _collected, _ahead) = (batch.Error is null ? batch.Carry : carry, batch.CollectedUntil, null);
        return batch;
    }

    public double QuietUntil(double now, double until, RolloutState state)
    {
        until = Math.Min(until, _world.AnswersUntil(now));
        bool exposed = RolloutMachine.IsExposed(state, Signal);
        if (!exposed) return until;
        var span = new SignalSpan(_collected, ReadyOpsPolicy.Start.AddSeconds(until), state.StepStartedAt, state.StartedAt, exposed);
        // Nothing here waits: the feed answers at once.
        SignalBatch batch = _source.CollectAsync(span, _carry, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _ahead = (span, batch);
        DateTimeOffset good = _collected;
        foreach (SignalSample sample in batch.Samples)
        {
            if (sample.Value != 1 || sample.Time - good > Signal.Interval) break;
            good = sample.Time;
        }

        return good >= batch.CollectedUntil ? until : (good + Signal.Interval + Signal.Lag - ReadyOpsPolicy.Start).TotalSeconds - 1;
    }

    /// <summary>Answers with the counters of the simulation.</summary>
    private sealed class Feed(CompareRule rule, Metrics metrics) : ICompareFeed
    {
        private static readonly int Slow = Array.IndexOf(World.Bounds, 0.5), All = World.Width - 2, Errors = World.Width - 1;

        public ValueTask<CompareAnswer> LooksAsync(long first, long last, CancellationToken cancel)
        {
            try
            {
                return ValueTask.FromResult(Looks(first, last));
            }
            catch (ReadyOpsException e)
            {
                // As CompareMeter does.
                return ValueTask.FromResult(new CompareAnswer([], e.Message));
            }
        }

        private CompareAnswer Looks(long first, long last)
        {
            metrics.AdvanceTo(Seconds(last));
            int events = rule.Canary.CountsGood ? Slow : Errors;
            var canary = new CounterSteps(rule.Canary, Grid(true, events, first, last), Grid(true, All, first, last), rule);
            var baseline = new CounterSteps(rule.Baseline, Grid(false, events, first, last), Grid(false, All, first, last), rule);
            var looks = new List<CompareLook>();
            for (long moment = first; moment <= last; moment++)
            {
                looks.Add(new CompareLook(At(moment))
                {
                    Baseline = baseline.Count(moment, out string? without),
                    Canary = canary.Count(moment, out string? missing),
                    Missing = without ?? missing,
                });
            }

            return new CompareAnswer(looks);
        }

        private CounterGrid Grid(bool canary, int column, long first, long last)
        {
            var labels = new Dictionary<string, string> { ["instance"] = canary ? "new" : "old" };
            var samples = new SampleColumns("", labels, (int)(last - first + 2));
            for (long moment = first - 1; moment <= last; moment++)
                if (metrics.Counter(canary, (int)(Seconds(moment) / World.Pace), column) is { } value) samples.Add(At(moment).ToUnixTimeMilliseconds(), value);
            return new CounterGrid([new MetricSeries { Labels = labels, Samples = samples }], first - 1, last, rule.Interval);
        }

        private DateTimeOffset At(long moment) => DateTimeOffset.UnixEpoch + (moment * rule.Interval);

        private double Seconds(long moment) => (At(moment) - ReadyOpsPolicy.Start).TotalSeconds;
    }
}
