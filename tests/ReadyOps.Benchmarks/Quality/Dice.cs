namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// Random numbers that are the same on every platform and in every version of .NET: xoshiro256** seeded by SplitMix64 (Blackman and
/// Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47, 2021), written out.
/// </summary>
internal struct Dice
{
    private static readonly double[] LogFactorials = MakeLogFactorials();

    private ulong _a, _b, _c, _d;
    private double _spare;
    private bool _hasSpare;

    public Dice(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    /// <summary>A seed made of several numbers, so that what is drawn for one moment does not depend on what was drawn before.</summary>
    public static ulong Seed(ulong first, ulong second, ulong third = 0)
    {
        ulong seed = first;
        seed = SplitMix(ref seed) ^ second;
        seed = SplitMix(ref seed) ^ third;
        return SplitMix(ref seed);
    }

    /// <summary>Uniform over [0, 1).</summary>
    public double Next()
    {
        ulong result = ulong.RotateLeft(_b * 5, 7) * 9, t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return (result >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform over [low, high).</summary>
    public double Between(double low, double high) => low + ((high - low) * Next());

    /// <summary>Standard normal, by Marsaglia's polar method.</summary>
    public double Normal()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }

        while (true)
        {
            double x = (2 * Next()) - 1, y = (2 * Next()) - 1, square = (x * x) + (y * y);
            if (square is >= 1 or 0) continue;
            double scale = Math.Sqrt(-2 * Math.Log(square) / square);
            (_spare, _hasSpare) = (y * scale, true);
            return x * scale;
        }
    }

    /// <summary>Exponential with a mean.</summary>
    public double Exponential(double mean) => -mean * Math.Log(1 - Next());

    /// <summary>Poisson: by products below a mean of 10, by Hörmann's transformed rejection above (PTRS, Insurance: Math. and Econ. 12, 1993).</summary>
    public int Poisson(double mean)
    {
        if (mean <= 0) return 0;
        if (mean < 10)
        {
            double limit = Math.Exp(-mean), product = Next();
            int count = 0;
            for (; product > limit; count++) product *= Next();
            return count;
        }

        double b = 0.931 + (2.53 * Math.Sqrt(mean)), a = -0.059 + (0.02483 * b);
        double inverseAlpha = 1.1239 + (1.1328 / (b - 3.4)), vr = 0.9277 - (3.6224 / (b - 2)), log = Math.Log(mean);
        while (true)
        {
            double u = Next() - 0.5, v = Next(), us = 0.5 - Math.Abs(u);
            double k = Math.Floor((((2 * a / us) + b) * u) + mean + 0.43);
            if (us >= 0.07 && v <= vr) return (int)k;
            if (k < 0 || (us < 0.013 && v > us)) continue;
            if (Math.Log(v) + Math.Log(inverseAlpha) - Math.Log((a / (us * us)) + b) <= (k * log) - mean - LogFactorial((int)k)) return (int)k;
        }
    }

    /// <summary>Binomial for a small share: goes from one event to the next.</summary>
    public int Binomial(int trials, double share)
    {
        if (share <= 0 || trials == 0) return 0;
        if (share >= 1) return trials;
        double log = Math.Log(1 - share);
        int count = 0;
        for (double at = Math.Floor(Math.Log(1 - Next()) / log); at < trials; count++) at += 1 + Math.Floor(Math.Log(1 - Next()) / log);
        return count;
    }

    private static double LogFactorial(int k)
    {
        if (k < LogFactorials.Length) return LogFactorials[k];
        double x = k + 1, inverse = 1 / x;
        return ((x - 0.5) * Math.Log(x)) - x + 0.91893853320467274 + (inverse * ((1.0 / 12) - (inverse * inverse / 360)));
    }

    private static double[] MakeLogFactorials()
    {
        double[] values = new double[1024];
        for (int i = 2; i < values.Length; i++) values[i] = values[i - 1] + Math.Log(i);
        return values;
    }

    private static ulong SplitMix(ref ulong seed)
    {
        ulong z = seed += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
