namespace ReadyOps.Core.Statistics;

/// <summary>Two counts of events, out of trials or during exposures.</summary>
internal static class CountComparison
{
    private const double Largest = 1L << 53;

    // The score test alarms up to a quarter more often than it says at 20 events, and its limits are good from about 10 on.
    private const double FewForScore = 1000;
    private const double FewForLimits = 10;

    /// <summary>Says what is no count.</summary>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>.</exception>
    public static void Check(EventCount count, bool shares)
    {
        if (!(count.Events >= 0) || count.Events > Largest || count.Events != Math.Floor(count.Events))
            throw ComparisonOptions.Invalid($"{Text.Of(count.Events)} is no number of events.", "Give a whole number, 0 or more: the increase of a counter, rounded.");
        if (!(count.Size >= 0) || double.IsInfinity(count.Size))
            throw ComparisonOptions.Invalid($"{Text.Of(count.Size)} is nothing out of which events are counted.", "Give the number of trials, or the exposure, 0 or more.");
        if (!shares && count.Size == 0 && count.Events > 0)
            throw ComparisonOptions.Invalid($"{Text.Count(count.Events)} events in no exposure cannot be.", "Give the exposure during which they happened.");
        if (!shares) return;
        if (count.Size > Largest || count.Size != Math.Floor(count.Size))
            throw ComparisonOptions.Invalid($"{Text.Of(count.Size)} is no number of trials.", "Give a whole number; for hours or bytes give -BaselineExposure and -CanaryExposure.");
        if (count.Events > count.Size)
            throw ComparisonOptions.Invalid($"{Text.Count(count.Events)} events out of {Text.Count(count.Size)} trials cannot be.", "Give the total that the events are part of.");
    }

    public static MetricComparison Compare(EventCount baseline, EventCount canary, ComparisonOptions options, bool shares)
    {
        // By what the baseline lets expect, and not by what the canary shows: one event more must not change the test.
        ComparisonMethod method = options.Method != ComparisonMethod.Auto ? options.Method
            : !shares ? ComparisonMethod.PoissonRate
            : LeastExpected(baseline, canary) < FewForScore ? ComparisonMethod.Fisher : ComparisonMethod.TwoProportion;
        var facts = new MetricComparison
        {
            Method = method switch { ComparisonMethod.Fisher => "Fisher's exact test", ComparisonMethod.TwoProportion => "the two-proportion score test", _ => "the exact test of Poisson rates" },
            Direction = options.Direction,
            Confidence = options.Confidence,
            Tolerance = options.Tolerance,
            BaselineN = baseline.Size,
            CanaryN = canary.Size,
            // Exposure has no natural size; the events themselves say how much is known.
            MinimumN = Math.Max(shares ? MinimumSize.Permutation(options.AlphaOfSide) : 0, options.MinimumN),
            Baseline = baseline.Size > 0 ? baseline.Rate : null,
            Canary = canary.Size > 0 ? canary.Rate : null,
        };
        return Unfit(facts, baseline, canary, options, shares) ?? Judge(facts, baseline, canary, options, method, shares);
    }

    /// <summary>What keeps counts from being compared at all; nothing when nothing does.</summary>
    public static MetricComparison? Unfit(MetricComparison facts, EventCount baseline, EventCount canary, ComparisonOptions options, bool shares)
    {
        string what = shares ? "trials" : "exposure";
        if (baseline.Size == 0 || canary.Size == 0)
            return facts with { Verdict = Verdict.NoData, Reason = $"The {(canary.Size == 0 ? "canary" : "baseline")} has no {what}.", NextStep = "Look at the traffic: both sides must have some." };
        if (Math.Min(baseline.Size, canary.Size) < facts.MinimumN)
        {
            return facts with
            {
                Verdict = Verdict.Inconclusive,
                Reason = $"{Text.Count(baseline.Size)} of the baseline and {Text.Count(canary.Size)} of the canary are too few {what} for a verdict at {Text.Percent(options.Confidence)} confidence: each side needs {Text.Count(facts.MinimumN)}.",
                NextStep = $"Wait for {Text.Count(facts.MinimumN)} of each side.",
            };
        }

        return baseline.Events + canary.Events > 0 ? null : Eventless(facts, canary, options, shares);
    }

    // Nothing happened on either side: there is no ratio, and what is known is how rare events must be.
    private static MetricComparison Eventless(MetricComparison facts, EventCount canary, ComparisonOptions options, bool shares)
    {
        double most = shares ? -double.ExpM1(Math.Log(options.AlphaOfSide) / canary.Size) : -Math.Log(options.AlphaOfSide) / canary.Size;
        double least = Math.Max(shares ? MinimumSize.Eventless(options.Alpha) : double.PositiveInfinity, options.MinimumN);
        bool known = (options.AbsoluteTolerance > 0 && most <= options.AbsoluteTolerance) || (facts.BaselineN >= least && facts.CanaryN >= least);
        string rate = $"the canary's rate is below {Text.Of(most)} at {Text.Percent(1 - options.AlphaOfSide)} confidence";
        facts = facts with { PValue = 1, Shift = 0, Low = null, High = most, MinimumN = shares ? least : facts.MinimumN };
        return known
            ? facts with { Verdict = Verdict.Pass, Reason = $"Not one event on either side, and {rate}." }
            : facts with
            {
                Verdict = Verdict.Inconclusive,
                Reason = shares
                    ? $"Not one event on either side in {Text.Count(facts.BaselineN)} and {Text.Count(facts.CanaryN)} trials: that says something from {Text.Count(least)} of each side on."
                    : $"Not one event on either side: rates have no ratio then; {rate}.",
                NextStep = shares ? $"Wait for {Text.Count(least)} trials of each side." : "Say with -AbsoluteTolerance which rate never matters.",
            };
    }

    private static MetricComparison Judge(MetricComparison facts, EventCount baseline, EventCount canary, ComparisonOptions options, ComparisonMethod method, bool shares)
    {
        Tails tails = method switch
        {
            ComparisonMethod.Fisher => Tails.Hypergeometric((long)canary.Events, (long)(baseline.Size + canary.Size), (long)(baseline.Events + canary.Events), (long)canary.Size),
            ComparisonMethod.TwoProportion => Score(baseline, canary),
            _ => Tails.Binomial((long)canary.Events, (long)(baseline.Events + canary.Events), canary.Size / (baseline.Size + canary.Size)),
        };
        double p = options.Direction switch { ComparisonDirection.Increase => tails.Greater, ComparisonDirection.Decrease => tails.Less, _ => tails.TwoSided };
        double tail = options.AlphaOfSide;
        bool score = method == ComparisonMethod.TwoProportion || (method == ComparisonMethod.Fisher && LeastExpected(baseline, canary) >= FewForLimits);
        (double low, double high) = score
            ? RateIntervals.ScoreRatio(baseline, canary, tail) : RateIntervals.ConditionalRatio(baseline, canary, tail);
        (double shiftLow, double shiftHigh) = RateIntervals.Difference(baseline, canary, tail, shares);
        var effect = new Effect
        {
            IsRatio = true,
            Estimate = canary.Rate / baseline.Rate,
            Low = low,
            High = high,
            Upper = 1 + options.Tolerance,
            Lower = 1 / (1 + options.Tolerance),
            Shift = canary.Rate - baseline.Rate,
            ShiftLow = shiftLow,
            ShiftHigh = shiftHigh,
        };
        facts = facts with { PValue = p, Shift = effect.Shift, Low = shiftLow, High = shiftHigh, Ratio = effect.Estimate, RatioLow = low, RatioHigh = high };
        string data = $"{Text.Count(baseline.Events)} events in {Text.Count(baseline.Size)} against {Text.Count(canary.Events)} in {Text.Count(canary.Size)}";
        bool significant = p <= options.Alpha;
        return Judgement.Decide(options, facts, effect, new(data, shares ? "trials" : "of exposure", significant && effect.Shift > 0, significant && effect.Shift < 0));
    }

    /// <summary>The score test of two shares without correction for continuity: z² is Pearson's χ² of the table.</summary>
    internal static Tails Score(EventCount baseline, EventCount canary)
    {
        double pooled = (baseline.Events + canary.Events) / (baseline.Size + canary.Size);
        double deviation = Math.Sqrt(pooled * (1 - pooled) * (1 / baseline.Size + 1 / canary.Size));
        // All events or none: there is nothing to tell apart.
        double z = deviation > 0 ? (canary.Rate - baseline.Rate) / deviation : 0;
        double greater = SpecialFunctions.NormalTail(z), less = SpecialFunctions.NormalTail(-z);
        return new(less, greater, 0, Math.Min(1, 2 * Math.Min(less, greater)));
    }

    private static double LeastExpected(EventCount baseline, EventCount canary) =>
        baseline.Size > 0 ? Math.Min(baseline.Rate, 1 - baseline.Rate) * Math.Min(baseline.Size, canary.Size) : 0;
}
