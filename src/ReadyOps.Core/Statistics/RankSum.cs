using System.Collections.Concurrent;

namespace ReadyOps.Core.Statistics;

/// <summary>
/// The test of Mann and Whitney (Ann. Math. Statist. 18, 1947): is one of two sets of samples stochastically larger? The null
/// distribution is that of all ways to deal the pooled values to the two sides, given their ties.
/// </summary>
/// <param name="U">How many pairs the canary wins, ties counted half.</param>
/// <param name="Less">The probability of a U that small or smaller.</param>
/// <param name="Greater">The probability of a U that large or larger.</param>
/// <param name="Exact">Whether the probabilities are exact; else by the normal approximation with corrections for ties and continuity.</param>
internal readonly record struct RankSum(double U, double Less, double Greater, bool Exact)
{
    /// <summary>Up to this product of the two sizes every way to deal is counted: 50 against 50, 250 against 10.</summary>
    public const long MostExactPairs = 2_500;

    // A rollout compares sets of the same sizes again and again, and what comes about without ties depends on nothing else.
    private static readonly ConcurrentDictionary<(int Dealt, int All), double[]> Untied = new();

    /// <summary>Twice the smaller tail, at most 1.</summary>
    public double TwoSided => Math.Min(1, 2 * Math.Min(Less, Greater));

    /// <summary>Tests two sets of samples, each sorted and neither empty.</summary>
    /// <param name="baseline">The one.</param>
    /// <param name="canary">The other, whose U it is.</param>
    /// <param name="exact">Whether to count every way; by size when nothing is said.</param>
    public static RankSum Test(ReadOnlySpan<double> baseline, ReadOnlySpan<double> canary, bool? exact = null)
    {
        List<int> groups = [];
        long doubled = 0;
        int b = 0, c = 0;
        while (b < baseline.Length || c < canary.Length)
        {
            double value = c == canary.Length || (b < baseline.Length && baseline[b] < canary[c]) ? baseline[b] : canary[c];
            int before = b, tiedB = 0, tiedC = 0;
            for (; b < baseline.Length && baseline[b] == value; b++) tiedB++;
            for (; c < canary.Length && canary[c] == value; c++) tiedC++;
            doubled += (long)tiedC * (2L * before + tiedB);
            groups.Add(tiedB + tiedC);
        }

        long pairs = (long)baseline.Length * canary.Length;
        return exact ?? pairs <= MostExactPairs
            ? ExactTails(groups, baseline.Length, canary.Length, doubled)
            : NormalTails(groups, baseline.Length, canary.Length, doubled / 2.0);
    }

    /// <summary>
    /// How many of the smallest pairwise differences lie below an interval that leaves out <paramref name="tail"/> on each side: the
    /// largest c with P(U ≤ c − 1) ≤ tail (Moses; Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, §4.3). By the
    /// distribution without ties, which with ties only makes the interval wider.
    /// </summary>
    /// <returns>The rank of the lower limit among the differences, from 1; 0 when there are too few samples for any limit.</returns>
    public static long LimitRank(int n, int m, double tail)
    {
        long pairs = (long)n * m;
        double mean = pairs / 2.0;
        if (pairs > MostExactPairs)
        {
            double deviation = Math.Sqrt(pairs * (n + m + 1.0) / 12);
            return Math.Max(0, (long)Math.Floor(mean - deviation * SpecialFunctions.NormalQuantile(tail) + 0.5));
        }

        double[] ways = UntiedWays(Math.Min(n, m), n + m);
        double total = ways.Sum(), below = 0;
        long rank = 0;
        while (rank < ways.Length && (below += ways[rank]) <= tail * total * (1 + 1e-12)) rank++;
        return rank;
    }

    private static RankSum ExactTails(List<int> groups, int n, int m, long doubled)
    {
        // Without ties U is whole, and half of the sums can be left out. The smaller side is dealt; its U mirrors that of the other.
        bool tied = groups.Exists(size => size > 1);
        int unit = tied ? 1 : 2;
        double[] ways = tied ? Ways(groups, Math.Min(n, m), n + m, unit) : UntiedWays(Math.Min(n, m), n + m);
        long seen = (m <= n ? doubled : 2L * n * m - doubled) / unit;
        double total = 0, less = 0, greater = 0;
        for (long s = 0; s < ways.Length; s++)
        {
            total += ways[s];
            if (s <= seen) less += ways[s];
            if (s >= seen) greater += ways[s];
        }

        (less, greater) = (Math.Min(1, less / total), Math.Min(1, greater / total));
        return m <= n ? new(doubled / 2.0, less, greater, true) : new(doubled / 2.0, greater, less, true);
    }

    private static double[] UntiedWays(int dealt, int all)
    {
        // At most 20 kB each, and no more than a few sizes are in use at a time.
        if (Untied.Count > 500) Untied.Clear();
        return Untied.GetOrAdd((dealt, all), sizes => Ways(Enumerable.Repeat(1, sizes.All), sizes.Dealt, sizes.All, 2));
    }

    /// <summary>
    /// In how many ways each value of 2U/unit comes about when <paramref name="dealt"/> of all values go to one side. Group of ties by
    /// group of ties, from below: c of its t values can be dealt in C(t, c) ways, and each wins over every undealt value so far and
    /// half of the t − c beside it.
    /// </summary>
    private static double[] Ways(IEnumerable<int> groups, int dealt, int all, int unit)
    {
        int sums = (int)(2L * dealt * (all - dealt) / unit) + 1;
        var ways = new double[dealt + 1][];
        for (int j = 0; j <= dealt; j++) ways[j] = new double[sums];
        ways[0][0] = 1;
        int before = 0;
        foreach (int size in groups)
        {
            // From many dealt to few: what is added to is not read again in this round.
            for (int j = Math.Min(dealt, before + size); j > 0; j--)
            {
                double choices = 1;
                for (int c = 1; c <= Math.Min(size, j); c++)
                {
                    choices *= (size - c + 1.0) / c;
                    int undealt = before - (j - c);
                    if (undealt < 0) continue;
                    int gain = c * (2 * undealt + size - c) / unit;
                    // With j − c dealt of those before, no larger sum than this has come about.
                    int reach = Math.Min(sums - gain, 2 * (j - c) * undealt / unit + 1);
                    double[] to = ways[j], from = ways[j - c];
                    for (int s = 0; s < reach; s++) to[s + gain] += choices * from[s];
                }
            }

            before += size;
        }

        return ways[dealt];
    }

    private static RankSum NormalTails(List<int> groups, int n, int m, double u)
    {
        double all = n + m, ties = 0;
        foreach (double t in groups) ties += t * (t * t - 1);
        double variance = (double)n * m / 12 * (all + 1 - ties / (all * (all - 1)));
        if (!(variance > 0)) return new(u, 1, 1, false);
        double deviation = Math.Sqrt(variance), away = u - (double)n * m / 2;
        return new(u, 1 - SpecialFunctions.NormalTail((away + 0.5) / deviation), SpecialFunctions.NormalTail((away - 0.5) / deviation), false);
    }
}
