namespace ReadyOps.Core.Statistics;

/// <summary>Confidence limits of the difference and of the ratio of two rates. Every one leaves out <c>tail</c> on each side.</summary>
internal static class RateIntervals
{
    /// <summary>
    /// Wilson's score limits of one share (J. Amer. Statist. Assoc. 22, 1927).
    /// </summary>
    public static (double Low, double High) Share(EventCount count, double tail)
    {
        double z = SpecialFunctions.NormalQuantile(tail), p = count.Rate, n = count.Size;
        double centre = p + z * z / (2 * n), width = z * Math.Sqrt(p * (1 - p) / n + z * z / (4 * n * n)), scale = 1 + z * z / n;
        return (Math.Max(0, (centre - width) / scale), Math.Min(1, (centre + width) / scale));
    }

    /// <summary>Score limits of one rate of events, by the same argument: the rates that lie z standard errors of their own off.</summary>
    public static (double Low, double High) Rate(EventCount count, double tail)
    {
        double z = SpecialFunctions.NormalQuantile(tail), centre = count.Events + z * z / 2, width = z * Math.Sqrt(count.Events + z * z / 4);
        return (Math.Max(0, (centre - width) / count.Size), (centre + width) / count.Size);
    }

    /// <summary>
    /// Limits of the difference canary − baseline from those of each side: for shares Newcombe's method 10 (Statistics in Medicine 17,
    /// 1998, 873–890), for rates of events the same construction (Zou and Donner, Statistics in Medicine 27, 2008, 1693–1702).
    /// </summary>
    public static (double Low, double High) Difference(EventCount baseline, EventCount canary, double tail, bool shares)
    {
        (double lowB, double highB) = shares ? Share(baseline, tail) : Rate(baseline, tail);
        (double lowC, double highC) = shares ? Share(canary, tail) : Rate(canary, tail);
        double difference = canary.Rate - baseline.Rate;
        return (difference - Hypotenuse(canary.Rate - lowC, highB - baseline.Rate), difference + Hypotenuse(highC - canary.Rate, baseline.Rate - lowB));
    }

    /// <summary>
    /// Exact limits of the ratio of two rates of events: given how many there were in all, those of the canary are binomial, and
    /// Clopper and Pearson's limits of that share become limits of the ratio (as in R's poisson.test). For shares they are
    /// conservative, because a share varies less than a rate of events does.
    /// </summary>
    public static (double Low, double High) ConditionalRatio(EventCount baseline, EventCount canary, double tail)
    {
        double c = canary.Events, b = baseline.Events;
        double low = c == 0 ? 0 : Odds(SpecialFunctions.BetaQuantile(tail, c, b + 1));
        // By the mirror image: a share next to 1 has lost the digits that its odds are made of.
        double high = b == 0 ? double.PositiveInfinity : 1 / Odds(SpecialFunctions.BetaQuantile(tail, b, c + 1));
        double sizes = baseline.Size / canary.Size;
        return (low * sizes, high * sizes);

        static double Odds(double share) => share / (1 - share);
    }

    /// <summary>
    /// Score limits of the ratio of two shares (Miettinen and Nurminen, Statistics in Medicine 4, 1985, 213–226): the ratios at which
    /// the score statistic equals the quantile.
    /// </summary>
    public static (double Low, double High) ScoreRatio(EventCount baseline, EventCount canary, double tail)
    {
        double z = SpecialFunctions.NormalQuantile(tail);
        double estimate = canary.Rate / baseline.Rate;
        if (double.IsNaN(estimate)) return (0, double.PositiveInfinity);
        double low = canary.Events == 0 ? 0 : DoubleOrder.First(0, estimate, ratio => RatioScore(baseline, canary, ratio) <= z);
        double high = baseline.Events == 0 ? double.PositiveInfinity
            : DoubleOrder.First(estimate, Math.Max(1, estimate) * 1e12, ratio => RatioScore(baseline, canary, ratio) <= -z);
        return (low, high);
    }

    /// <summary>How many standard errors the canary's share lies above <paramref name="ratio"/> times the baseline's, were that the true ratio.</summary>
    public static double RatioScore(EventCount baseline, EventCount canary, double ratio)
    {
        (double n, double m) = (baseline.Size, canary.Size);
        // The most likely pair of shares with that ratio: the smaller root of a p² − b p + c.
        double a = (n + m) * ratio, b = m * ratio + canary.Events + n + baseline.Events * ratio, c = baseline.Events + canary.Events;
        double share = 2 * c / (b + Math.Sqrt(Math.Max(0, b * b - 4 * a * c)));
        double times = Math.Min(1, share * ratio);
        double variance = (times * (1 - times) / m + ratio * ratio * share * (1 - share) / n) * (n + m) / (n + m - 1);
        double difference = canary.Rate - ratio * baseline.Rate;
        return variance > 0 ? difference / Math.Sqrt(variance) : difference == 0 ? 0 : double.CopySign(double.PositiveInfinity, difference);
    }

    private static double Hypotenuse(double a, double b) => Math.Sqrt(a * a + b * b);
}
