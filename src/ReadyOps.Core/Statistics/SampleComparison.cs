namespace ReadyOps.Core.Statistics;

/// <summary>
/// Two sets of samples by Mann-Whitney. The effect is the Hodges-Lehmann estimate (Ann. Math. Statist. 34, 1963), the median of all
/// pairs: of their quotients where no value is negative, else of their differences. Its limits are the order statistics of the same
/// pairs that belong to the test, so that estimate, limits and p agree at any scale.
/// </summary>
internal static class SampleComparison
{
    public static MetricComparison Compare(IReadOnlyList<double> baseline, IReadOnlyList<double> canary, ComparisonOptions options)
    {
        Samples b = Samples.Take(baseline, options.OutlierFence), c = Samples.Take(canary, options.OutlierFence);
        double least = Math.Max(MinimumSize.Permutation(options.AlphaOfSide), options.MinimumN);
        var facts = new MetricComparison
        {
            Method = "Mann-Whitney",
            Direction = options.Direction,
            Confidence = options.Confidence,
            Tolerance = options.Tolerance,
            BaselineN = b.Sorted.Length,
            CanaryN = c.Sorted.Length,
            MinimumN = least,
            Baseline = b.Sorted.Length > 0 ? b.Median : null,
            Canary = c.Sorted.Length > 0 ? c.Median : null,
            Notes = [.. Notes("baseline", b), .. Notes("canary", c)],
        };
        return Unfit(facts, b.NonFinite, c.NonFinite, options) ?? AllZero(facts, b, c, options) ?? Judge(facts, b, c, options);
    }

    private static IEnumerable<string> Notes(string side, Samples samples)
    {
        if (samples.NonFinite > 0) yield return $"{samples.NonFinite} sample(s) of the {side} are NaN or infinite.";
        if (samples.Outliers > 0) yield return $"{samples.Outliers} sample(s) of the {side} lie outside the fence and are left out.";
    }

    /// <summary>What keeps samples from being compared at all; nothing when nothing does.</summary>
    public static MetricComparison? Unfit(MetricComparison facts, int nonFiniteBaseline, int nonFiniteCanary, ComparisonOptions options)
    {
        if (options.NonFinite == NonFinitePolicy.Fail && nonFiniteCanary > 0)
            return facts with { Verdict = Verdict.Fail, Reason = $"{nonFiniteCanary} sample(s) of the canary are NaN or infinite, and that is a failure here." };
        if (options.NonFinite != NonFinitePolicy.Drop && nonFiniteBaseline + nonFiniteCanary > 0)
        {
            return facts with
            {
                Verdict = Verdict.Inconclusive,
                Reason = $"{nonFiniteBaseline} sample(s) of the baseline and {nonFiniteCanary} of the canary are NaN or infinite: they may stand for anything.",
                NextStep = "Find out why they are; -NonFinite Drop leaves them out.",
            };
        }

        if (facts.BaselineN == 0 || facts.CanaryN == 0)
        {
            string side = facts.BaselineN > 0 ? "canary has" : facts.CanaryN > 0 ? "baseline has" : "two sides have";
            return facts with { Verdict = Verdict.NoData, Reason = $"The {side} no samples.", NextStep = "Look at the queries: both sides must have data." };
        }

        if (Math.Min(facts.BaselineN, facts.CanaryN) >= facts.MinimumN) return null;
        return facts with
        {
            Verdict = Verdict.Inconclusive,
            Reason = $"{facts.BaselineN} sample(s) of the baseline and {facts.CanaryN} of the canary are too few for a verdict at {Text.Percent(options.Confidence)} confidence: each side needs {Text.Count(facts.MinimumN)}.",
            NextStep = $"Wait for {Text.Count(facts.MinimumN)} samples of each side, or accept a lower -Confidence.",
        };
    }

    // Samples of 0 on both sides are like trials without an event: they tell how rare anything else is, and nothing more.
    private static MetricComparison? AllZero(MetricComparison facts, Samples b, Samples c, ComparisonOptions options)
    {
        if (b.Sorted[0] != 0 || c.Sorted[0] != 0 || b.Sorted[^1] != 0 || c.Sorted[^1] != 0) return null;
        double least = Math.Max(options.AbsoluteTolerance > 0 ? facts.MinimumN : MinimumSize.Eventless(options.Alpha), options.MinimumN);
        bool known = Math.Min(facts.BaselineN, facts.CanaryN) >= least;
        string seen = $"Every sample is 0, {facts.BaselineN} of the baseline and {facts.CanaryN} of the canary";
        return facts with
        {
            Verdict = known ? Verdict.Pass : Verdict.Inconclusive,
            Reason = known ? $"{seen}." : $"{seen}: how often there is something else, these are too few to say; each side needs {Text.Count(least)}.",
            NextStep = known ? "" : $"Wait for {Text.Count(least)} samples of each side, compare counts of events (-BaselineCount, -CanaryCount), or say with -AbsoluteTolerance which value never matters.",
            MinimumN = least,
            PValue = 1,
            Shift = 0,
            Low = 0,
            High = 0,
            Cles = 0.5,
        };
    }

    private static MetricComparison Judge(MetricComparison facts, Samples b, Samples c, ComparisonOptions options)
    {
        double[] x = b.Sorted, y = c.Sorted;
        RankSum test = RankSum.Test(x, y);
        long pairs = (long)x.Length * y.Length, rank = RankSum.LimitRank(x.Length, y.Length, options.AlphaOfSide);
        bool positive = x[0] >= 0 && y[0] >= 0;
        Effect shift = Differences(x, y, pairs, rank, b.Median, options.Tolerance);
        bool rare = positive && b.Median == 0 && c.Median == 0;
        MeanRatio? means = positive ? MeanRatio.Of(x, y, options.AlphaOfSide) : null;
        Effect effect = positive ? OnRatios(shift, x, y, pairs, rank, rare ? means : null, options.Tolerance) : shift;

        facts = facts with
        {
            Method = test.Exact ? "exact Mann-Whitney" : "Mann-Whitney, normal approximation",
            PValue = options.Direction switch
            {
                ComparisonDirection.Increase => test.Greater,
                ComparisonDirection.Decrease => test.Less,
                _ => test.TwoSided,
            },
            Shift = shift.Estimate,
            Low = shift.Low,
            High = shift.High,
            Ratio = positive ? effect.Estimate : null,
            RatioLow = positive ? effect.Low : null,
            RatioHigh = positive ? effect.High : null,
            Cles = test.U / pairs,
        };
        (bool noneHigher, bool noneLower) = rare ? RareWithin(x, y, options) : (y[^1] <= x[0], y[0] >= x[^1]);
        int leftOut = b.NonFinite + b.Outliers + c.NonFinite + c.Outliers;
        (string against, string next) = rare ? ("", RareNextStep) : Against(means, options);
        return Judgement.Decide(options, facts, effect, new($"{x.Length} against {y.Length} samples{(leftOut > 0 ? $" ({leftOut} left out)" : "")}", "samples", test.Greater <= options.AlphaOfSide, test.Less <= options.AlphaOfSide,
            noneHigher, noneLower, against, next));
    }

    private const string RareNextStep = "Most values of both sides are 0, so ranks tell little: compare counts of events instead (-BaselineCount, -CanaryCount), or say with -AbsoluteTolerance which value never matters.";

    // Where one side has nothing but zeros, its mean has no limits; how many samples are not 0 has.
    private static (bool NotHigher, bool NotLower) RareWithin(double[] x, double[] y, ComparisonOptions options)
    {
        (double low, double high) = RateIntervals.ConditionalRatio(
            new(x.Count(value => value > 0), x.Length), new(y.Count(value => value > 0), y.Length), options.AlphaOfSide);
        return (y[^1] == 0 && high <= 1 + options.Tolerance, x[^1] == 0 && low >= 1 / (1 + options.Tolerance));
    }

    private static Effect Differences(double[] x, double[] y, long pairs, long rank, double median, double tolerance)
    {
        double shift = (PairwiseOrder.Difference(x, y, (pairs + 1) / 2) + PairwiseOrder.Difference(x, y, pairs / 2 + 1)) / 2;
        double low = rank > 0 ? PairwiseOrder.Difference(x, y, rank) : double.NegativeInfinity;
        double high = rank > 0 ? PairwiseOrder.Difference(x, y, pairs + 1 - rank) : double.PositiveInfinity;
        double bound = tolerance * Math.Abs(median);
        return new() { Estimate = shift, Low = low, High = high, Upper = bound, Lower = -bound, IsRatio = false, Shift = shift, ShiftLow = low, ShiftHigh = high };
    }

    private static Effect OnRatios(Effect effect, double[] x, double[] y, long pairs, long rank, MeanRatio? means, double tolerance)
    {
        effect = effect with { IsRatio = true, Upper = 1 + tolerance, Lower = 1 / (1 + tolerance) };
        // Where the typical value of both sides is 0, only the rare other values tell them apart, and the mean weighs those.
        if (means is { } mean)
        {
            return effect with
            {
                Estimate = mean.Estimate,
                Low = mean.Low,
                High = mean.High,
                Shift = mean.Difference,
                ShiftLow = mean.Difference - mean.Width,
                ShiftHigh = mean.Difference + mean.Width,
            };
        }

        // The mean of the two middle ones on the scale of ratios, so that swapping the sides gives just the inverse.
        double lower = PairwiseOrder.Ratio(x, y, (pairs + 1) / 2, upwards: false), upper = PairwiseOrder.Ratio(x, y, pairs / 2 + 1, upwards: true);
        return effect with
        {
            Estimate = lower == upper ? lower : lower == 0 ? (double.IsInfinity(upper) ? 1 : 0) : Math.Sqrt(lower) * Math.Sqrt(upper),
            Low = rank > 0 ? PairwiseOrder.Ratio(x, y, rank, upwards: false) : 0,
            High = rank > 0 ? PairwiseOrder.Ratio(x, y, pairs + 1 - rank, upwards: true) : double.PositiveInfinity,
        };
    }

    // One bad instance of ten hardly moves the ranks and moves the mean a lot.
    private static (string Against, string NextStep) Against(MeanRatio? means, ComparisonOptions options)
    {
        if (means is not { } mean) return ("", "");
        bool up = options.UpHarms && mean.Low > 1 && mean.Estimate > 1 + options.Tolerance && mean.Difference > options.AbsoluteTolerance;
        bool down = options.DownHarms && mean.High < 1 && mean.Estimate < 1 / (1 + options.Tolerance) && -mean.Difference > options.AbsoluteTolerance;
        return up || down
            ? ($"its mean is {Text.Of(mean.Estimate)} times that of the baseline ({Text.Of(mean.Low)} to {Text.Of(mean.High)}): a few values differ much", "Look at the extremes of the canary, one instance at a time; -OutlierFence leaves them out where they are known to mean nothing.")
            : ("", "");
    }
}
