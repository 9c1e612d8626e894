using ReadyOps.Core.Signals;

namespace ReadyOps.Benchmarks;

/// <summary>A healthy metrics backend in memory: it answers on the grid of the signal, the same whenever it is asked.</summary>
/// <param name="signal">The signal.</param>
/// <param name="level">Around which value.</param>
internal sealed class SampleSource(SignalDefinition signal, double level) : ISignalSource
{
    public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        if (signal.Type != "prometheus")
        {
            // As a check does: one look a tick, no history.
            return ValueTask.FromResult(new SignalBatch
            {
                CollectedUntil = span.Until,
                Samples = [new SignalSample(span.Until, 1, span.Until - span.After, span.Until > span.StepStart)],
                SeesOnlyTicks = true,
            });
        }

        long step = signal.Interval.Ticks;
        var samples = new List<SignalSample>();
        for (long ticks = ((span.After.Ticks / step) + 1) * step; ticks <= span.Until.Ticks; ticks += step)
        {
            var time = new DateTimeOffset(ticks, TimeSpan.Zero);
            // Digits as a real quotient has them, so that a line is as long as in real life.
            double value = level * (1 + (0.3 * Math.Sin(ticks / 1e9)));
            samples.Add(new SignalSample(time, value, signal.Interval, time > span.StepStart));
        }

        return ValueTask.FromResult(new SignalBatch { CollectedUntil = span.Until, Samples = samples });
    }
}
