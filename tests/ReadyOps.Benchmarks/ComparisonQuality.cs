using ReadyOps.Core.Statistics;

namespace ReadyOps.Benchmarks;

/// <summary>
/// How often a comparison passes and fails a canary, by kind of data and true change, beside the rule of Kayenta's judge on the same
/// samples. Seeded: the figures are the same on every machine.
/// </summary>
internal static class ComparisonQuality
{
    private const int Rounds = 2000;

    private static readonly ComparisonOptions Options = new() { Direction = ComparisonDirection.Increase };

    public static void Run()
    {
        var random = new Random(20261121);
        (string Name, Func<double, double> Draw)[] kinds =
        [
            ("latency, spread of 20 %", change => change * Math.Exp(0.2 * Normal(random))),
            ("latency, spread of a factor e", change => change * Math.Exp(Normal(random))),
            ("errors per window, 3 on average", change => Poisson(random, 3 * change)),
            ("errors per window, 0.5 on average", change => Poisson(random, 0.5 * change)),
            ("a value in 5 % of the windows", change => random.NextDouble() < 0.05 * change ? 1 + random.NextDouble() : 0),
            ("a share of 6e-5, spread of 20 %", change => 6e-5 * change * Math.Exp(0.2 * Normal(random))),
        ];
        Console.WriteLine();
        Console.WriteLine($"### Verdicts on {Rounds:N0} canaries each, tolerance 0.25, confidence 98 %, pass/fail in percent (the rest is inconclusive)");
        Console.WriteLine();
        Console.WriteLine("| data | samples | same | Kayenta | +50 % | Kayenta | ×2 | Kayenta |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        foreach ((string name, Func<double, double> draw) in kinds)
            foreach (int size in new[] { 8, 20, 60 })
                Console.WriteLine($"| {name} | {size} | {string.Join(" | ", new[] { 1, 1.5, 2 }.Select(change => Row(draw, size, change)))} |");
    }

    private static string Row(Func<double, double> draw, int size, double change)
    {
        int pass = 0, fail = 0, kayentaFail = 0;
        for (int round = 0; round < Rounds; round++)
        {
            double[] baseline = [.. Enumerable.Range(0, size).Select(_ => draw(1))], canary = [.. Enumerable.Range(0, size).Select(_ => draw(change))];
            Verdict verdict = MetricComparer.Compare(baseline, canary, Options).Verdict;
            if (verdict == Verdict.Pass) pass++;
            if (verdict == Verdict.Fail) fail++;
            if (KayentaHigh(baseline, canary)) kayentaFail++;
        }

        return $"{Percent(pass)}/{Percent(fail)} | {Percent(Rounds - kayentaFail)}/{Percent(kayentaFail)}";
    }

    /// <summary>
    /// "High" after the published rule: the lower limit of the shift, a root of the normal statistic, beyond a quarter of the estimated
    /// shift; anything else passes (https://github.com/spinnaker/kayenta, MannWhitneyClassifier and MannWhitney). The root is found
    /// exactly, in the rule's favour: its own solver stops at an absolute 1e-4.
    /// </summary>
    private static bool KayentaHigh(double[] baseline, double[] canary)
    {
        double[] x = [.. baseline.Order()], y = [.. canary.Order()];
        if (x.SequenceEqual(y) || (x[0] == x[^1] && y[0] == y[^1] && x[0] == y[0])) return false;
        double z = SpecialFunctions.NormalQuantile(0.01);
        double low = Root(x, y, z), estimate = Root(x, y, 0), mean = canary.Average() / baseline.Average();
        return low > 0.25 * Math.Abs(estimate) && (!double.IsFinite(mean) || mean >= 1);
    }

    private static double Root(double[] x, double[] y, double target)
    {
        double low = y[0] - x[^1], high = y[^1] - x[0];
        if (Statistic(x, y, low) - target <= 0) return low;
        if (Statistic(x, y, high) - target >= 0) return high;
        double close = 1e-9 * (high - low);
        while (high - low > close)
        {
            double middle = (low + high) / 2;
            if (Statistic(x, y, middle) > target) low = middle;
            else high = middle;
        }

        double root = (low + high) / 2;
        // A step at 0 is a root of 0, and no shift by the rest of the search.
        return Math.Abs(root) <= close ? 0 : root;
    }

    private static double Statistic(double[] x, double[] y, double shift)
    {
        RankSum test = RankSum.Test(x, [.. y.Select(value => value - shift)], exact: false);
        double away = test.U - x.Length * y.Length / 2.0;
        return away == 0 ? 0 : away > 0 ? Math.Max(0, SpecialFunctions.NormalQuantile(Math.Clamp(test.Greater, 1e-300, 0.5))) : -Math.Max(0, SpecialFunctions.NormalQuantile(Math.Clamp(test.Less, 1e-300, 0.5)));
    }

    private static string Percent(int count) => (100.0 * count / Rounds).ToString("0.#");

    private static double Normal(Random random) => SpecialFunctions.NormalQuantile(Math.Clamp(random.NextDouble(), 1e-12, 1 - 1e-12));

    private static double Poisson(Random random, double mean)
    {
        double limit = Math.Exp(-mean), product = random.NextDouble();
        int count = 0;
        for (; product > limit; count++) product *= random.NextDouble();
        return count;
    }
}
