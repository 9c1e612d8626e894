using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Slos;

/// <summary>
/// Judges one pair of windows. It fails when both burn too fast. It passes when the long one does not, or when the short one shows
/// that it is over; what one window cannot tell, the other does not make up for.
/// </summary>
internal static class SloPair
{
    /// <summary>Judges.</summary>
    /// <param name="slo">The objective.</param>
    /// <param name="rule">The pair.</param>
    /// <param name="left">What is left of the budget, where it can be told.</param>
    /// <param name="longCount">What the long window counted.</param>
    /// <param name="shortCount">What the short window counted.</param>
    public static SloBurnRate Judge(SloDefinition slo, BurnRateRule rule, decimal? left, SloCount longCount, SloCount shortCount)
    {
        (Verdict verdict, string reason) = Decide(slo, rule, longCount, shortCount);
        decimal? burn = SloJudge.Burn(slo, longCount);
        TimeSpan? end = SloJudge.Exhaustion(left, burn, slo.Window);
        if (verdict == Verdict.Fail && end is { } time)
            reason += time > TimeSpan.Zero ? $" At this rate the rest of the budget is gone in {SloJudge.Rough(time)}." : " The budget is gone already.";
        return new SloBurnRate
        {
            Verdict = verdict,
            Severity = rule.Severity,
            Decides = rule.Severity <= slo.Severity,
            Factor = rule.Factor,
            LongWindow = rule.Long,
            ShortWindow = rule.Short,
            LongBurnRate = burn,
            ShortBurnRate = SloJudge.Burn(slo, shortCount),
            LongEvents = longCount.Events,
            LongBadEvents = longCount.Bad,
            ShortEvents = shortCount.Events,
            ShortBadEvents = shortCount.Bad,
            BudgetShare = rule.ShareOf(slo.Window),
            TimeToExhaustion = end,
            Reason = reason,
        };
    }

    /// <summary>That there are too few bad events to tell anything by, as a sentence begins with it.</summary>
    internal static string TooFewBad(SloDefinition slo, SloCount count) =>
        $"Over {Quantities.Format(count.Window)} only {SloJudge.Number(count.Bad!.Value)} of the {slo.MinimumErrors} bad events were seen that it takes ({SloJudge.Seen(count)})";

    private static (Verdict Verdict, string Reason) Decide(SloDefinition slo, BurnRateRule rule, SloCount longCount, SloCount shortCount)
    {
        // In a step that is shorter than the short window both windows are the same, and the pair is none.
        if (shortCount.Window < shortCount.Asked) return (Verdict.Skipped, $"The step is shorter than the {Quantities.Format(shortCount.Asked)} that it takes.");
        bool longOver = SloJudge.Burn(slo, longCount) > rule.Factor, shortOver = SloJudge.Burn(slo, shortCount) > rule.Factor;
        if (SloJudge.Doubt(slo, longCount, longOver, isLong: true) is { } doubt) return doubt;
        if (!longOver) return (Verdict.Pass, Told(slo, rule, longCount, shortCount, "within"));
        if (SloJudge.Doubt(slo, shortCount, shortOver, isLong: false) is { } shortDoubt) return shortDoubt;
        if (!shortOver) return (Verdict.Pass, Told(slo, rule, longCount, shortCount, "no longer above"));
        // One failed request of few is above any factor and says nothing.
        return longCount.Bad < slo.MinimumErrors
            ? (Verdict.Inconclusive, $"{TooFewBad(slo, longCount)}, so the burn rate of {SloJudge.Times(SloJudge.Burn(slo, longCount)!.Value, rule.Factor)} is not told from chance.")
            : (Verdict.Fail, Told(slo, rule, longCount, shortCount, "above"));
    }

    private static string Told(SloDefinition slo, BurnRateRule rule, SloCount longCount, SloCount shortCount, string side)
    {
        decimal longBurn = SloJudge.Burn(slo, longCount)!.Value;
        decimal? shortBurn = SloJudge.Burn(slo, shortCount);
        decimal nearer = shortBurn is { } known ? Math.Min(longBurn, known) : longBurn;
        string over = shortBurn is { } burn ? $" and {SloJudge.Times(burn, rule.Factor)} over {Quantities.Format(shortCount.Window)}" : "";
        string margin = nearer == rule.Factor ? "" : $" by {Quantities.Format((double)Math.Abs(rule.Factor - nearer), Unit.None)}×";
        return $"The error budget of {SloJudge.Share(slo.Objective)} burns at {SloJudge.Times(longBurn, rule.Factor)} over {Quantities.Format(longCount.Window)}{over}, "
            + $"{side} {Quantities.Format((double)rule.Factor, Unit.None)}×{margin} ({SloJudge.Seen(longCount)}).";
    }
}
