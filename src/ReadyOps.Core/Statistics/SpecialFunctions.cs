namespace ReadyOps.Core.Statistics;

/// <summary>
/// The few functions that the tests need. Series and continued fractions after Abramowitz and Stegun, Handbook of Mathematical
/// Functions, 6.1, 7.1, 26.2 and 26.5 (with Lentz's evaluation); quantiles by bisection over the numbers that a double can hold, so
/// that they are as exact as the functions they invert, at every scale.
/// </summary>
internal static class SpecialFunctions
{
    private const double Tiny = 1e-300;
    private const int MostTerms = 200_000;

    private static readonly double[] Lanczos =
    [
        0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
        12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ];

    /// <summary>The logarithm of Γ(x) for x &gt; 0, by Lanczos' approximation (SIAM J. Numer. Anal. B 1, 1964).</summary>
    public static double LogGamma(double x)
    {
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        double sum = Lanczos[0];
        for (int i = 1; i < Lanczos.Length; i++) sum += Lanczos[i] / (x - 1 + i);
        double t = x + 6.5;
        return 0.5 * Math.Log(2 * Math.PI) + (x - 0.5) * Math.Log(t) - t + Math.Log(sum);
    }

    /// <summary>The logarithm of the number of ways to choose <paramref name="k"/> of <paramref name="n"/>.</summary>
    public static double LogChoose(double n, double k) => LogGamma(n + 1) - LogGamma(k + 1) - LogGamma(n - k + 1);

    /// <summary>The probability that a standard normal value exceeds <paramref name="z"/>; its relative error stays small far out.</summary>
    public static double NormalTail(double z)
    {
        if (z < 0) return 1 - NormalTail(-z);
        double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        if (z < 2.5)
        {
            // 26.2.11: Φ(z) = 1/2 + φ(z) (z + z³/3 + z⁵/15 + …)
            double term = z, sum = z;
            for (int i = 3; term > sum * 1e-17; i += 2) sum += term *= z * z / i;
            return 0.5 - density * sum;
        }

        // 26.2.14: 1 − Φ(z) = φ(z) / (z + 1/(z + 2/(z + 3/(z + …))))
        double fraction = z;
        for (int i = 150; i > 0; i--) fraction = z + i / fraction;
        return density / fraction;
    }

    /// <summary>The value that a standard normal variable exceeds with probability <paramref name="p"/>, 0 &lt; p &lt; 1.</summary>
    public static double NormalQuantile(double p) => p > 0.5 ? -NormalQuantile(1 - p)
        : DoubleOrder.First(0, 40, z => NormalTail(z) <= p);

    /// <summary>
    /// The value that Student's t exceeds with probability <paramref name="p"/>, by the expansion 26.7.5 to its second term: within
    /// 1 % from 8 degrees of freedom on, at the tails used here.
    /// </summary>
    public static double StudentQuantile(double p, double degrees)
    {
        double z = NormalQuantile(p);
        double first = (z * z * z + z) / 4;
        double second = (5 * Math.Pow(z, 5) + 16 * z * z * z + 3 * z) / 96;
        return z + first / degrees + second / (degrees * degrees);
    }

    /// <summary>The regularised incomplete beta function, by 26.5.8.</summary>
    public static double Beta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        // The fraction converges fast below the mean only.
        if (x > (a + 1) / (a + b + 2)) return 1 - Beta(1 - x, b, a);

        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * double.LogP1(-x)) / a;
        double c = 1, d = 1 / NotZero(1 - (a + b) * x / (a + 1)), value = d;
        for (int m = 1; m <= MostTerms; m++)
        {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / NotZero(1 + even * d);
            c = NotZero(1 + even / c);
            value *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / NotZero(1 + odd * d);
            c = NotZero(1 + odd / c);
            value *= d * c;
            if (Math.Abs(d * c - 1) < 1e-15) break;
        }

        return front * value;
    }

    /// <summary>The x at which the regularised incomplete beta function is <paramref name="p"/>.</summary>
    public static double BetaQuantile(double p, double a, double b) => DoubleOrder.First(0, 1, x => Beta(x, a, b) >= p);

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
