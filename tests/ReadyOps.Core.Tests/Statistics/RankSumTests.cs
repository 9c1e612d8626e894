using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Statistics;
using static ReadyOps.Core.Tests.Statistics.SpecialFunctionsTests;

namespace ReadyOps.Core.Tests.Statistics;

public sealed class RankSumTests
{
    private static readonly double[] Permeability1 = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    private static readonly double[] Permeability2 = [1.15, 0.88, 0.90, 0.74, 1.21];

    private static RankSum Test(double[] baseline, double[] canary, bool? exact = null) => RankSum.Test([.. baseline.Order()], [.. canary.Order()], exact);

    // Mann and Whitney 1947, the table on page 52: P(U <= u) for sizes n and m.
    [Theory]
    [InlineData(3, 1, new[] { 0.25, 0.5, 0.75 })]
    [InlineData(3, 2, new[] { 0.1, 0.2, 0.4, 0.6 })]
    [InlineData(3, 3, new[] { 0.05, 0.1, 0.2, 0.35, 0.5, 0.65 })]
    [InlineData(4, 2, new[] { 0.067, 0.133, 0.267, 0.4, 0.6 })]
    [InlineData(4, 3, new[] { 0.028, 0.057, 0.114, 0.2, 0.314, 0.429, 0.571 })]
    [InlineData(4, 4, new[] { 0.014, 0.029, 0.057, 0.1, 0.171, 0.243, 0.343, 0.443, 0.557 })]
    [InlineData(5, 3, new[] { 0.018, 0.036, 0.071, 0.125, 0.196, 0.286, 0.393, 0.5, 0.607 })]
    [InlineData(5, 4, new[] { 0.008, 0.016, 0.032, 0.056, 0.095, 0.143, 0.206, 0.278, 0.365, 0.452, 0.548 })]
    [InlineData(5, 5, new[] { 0.004, 0.008, 0.016, 0.028, 0.048, 0.075, 0.111, 0.155, 0.21, 0.274, 0.345, 0.421, 0.5, 0.579 })]
    [InlineData(6, 3, new[] { 0.012, 0.024, 0.048, 0.083, 0.131, 0.19, 0.274, 0.357, 0.452, 0.548 })]
    [InlineData(6, 5, new[] { 0.002, 0.004, 0.009, 0.015, 0.026, 0.041, 0.063, 0.089, 0.123, 0.165, 0.214, 0.268, 0.331, 0.396, 0.465, 0.535 })]
    [InlineData(6, 6, new[] { 0.001, 0.002, 0.004, 0.008, 0.013, 0.021, 0.032, 0.047, 0.066, 0.09, 0.12, 0.155, 0.197, 0.242, 0.294, 0.350, 0.409, 0.469, 0.531 })]
    public void Exact_tails_are_those_of_Mann_and_Whitneys_table(int n, int m, double[] table)
    {
        for (int u = 0; u < table.Length; u++)
        {
            // A canary whose U is u: each of its values stands above some of 1..n, least of all first.
            var canary = new double[m];
            for (int j = 0, left = u; j < m; j++, left -= Math.Min(left, n)) canary[m - 1 - j] = Math.Min(left, n) + 0.5 + (m - 1 - j) * 1e-3;
            RankSum test = Test([.. Enumerable.Range(1, n).Select(i => (double)i)], canary);
            Assert.True(test.Exact);
            Assert.Equal(u, test.U);
            Assert.InRange(test.Less, table[u] - 1e-3, table[u] + 1e-3);
        }
    }

    // Critical values of U, two-tailed (Milton, J. Amer. Statist. Assoc. 59, 1964; in every textbook).
    [Theory]
    [InlineData(5, 2, 0)]
    [InlineData(6, 5, 2)]
    [InlineData(7, 8, 4)]
    [InlineData(8, 13, 7)]
    [InlineData(9, 17, 11)]
    [InlineData(10, 23, 16)]
    [InlineData(12, 37, 27)]
    [InlineData(15, 64, 51)]
    [InlineData(20, 127, 105)]
    public void Limits_follow_the_published_critical_values(int size, int at5Percent, int at1Percent)
    {
        Assert.Equal(at5Percent + 1, RankSum.LimitRank(size, size, 0.025));
        Assert.Equal(at1Percent + 1, RankSum.LimitRank(size, size, 0.005));
    }

    // R's wilcox.test, as quoted to 13 digits in SciPy's tests of mannwhitneyu (gh-9184, gh-4933): canary against baseline.
    [Theory]
    [InlineData(true, 0.8967698967699, 0.1272061272061, 0.2544122544123)]
    [InlineData(false, 0.900775348204, 0.1223118025635, 0.244623605127)]
    public void Permeability_comes_out_as_in_R(bool exact, double less, double greater, double twoSided) =>
        Same(Test(Permeability2, Permeability1, exact), 35, less, greater, twoSided);

    [Theory]
    [InlineData(true, 0.3517857142857, 0.6946428571429, 0.7035714285714)]
    [InlineData(false, 0.3432520908938, 0.7047591913255, 0.6865041817876)]
    public void A_small_against_a_larger_set_comes_out_as_in_R(bool exact, double less, double greater, double twoSided)
    {
        double[] canary = [210.052110, 110.190630, 307.918612];
        double[] baseline =
        [
            436.08811482466416, 416.37397329768191, 179.96975939463582, 197.8118754228619, 34.038757281225756, 138.54220550921517,
            128.7769351470246, 265.92721427951852, 275.6617533155341, 592.34083395416258, 448.73177590617018, 300.61495185038905, 187.97508449019588,
        ];
        Same(Test(baseline, canary, exact), 16, less, greater, twoSided);
        // The other way round the tails change places.
        Same(Test(canary, baseline, exact), 23, greater, less, twoSided);
    }

    // R's wilcox.test with exact = FALSE and ties, from the same tests (test_tie_correct).
    [Theory]
    [InlineData(-0.01, -0.01, -0.01, -0.01, -0.01, 10, 1)]
    [InlineData(0, -0.01, 0, -0.01, 0, 9, 0.9017048037317)]
    [InlineData(0, 0, -0.01, 0, 0, 8.5, 0.804080657472)]
    [InlineData(0, 0, 0, 0, 0, 8, 0.7086240584439)]
    [InlineData(0, 0, 0.01, 0, 0, 7.5, 0.6197963884941)]
    [InlineData(0, 0.01, 0, 0.01, 0, 7, 0.5368784563079)]
    [InlineData(0.01, 0.01, 0.01, 0.01, 0.01, 6, 0.3912672792826)]
    public void Ties_are_corrected_for_as_in_R(double a, double b, double c, double d, double e, double u, double p)
    {
        RankSum test = Test([1 + a, 2 + b, 3 + c, 4 + d, 5 + e], [1, 2, 3, 4], exact: false);
        Assert.Equal(u, test.U);
        Close(p, test.TwoSided, 1e-12);
    }

    // R's wilcox.test, from the same tests (gh-2118), and SciPy's documented example of ages at diagnosis.
    [Fact]
    public void More_examples_come_out_as_documented()
    {
        Same(Test([1.5, 2.5], [1, 2, 3], false), 3, 0.6135850036578, 0.6135850036578, 1);
        Same(Test([2], [1, 2, 3], false), 1.5, 0.681324055883, 0.681324055883, 1);
        Same(Test([1, 2], [1, 2], false), 2, 0.667497228949, 0.667497228949, 1);
        RankSum ages = Test([20, 11, 17, 12], [19, 22, 16, 29, 24]);
        Assert.Equal(17, ages.U);
        Close(0.1111111111111111, ages.TwoSided, 1e-12);
        Close(0.11134688653314041, Test([20, 11, 17, 12], [19, 22, 16, 29, 24], false).TwoSided, 1e-12);
        Assert.Equal(0.5966, Test([12, 15, 5, 9, 9, 14, 56, 22, 3, 7, 32, 5], [1, 5, 9, 24, 56, 21, 3, 7, 21, 4], false).TwoSided, 4); // endmemo.com/r/wilcoxon.php
    }

    [Fact]
    public void Exact_tails_with_ties_are_those_of_counting_every_way_to_deal()
    {
        Gen<int[]> values = Gen.Choose(0, 4).ArrayOf(9);
        Check.QuickThrowOnFailure(Prop.ForAll(values.ToArbitrary(), Gen.Choose(1, 8).ToArbitrary(), (pool, canarySize) =>
        {
            double[] canary = [.. pool[..canarySize].Select(v => (double)v)], baseline = [.. pool[canarySize..].Select(v => (double)v)];
            RankSum test = Test(baseline, canary);
            int all = 0, less = 0, greater = 0;
            for (int deal = 0; deal < 1 << pool.Length; deal++)
            {
                if (int.PopCount(deal) != canarySize) continue;
                double u = 0;
                for (int i = 0; i < pool.Length; i++)
                    for (int j = 0; j < pool.Length; j++)
                        if ((deal >> i & 1) == 1 && (deal >> j & 1) == 0) u += pool[i] > pool[j] ? 1 : pool[i] == pool[j] ? 0.5 : 0;
                all++;
                if (u <= test.U) less++;
                if (u >= test.U) greater++;
            }

            Assert.Equal((double)less / all, test.Less, 1e-12);
            Assert.Equal((double)greater / all, test.Greater, 1e-12);
        }));
    }

    [Fact]
    public void The_normal_approximation_is_close_where_counting_ends()
    {
        var random = new Random(7);
        for (int round = 0; round < 20; round++)
        {
            double[] baseline = [.. Enumerable.Range(0, 50).Select(_ => Math.Round(random.NextDouble(), 2))], canary = [.. Enumerable.Range(0, 50).Select(_ => Math.Round(random.NextDouble() + 0.1, 2))];
            RankSum exact = Test(baseline, canary), normal = Test(baseline, canary, false);
            Assert.True(exact.Exact);
            Assert.Equal(exact.TwoSided, normal.TwoSided, 2e-3);
        }
    }

    [Fact]
    public void Under_the_null_hypothesis_p_is_uniform()
    {
        // Kolmogorov's distance of 4,000 p-values; 1.63/√4000 = 0.026 is its 99 % point, and p has steps of up to 0.006 besides.
        var random = new Random(20261121);
        double[] p = [.. Enumerable.Range(0, 4000).Select(_ => Test(Draw(random, 60), Draw(random, 60)).TwoSided).Order()];
        double distance = p.Select((value, i) => Math.Max(Math.Abs(value - (double)i / p.Length), Math.Abs(value - (i + 1.0) / p.Length))).Max();
        Assert.InRange(distance, 0, 0.032);

        static double[] Draw(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => -Math.Log(1 - random.NextDouble()))];
    }

    [Fact]
    public void No_level_is_exceeded_at_any_small_size()
    {
        // All ways to deal 4 to 6 values without ties: a p of alpha or less comes about in at most alpha of them.
        for (int n = 2; n <= 6; n++)
        {
            List<double> p = [];
            for (int deal = 0; deal < 1 << (2 * n); deal++)
                if (int.PopCount(deal) == n) p.Add(Test(Values(~deal, n), Values(deal, n)).TwoSided);
            foreach (double alpha in p.Distinct()) Assert.True(p.Count(value => value <= alpha) <= alpha * p.Count * (1 + 1e-9));
        }

        static double[] Values(int deal, int n) => [.. Enumerable.Range(0, 2 * n).Where(i => (deal >> i & 1) == 1).Select(i => (double)i)];
    }

    // Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, §4.1–4.3: estimate 0.305, limits −0.15 and 0.76. The second set
    // is their example with ties, where R's root finder says 0.5600562 and the median of the differences is 0.56.
    [Fact]
    public void The_shift_and_its_limits_are_order_statistics_of_the_differences()
    {
        double[] x = [.. Permeability2.Order()], y = [.. Permeability1.Order()];
        Assert.Equal(0.305, (PairwiseOrder.Difference(x, y, 25) + PairwiseOrder.Difference(x, y, 26)) / 2, 1e-12);
        long rank = RankSum.LimitRank(5, 10, 0.025);
        Assert.Equal(9, rank);
        Assert.Equal(-0.15, PairwiseOrder.Difference(x, y, rank), 1e-12);
        Assert.Equal(0.76, PairwiseOrder.Difference(x, y, 51 - rank), 1e-12);

        double[] tied = [.. new[] { 1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30 }.Order()];
        double[] others = [.. new[] { 0.878, 0.647, 0.598, 2.050, 1.060, 1.290, 1.060, 3.140, 1.290 }.Order()];
        Assert.Equal(0.56, PairwiseOrder.Difference(others, tied, 41), 1e-12);
    }

    [Fact]
    public void Order_statistics_of_pairs_are_those_of_the_sorted_list_at_any_scale()
    {
        Gen<double[]> values = Gen.Choose(1, 8).SelectMany(size => Gen.Choose(0, 12).Select(v => v / 3.0).ArrayOf(size)).Select(list => list.Order().ToArray());
        Check.QuickThrowOnFailure(Prop.ForAll(values.ToArbitrary(), values.ToArbitrary(), Gen.Elements(1e-9, 1.0, 1e9).ToArbitrary(), (a, b, unit) =>
        {
            double[] x = [.. a.Select(v => v * unit)], y = [.. b.Select(v => v * unit)];
            double[] differences = [.. y.SelectMany(one => x.Select(other => one - other)).Order()];
            for (int k = 0; k < differences.Length; k++) Assert.Equal(differences[k], PairwiseOrder.Difference(x, y, k + 1));

            // Pairs of two zeros are half below and half above all others.
            int zeros = x.Count(v => v == 0) * y.Count(v => v == 0);
            double[] ratios = [.. y.SelectMany(one => x.Select(other => one / other)).Where(r => !double.IsNaN(r)).Order()];
            double[] all = [.. Enumerable.Repeat(0.0, zeros / 2), .. ratios, .. Enumerable.Repeat(double.PositiveInfinity, zeros / 2)];
            for (int k = 0; k < all.Length; k++)
            {
                if (zeros % 2 == 0) Assert.Equal(all[k], PairwiseOrder.Ratio(x, y, k + 1, upwards: k % 2 == 0));
                else Assert.InRange(all[k], PairwiseOrder.Ratio(x, y, k + 1, upwards: false), PairwiseOrder.Ratio(x, y, k + 2, upwards: true));
            }
        }));
    }

    private static void Same(RankSum test, double u, double less, double greater, double twoSided)
    {
        Assert.Equal(u, test.U);
        Close(less, test.Less, 1e-11);
        Close(greater, test.Greater, 1e-11);
        Close(twoSided, test.TwoSided, 1e-11);
    }
}
