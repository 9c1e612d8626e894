namespace ReadyOps.Core.Statistics;

/// <summary>One side's samples, ready to be compared.</summary>
/// <param name="Sorted">The samples that take part, in order of size.</param>
/// <param name="NonFinite">How many were NaN or infinite.</param>
/// <param name="Outliers">How many lay outside the fence.</param>
internal sealed record Samples(double[] Sorted, int NonFinite, int Outliers)
{
    public double Median => Quantile(Sorted, 0.5);

    /// <summary>Takes samples as they come.</summary>
    /// <param name="values">The samples, in any order.</param>
    /// <param name="fence">How many interquartile ranges outside the quartiles a sample may lie (Tukey, Exploratory Data Analysis, 1977).</param>
    public static Samples Take(IReadOnlyList<double> values, double? fence)
    {
        double[] finite = [.. values.Where(double.IsFinite).Select(value => value + 0.0).Order()];
        int lost = values.Count - finite.Length;
        if (fence is not { } width || finite.Length < 4) return new(finite, lost, 0);
        double low = Quantile(finite, 0.25), high = Quantile(finite, 0.75), reach = width * (high - low);
        double[] kept = [.. finite.Where(value => value >= low - reach && value <= high + reach)];
        return new(kept, lost, finite.Length - kept.Length);
    }

    /// <summary>Hyndman and Fan's definition 7, the default of R.</summary>
    internal static double Quantile(double[] sorted, double share)
    {
        if (sorted.Length == 0) return double.NaN;
        double place = (sorted.Length - 1) * share;
        int below = (int)place;
        double rest = place - below;
        return rest == 0 ? sorted[below] : sorted[below] * (1 - rest) + sorted[below + 1] * rest;
    }
}
