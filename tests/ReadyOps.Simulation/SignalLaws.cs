namespace ReadyOps.Simulation;

/// <summary>What signals say, worked out from the samples themselves.</summary>
internal static class SignalLaws
{
    /// <summary>What keeps a signal from passing in the present step, or nothing.</summary>
    public static string? WhyNoPass(SimSignal signal, Ledger ledger, Look look, DateTimeOffset now) =>
        VerdictOf(signal, ledger, look, now) is var verdict && verdict is Verdict.Pass or Verdict.Skipped ? null : $"{signal.Name} says {verdict}";

    /// <summary>A verdict by what was answered to whoever decides, and before.</summary>
    public static Verdict VerdictOf(SimSignal signal, Ledger ledger, Look look, DateTimeOffset now)
    {
        if (!look.Answers.TryGetValue(signal.Name, out SimAnswer answer)) return Verdict.NoData;
        if (answer.IsError) return Verdict.Error;

        // Who died with what a check had told took it along: only what was told just now is known to be known.
        if (signal.IsCheck && !answer.IsNew) return Verdict.Skipped;
        List<(DateTimeOffset Time, bool Good)> samples = ledger.Delivered.GetValueOrDefault(signal.Name) ?? [];
        bool isForgotten = samples.Count > 0 && samples.Count <= ledger.Forgotten.GetValueOrDefault(signal.Name) && !samples[^1].Good;
        if (samples.Count == 0 || isForgotten || samples[^1].Time <= ledger.StepStart) return !ledger.IsExposed ? Verdict.Skipped : now <= ledger.StepStart + (signal.Range ?? TimeSpan.Zero) ? Verdict.Inconclusive : Verdict.NoData;
        // Where clocks differ, another may have seen what this one could not ask for yet, and died with it.
        if (samples[^1].Time.UtcTicks > answer.Until) return Verdict.Skipped;

        // Decided no earlier than it was last told anything; what is written down later may have grown old meanwhile.
        if ((look.DecidesAt < now ? look.DecidesAt : now) - samples[^1].Time > signal.StaleAfter) return Verdict.Stale;
        if (!samples[^1].Good) return Verdict.Fail;
        int good = 0;
        for (int i = samples.Count - 1; i >= 0 && samples[i].Time - ledger.StepStart >= signal.FitsAfter; i--)
            if (samples[i].Good) good++;
        return good < signal.MinSamples ? Verdict.Inconclusive : Verdict.Pass;
    }

    /// <summary>The sample that completes the first sustained breach since the start which the stable side does not share; by the traffic, whatever anybody answered.</summary>
    public static long? FirstBreach(SimTraffic traffic, SimSignal signal, DateTimeOffset after, long until)
    {
        int bad = 0;
        foreach ((long time, bool good) in traffic.Between(signal.Name, after.UtcTicks, until))
        {
            bad = good ? 0 : bad + 1;
            if (signal.IsSustained(bad) && !StableShares(traffic, signal, after, time)) return time;
        }

        return null;
    }

    /// <summary>The same of what a rollout's ticks were told, where samples are means that depend on when a step began.</summary>
    public static long? FirstBreach(SimTraffic traffic, SimSignal signal, Ledger ledger, long until)
    {
        if (!signal.IsMean) return FirstBreach(traffic, signal, ledger.StartedAt, until);
        int bad = 0;
        foreach ((DateTimeOffset time, bool good) in ledger.Delivered.GetValueOrDefault(signal.Name) ?? [])
        {
            if (time.UtcTicks > until) break;
            bad = good ? 0 : bad + 1;
            if (signal.IsSustained(bad)) return time.UtcTicks;
        }

        return null;
    }

    /// <summary>Whether the stable side fails the same at a moment.</summary>
    public static bool StableShares(SimTraffic traffic, SimSignal signal, DateTimeOffset after, long time)
    {
        if (!signal.HasStable) return false;
        int bad = 0;
        foreach ((long _, bool good) in traffic.Between(signal.Name + "_stable", after.UtcTicks, time)) bad = good ? 0 : bad + 1;
        return signal.IsShared(bad);
    }
}
