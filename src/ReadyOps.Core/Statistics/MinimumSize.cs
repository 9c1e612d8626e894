namespace ReadyOps.Core.Statistics;

/// <summary>How many samples a test needs before it can say anything at a confidence.</summary>
internal static class MinimumSize
{
    /// <summary>
    /// The smallest equal sizes at which the most extreme of all outcomes is significant: all of one side above all of the other has
    /// probability 1/C(2k, k) under the null hypothesis, for ranks as for Fisher's table.
    /// </summary>
    /// <param name="alpha">The share of false alarms of one side.</param>
    public static int Permutation(double alpha)
    {
        int size = 1;
        for (double ways = 2; 1 / ways > alpha; ways *= 2 * (2 * size - 1.0) / size) size++;
        return size;
    }

    /// <summary>
    /// The trials without any event after which a rate above <paramref name="alpha"/> is ruled out at confidence 1 − alpha: 59 at 95 %,
    /// 194 at 98 % (Wilks, Ann. Math. Statist. 12, 1941, 91–96). Fewer trials without an event on either side say nothing.
    /// </summary>
    public static double Eventless(double alpha) => Math.Ceiling(Math.Log(alpha) / double.LogP1(-alpha));
}
