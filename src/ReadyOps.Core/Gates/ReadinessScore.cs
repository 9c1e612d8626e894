using System.Numerics;

namespace ReadyOps.Core.Gates;

/// <summary>
/// A share of a whole without any rounding: three of three weights of 0.1 are the whole, and a third plus two thirds are one.
/// A score that decides about a release is compared exactly and only rounded to be shown.
/// </summary>
internal readonly struct ReadinessScore
{
    private readonly BigInteger _part;
    private readonly BigInteger _whole;

    private ReadinessScore(BigInteger part, BigInteger whole)
    {
        BigInteger common = BigInteger.GreatestCommonDivisor(part, whole);
        _part = part / common;
        _whole = whole / common;
    }

    /// <summary>The weighted mean of shares: Σ weight × share / Σ weight.</summary>
    /// <param name="parts">Weights and shares; the weights sum to more than zero.</param>
    public static ReadinessScore Mean(IEnumerable<(decimal Weight, ReadinessScore Share)> parts)
    {
        BigInteger sum = 0, whole = 1, weights = 0;
        foreach ((decimal weight, ReadinessScore share) in parts)
        {
            BigInteger scaled = Whole(weight);
            sum = (sum * share._whole) + (scaled * share._part * whole);
            whole *= share._whole;
            weights += scaled;
        }

        return new ReadinessScore(sum, whole * weights);
    }

    /// <summary>The weighted share of what counts: Σ weight of those that count / Σ weight.</summary>
    /// <param name="parts">Weights, and whether each counts; the weights sum to more than zero.</param>
    public static ReadinessScore Share(IEnumerable<(decimal Weight, bool Counts)> parts)
    {
        BigInteger part = 0, weights = 0;
        foreach ((decimal weight, bool counts) in parts)
        {
            BigInteger scaled = Whole(weight);
            weights += scaled;
            if (counts) part += scaled;
        }

        return new ReadinessScore(part, weights);
    }

    /// <summary>Whether it is at or above a score of 0–100, exactly.</summary>
    public bool Reaches(decimal score) => 100 * _part * Whole(1) >= Whole(score) * _whole;

    /// <summary>0–100, rounded down, so that what is short of a score never shows as that score.</summary>
    public double Percent
    {
        get
        {
            const long Digits = 10_000_000_000;
            return (double)((decimal)(100 * _part * Digits / _whole) / Digits);
        }
    }

    // A decimal has at most 28 digits behind the point.
    private static BigInteger Whole(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        int digits = (bits[3] >> 16) & 0xFF;
        BigInteger mantissa = ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
        return mantissa * BigInteger.Pow(10, 28 - digits);
    }
}
