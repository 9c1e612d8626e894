namespace ReadyOps.Core.Statistics;

/// <summary>
/// The ratio of two means of values that are not negative, with limits by the delta method on the logarithm. It is not robust, and
/// that is what it is for: it sees rare large values, which ranks do not.
/// </summary>
/// <param name="Estimate">The ratio.</param>
/// <param name="Low">Its lower limit.</param>
/// <param name="High">Its upper limit.</param>
/// <param name="Difference">The canary's mean less the baseline's.</param>
/// <param name="Width">How far the limits of the difference lie from it.</param>
internal readonly record struct MeanRatio(double Estimate, double Low, double High, double Difference, double Width)
{
    /// <summary>Of two sets of samples, neither empty.</summary>
    /// <param name="baseline">The divisor.</param>
    /// <param name="canary">The dividend.</param>
    /// <param name="tail">What each limit leaves out.</param>
    public static MeanRatio Of(double[] baseline, double[] canary, double tail)
    {
        (double meanB, double errorB) = Moments(baseline);
        (double meanC, double errorC) = Moments(canary);
        double quantile = SpecialFunctions.StudentQuantile(tail, Math.Max(1, Math.Min(baseline.Length, canary.Length) - 1));
        double difference = meanC - meanB, width = quantile * Math.Sqrt(errorB * meanB * meanB + errorC * meanC * meanC);
        if (meanB == 0 || meanC == 0)
            return new(meanC > 0 ? double.PositiveInfinity : meanB > 0 ? 0 : 1, 0, double.PositiveInfinity, difference, width);
        double ratio = meanC / meanB, factor = Math.Exp(quantile * Math.Sqrt(errorB + errorC));
        return new(ratio, ratio / factor, ratio * factor, difference, width);
    }

    // The mean, and the square of its standard error relative to it.
    private static (double Mean, double Error) Moments(double[] values)
    {
        double largest = values.Max();
        if (largest == 0) return (0, 0);
        // Relative to the largest, so that no square leaves the range of a double.
        double mean = values.Sum(value => value / largest) / values.Length;
        double squares = values.Sum(value => (value / largest - mean) * (value / largest - mean));
        return (mean * largest, values.Length < 2 ? 1 : squares / (values.Length - 1) / values.Length / (mean * mean));
    }
}
