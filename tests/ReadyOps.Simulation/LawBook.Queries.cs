using ReadyOps.Core.Signals;

namespace ReadyOps.Simulation;

/// <summary>What must hold of queries that look back: nothing from before a step counts for it, and nothing after it is lost.</summary>
internal sealed partial class LawBook
{
    /// <summary>A source has answered through the real client.</summary>
    public void AfterAnswer(SimSignal signal, string series, SignalSpan span, SignalBatch batch)
    {
        if (batch.Error is not null) return;
        Dictionary<long, SignalSample> told = batch.Samples.ToDictionary(sample => sample.Time.UtcTicks);
        long step = signal.Interval.Ticks;
        for (long time = ((span.After.UtcTicks / step) + 1) * step; time <= batch.CollectedUntil.UtcTicks && time <= world.Scheduler.Now; time += step)
        {
            DateTimeOffset at = new(time, TimeSpan.Zero);
            double expected = Expected(signal, series, span, at, out bool isInStep);
            bool isThere = told.TryGetValue(time, out SignalSample sample);
            // Who asks by a clock that is ahead asks for what is still to come.
            if (world.ClocksAreRight && world.Profile.ClocksAreRight) Hold(Law.NothingIsLost, isThere || double.IsNaN(expected), $"{series} has no sample at {at:HH:mm:ss}, where it is {expected}");
            if (!isThere) continue;
            Hold(Law.WindowStaysInStep, sample.Value == expected, $"{series} is said to be {sample.Value} at {at:HH:mm:ss}, in the step since {span.StepStart:HH:mm:ss}, and is {expected}");
            Hold(Law.WindowStaysInStep, sample.InStep == isInStep, $"the sample of {series} at {at:HH:mm:ss} is said to {(sample.InStep ? "" : "not ")}count for the step since {span.StepStart:HH:mm:ss}");
        }
    }

    /// <summary>What a query gives at a moment when it looks at nothing from before the step, or, before that, from before the rollout; NaN for nothing.</summary>
    private double Expected(SimSignal signal, string series, SignalSpan span, DateTimeOffset at, out bool isInStep)
    {
        TimeSpan inStep = at - span.StepStart, inAll = at - span.Start;
        isInStep = inStep >= signal.FitsAfter;
        if (inAll < signal.FitsAfter) return double.NaN;
        if (signal.Range is { } range) return world.Traffic.Mean(series, at.UtcTicks, range);
        if (signal.Window is not { } window) return world.Traffic.At(series, at.UtcTicks);
        // A rate needs a second at least; what is nearer to the beginning of the step does not count for it.
        TimeSpan room = isInStep ? inStep : inStep > TimeSpan.Zero ? signal.FitsAfter : inAll;
        return world.Traffic.Mean(series, at.UtcTicks, room < window ? room : window);
    }
}
