using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>Works out the figures of samples.</summary>
internal static class BaselineFigures
{
    /// <summary>The figures, or <see langword="null"/> of no samples.</summary>
    /// <param name="values">The samples, in any order, none of them NaN.</param>
    public static BaselineValues? Of(IEnumerable<double> values)
    {
        // Adding zero makes -0 a 0, which is written alike everywhere.
        double[] sorted = [.. values.Select(value => value + 0.0).Order()];
        if (sorted.Length == 0) return null;
        return new BaselineValues
        {
            N = sorted.Length,
            Mean = Mean(sorted),
            Min = sorted[0],
            Max = sorted[^1],
            P50 = Samples.Quantile(sorted, 0.50),
            P90 = Samples.Quantile(sorted, 0.90),
            P95 = Samples.Quantile(sorted, 0.95),
            P99 = Samples.Quantile(sorted, 0.99),
        };
    }

    /// <summary>How many samples a figure needs at least: so many that one of them lies beyond a percentile.</summary>
    public static int Needed(BaselineStatistic statistic, int minSamples) => Math.Max(minSamples, statistic switch
    {
        BaselineStatistic.P90 => 10,
        BaselineStatistic.P95 => 20,
        BaselineStatistic.P99 => 100,
        _ => 2,
    });

    /// <summary>The name of a figure in documents and sentences.</summary>
    public static string NameOf(BaselineStatistic statistic) => statistic.ToString().ToLowerInvariant();

    // In order of size, so that the same samples have the same mean however they came; never outside them by rounding.
    private static double Mean(double[] sorted)
    {
        double sum = 0, lost = 0;
        foreach (double value in sorted)
        {
            // Neumaier's compensated sum (ZAMM 54, 1974).
            double next = sum + value;
            lost += Math.Abs(sum) >= Math.Abs(value) ? sum - next + value : value - next + sum;
            sum = next;
        }

        double mean = double.IsFinite(sum) ? (sum + lost) / sorted.Length : sum / sorted.Length;
        return double.IsNaN(mean) ? mean : Math.Clamp(mean, sorted[0], sorted[^1]);
    }
}
