namespace ReadyOps.Core.Statistics;

/// <summary>
/// Bisection over the doubles themselves, by their place in the order of all doubles. It takes at most 64 steps, ends at the very
/// number and not near it, and knows no absolute tolerance: a search among values of 1e-9 is as exact as one among values of 1e9.
/// </summary>
internal static class DoubleOrder
{
    /// <summary>The smallest double of a range for which a condition holds that, once it holds, holds for all above.</summary>
    /// <returns>The number; <paramref name="high"/> when none below satisfies the condition.</returns>
    public static double First(double low, double high, Func<double, bool> holds)
    {
        long from = Place(low), to = Place(high);
        while (from < to)
        {
            // Half of the sum, without the sum: that may not fit.
            long middle = (from & to) + ((from ^ to) >> 1);
            if (holds(At(middle))) to = middle;
            else from = middle + 1;
        }

        return At(to) + 0.0; // no negative zero
    }

    private static long Place(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        return bits < 0 ? long.MinValue - bits : bits;
    }

    private static double At(long place) => BitConverter.Int64BitsToDouble(place < 0 ? long.MinValue - place : place);
}
