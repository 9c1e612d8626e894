namespace ReadyOps.Core.Statistics;

/// <summary>
/// Order statistics of all pairwise differences or ratios of two sorted sets, without writing the pairs out. How many pairs do not
/// exceed a value is counted in n + m steps along the staircase of the two sets; a bisection over the doubles then finds the k-th
/// pair itself, after at most 64 counts. Rounding keeps the order of differences and quotients, so the count is exact.
/// </summary>
internal static class PairwiseOrder
{
    /// <summary>The k-th smallest (from 1) of all y − x.</summary>
    public static double Difference(double[] x, double[] y, long k)
    {
        return DoubleOrder.First(y[0] - x[^1], y[^1] - x[0], value => Count(value) >= k);

        long Count(double value)
        {
            long count = 0;
            int i = 0;
            foreach (double one in y)
            {
                while (i < x.Length && one - x[i] > value) i++;
                count += x.Length - i;
            }

            return count;
        }
    }

    /// <summary>
    /// The k-th smallest (from 1) of all y / x of values that are not negative, in a world where a pair of two zeros is as often above
    /// as below any ratio: half of such pairs count as 0 and half as infinite.
    /// </summary>
    /// <param name="x">The divisors, sorted.</param>
    /// <param name="y">The dividends, sorted.</param>
    /// <param name="k">The rank.</param>
    /// <param name="upwards">Whether to take the pair above where the rank falls between two, half a pair of zeros from either.</param>
    public static double Ratio(double[] x, double[] y, long k, bool upwards)
    {
        int zerosX = x.Count(value => value == 0), zerosY = y.Count(value => value == 0);
        double left = k - (double)zerosX * zerosY / 2 - (double)zerosY * (x.Length - zerosX);
        long rank = (long)(upwards ? Math.Ceiling(left) : Math.Floor(left));
        if (rank <= 0) return 0;
        double[] divisors = x[zerosX..], dividends = y[zerosY..];
        if (rank > (long)divisors.Length * dividends.Length) return double.PositiveInfinity;
        return DoubleOrder.First(dividends[0] / divisors[^1], dividends[^1] / divisors[0], value => Count(value) >= rank);

        long Count(double value)
        {
            long count = 0;
            int i = 0;
            foreach (double one in dividends)
            {
                while (i < divisors.Length && one / divisors[i] > value) i++;
                count += divisors.Length - i;
            }

            return count;
        }
    }
}
