namespace ReadyOps.Core.Targets;

/// <summary>
/// The share that server weights make. Every canary server gets one weight and every stable server another, so that the servers
/// of a side stay equal; with N canary servers of weight a and M stable ones of weight b the canary's share is Na/(Na+Mb).
/// </summary>
/// <param name="Canary">Weight of each canary server, 0–256.</param>
/// <param name="Stable">Weight of each stable server, 0–256.</param>
internal readonly record struct HaproxyWeights(int Canary, int Stable)
{
    /// <summary>HAProxy's limit for an absolute weight.</summary>
    public const int Max = 256;

    /// <summary>
    /// Up to here two different shares differ by more than the six decimals that shares are told with: with N and M servers they
    /// are at least 100·NM/(256(N+M))² per cent apart.
    /// </summary>
    public const int MaxServers = 100;

    /// <summary>
    /// The weights whose share is nearest to <paramref name="percent"/>; the smaller share where two are as near. Among the pairs
    /// that make this share, the one whose sum over all servers is nearest to 100: with one server on each side whole per cents
    /// are the weights themselves (5 and 95), and a change of share then leaves the sum as it was.
    /// </summary>
    public static HaproxyWeights Fit(decimal percent, int canaries, int stables)
    {
        TargetReader.ThrowIfNoShare(percent);
        if (percent == 0) return new HaproxyWeights(0, Math.Max(1, 100 / stables));
        if (percent == 100) return new HaproxyWeights(Math.Max(1, 100 / canaries), 0);

        (decimal Miss, decimal Share, int OffHundred, HaproxyWeights Weights) best = (decimal.MaxValue, 0, 0, default);
        for (int canary = 1; canary <= Max; canary++)
        {
            decimal exact = canaries * canary * (100 - percent) / (percent * stables);
            int below = (int)decimal.Clamp(decimal.Floor(exact), 1, Max);
            for (int stable = below; stable <= Math.Min(below + 1, Max); stable++)
            {
                var weights = new HaproxyWeights(canary, stable);
                decimal share = weights.Share(canaries, stables);
                var candidate = (decimal.Round(Math.Abs(share - percent), 12), decimal.Round(share, 12), Math.Abs((canaries * canary) + (stables * stable) - 100), weights);
                if (Before(candidate, best)) best = candidate;
            }
        }

        return best.Weights;
    }

    /// <summary>The canary's share in per cent, not rounded.</summary>
    public decimal Share(int canaries, int stables) => Share((long)canaries * Canary, (long)stables * Stable);

    /// <summary>The share in per cent of one sum of weights beside another, not rounded.</summary>
    public static decimal Share(long canary, long others) => 100m * canary / (canary + others);

    /// <summary>A share as a target tells it.</summary>
    public static decimal Told(decimal share) => decimal.Round(share, 6);

    private static bool Before((decimal Miss, decimal Share, int OffHundred, HaproxyWeights) a, (decimal Miss, decimal Share, int OffHundred, HaproxyWeights) b) =>
        (a.Miss, a.Share, a.OffHundred).CompareTo((b.Miss, b.Share, b.OffHundred)) < 0;
}
