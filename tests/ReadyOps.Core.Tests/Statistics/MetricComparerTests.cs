using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Tests.Statistics;

public sealed class MetricComparerTests
{
    private static readonly ComparisonOptions Default = new();
    private static readonly ComparisonOptions Up = new() { Direction = ComparisonDirection.Increase };
    private static readonly ComparisonOptions Down = new() { Direction = ComparisonDirection.Decrease };

    // Positive samples with noise of about a tenth, all different.
    private static readonly Gen<double[]> Noisy = Gen.Choose(1, 1_000_000).Select(v => 90 + v / 50_000.0).ArrayOf(12);

    private static double[] Times(IEnumerable<double> values, double factor) => [.. values.Select(value => value * factor)];

    private static double[] Spread(int count, double centre) => [.. Enumerable.Range(0, count).Select(i => centre * (0.9 + 0.2 * (i * 7 % count) / count))];

    [Fact]
    public void The_same_twice_passes() => Assert.Equal(Verdict.Pass, MetricComparer.Compare(Spread(30, 0.2), Spread(30, 0.2), Default).Verdict);

    // PEERS: Kayenta's solver has an absolute tolerance and lets a doubled error rate of 6e-5 pass.
    [Theory]
    [InlineData(3e-5)]
    [InlineData(6e-5)]
    [InlineData(1)]
    [InlineData(4e8)]
    public void A_doubled_rate_fails_at_any_scale(double scale)
    {
        MetricComparison comparison = MetricComparer.Compare(Spread(12, scale), Times(Spread(12, scale), 2.07), Up);
        Assert.Equal(Verdict.Fail, comparison.Verdict);
        Assert.InRange(comparison.Ratio!.Value, 1.9, 2.3);
        Assert.Equal(1, comparison.Cles);
        Assert.Equal(1, comparison.CliffsDelta);
        Assert.Equal("exact Mann-Whitney", comparison.Method);
    }

    [Fact]
    public void Half_the_throughput_fails_downwards_and_passes_upwards()
    {
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(Spread(12, 100), Spread(12, 50), Down).Verdict);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(Spread(12, 100), Spread(12, 50), Default).Verdict);
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(Spread(12, 100), Spread(12, 50), Up).Verdict);
    }

    // PEERS: with 2 against 2 Kayenta says High at "98 %", where the exact p is a third.
    [Fact]
    public void Too_few_samples_are_inconclusive_and_say_how_many_are_needed()
    {
        MetricComparison comparison = MetricComparer.Compare([1, 1.1], [5, 5.1], Default);
        Assert.Equal(Verdict.Inconclusive, comparison.Verdict);
        Assert.Equal(5, comparison.MinimumN);
        Assert.Contains("each side needs 5", comparison.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare([1, 1.1, 1.2, 1.3, 1.4], [5, 5.1, 5.2, 5.3, 5.4], Default).Verdict);
        Assert.Equal(Verdict.Inconclusive, MetricComparer.Compare(Spread(12, 1), Spread(12, 5), Default with { MinimumN = 13 }).Verdict);
    }

    // PEERS: control all 0, canary not in 8 of 12 passes Kayenta. Exact p: 2 · C(16, 12)/C(24, 12) = 3,640 of 2,704,156.
    [Fact]
    public void Errors_where_there_were_none_fail()
    {
        double[] canary = [0, 0.1, 0.2, 0, 0.1, 0.1, 0.3, 0, 0.1, 0.2, 0, 0.1];
        MetricComparison comparison = MetricComparer.Compare(new double[12], canary, Default);
        Assert.Equal(Verdict.Fail, comparison.Verdict);
        Assert.Equal(double.PositiveInfinity, comparison.Ratio);
        Assert.Equal(2.0 * 1820 / 2704156, comparison.PValue!.Value, 1e-12);
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(canary, new double[12], Up).Verdict);
    }

    [Fact]
    public void Zeros_alone_pass_once_there_are_enough_to_rule_anything_else_out()
    {
        MetricComparison few = MetricComparer.Compare(new double[60], new double[60], Default);
        Assert.Equal(Verdict.Inconclusive, few.Verdict);
        Assert.Equal(194, few.MinimumN); // Wilks at 98 %
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(new double[194], new double[194], Default).Verdict);
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(new double[60], new double[60], Default with { AbsoluteTolerance = 0.001 }).Verdict);
        // 6 of 60 before, none of 60: a quarter more of them is ruled out; 1 of 60 before says nothing about 20.
        double[] some = new double[60], one = new double[60];
        for (int i = 0; i < 6; i++) some[i * 10] = 0.2;
        one[7] = 0.2;
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(some, new double[60], Up).Verdict);
        Assert.Equal(Verdict.Inconclusive, MetricComparer.Compare(one, new double[20], Up).Verdict);
        Assert.Equal(Verdict.Pass, MetricComparer.Compare([5, 5, 5, 5, 5], [5, 5, 5, 5, 5], Default).Verdict);
    }

    [Fact]
    public void Rare_errors_that_double_do_not_pass_although_no_rank_moves()
    {
        double[] baseline = new double[60], canary = new double[60];
        (baseline[3], baseline[20], baseline[41]) = (0.01, 0.02, 0.01);
        for (int i = 0; i < 6; i++) canary[i * 9] = 0.01 + i % 2 * 0.005;
        MetricComparison comparison = MetricComparer.Compare(baseline, canary, Up);
        Assert.Equal(Verdict.Inconclusive, comparison.Verdict);
        Assert.Contains("-BaselineCount", comparison.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public void Rare_errors_that_become_many_fail_and_no_absolute_tolerance_of_the_typical_value_hides_them()
    {
        double[] baseline = new double[60], canary = new double[60];
        baseline[3] = 0.5;
        for (int i = 0; i < 60; i += 3) canary[i] = 0.5 + i / 1000.0;
        Assert.Equal(0, MetricComparer.Compare(baseline, canary, Up).Shift);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(baseline, canary, Up).Verdict);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(baseline, canary, Up with { AbsoluteTolerance = 0.01 }).Verdict);
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(baseline, canary, Up with { AbsoluteTolerance = 0.5 }).Verdict);
    }

    [Fact]
    public void One_bad_instance_of_ten_does_not_pass_although_the_typical_value_is_the_same()
    {
        double[] canary = Spread(60, 1);
        for (int i = 0; i < 60; i += 10) canary[i] *= 10;
        MetricComparison comparison = MetricComparer.Compare(Spread(60, 1), canary, Up);
        Assert.Equal(Verdict.Inconclusive, comparison.Verdict);
        Assert.Contains("mean", comparison.Reason, StringComparison.Ordinal);
        // One value far off is not yet a sign of anything.
        double[] single = Spread(60, 1);
        single[7] = 20;
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(Spread(60, 1), single, Up).Verdict);
    }

    [Fact]
    public void A_change_within_the_tolerance_passes_however_significant_it_is()
    {
        MetricComparison comparison = MetricComparer.Compare(Spread(200, 1), Spread(200, 1.15), Default);
        Assert.True(comparison.PValue < 1e-6);
        Assert.Equal(Verdict.Pass, comparison.Verdict);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(Spread(200, 1), Spread(200, 1.15), Default with { Tolerance = 0.05 }).Verdict);
    }

    [Fact]
    public void Values_below_zero_are_compared_by_their_shift()
    {
        MetricComparison comparison = MetricComparer.Compare(Spread(12, -10), Times(Spread(12, -10), 0.5), Up);
        Assert.Null(comparison.Ratio);
        Assert.Equal(Verdict.Fail, comparison.Verdict);
        Assert.InRange(comparison.Shift!.Value, 4, 6);
    }

    [Fact]
    public void An_absolute_tolerance_lets_differences_pass_that_never_matter()
    {
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(Spread(12, 0.001), Spread(12, 0.002), Up).Verdict);
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(Spread(12, 0.001), Spread(12, 0.002), Up with { AbsoluteTolerance = 0.005 }).Verdict);
    }

    [Fact]
    public void What_is_no_number_is_told_and_decides_as_it_was_asked_to()
    {
        double[] holes = [.. Spread(12, 1), double.NaN, double.PositiveInfinity];
        MetricComparison asked = MetricComparer.Compare(Spread(12, 1), holes, Default);
        Assert.Equal(Verdict.Inconclusive, asked.Verdict);
        Assert.Equal("2 sample(s) of the canary are NaN or infinite.", Assert.Single(asked.Notes));
        MetricComparison dropped = MetricComparer.Compare(Spread(12, 1), holes, Default with { NonFinite = NonFinitePolicy.Drop });
        Assert.Equal(Verdict.Pass, dropped.Verdict);
        Assert.Equal(12, dropped.CanaryN);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(Spread(12, 1), holes, Default with { NonFinite = NonFinitePolicy.Fail }).Verdict);
        Assert.Equal(Verdict.Inconclusive, MetricComparer.Compare(holes, Spread(12, 1), Default with { NonFinite = NonFinitePolicy.Fail }).Verdict);
        Assert.Equal(Verdict.NoData, MetricComparer.Compare(Spread(12, 1), [double.NaN], Default with { NonFinite = NonFinitePolicy.Drop }).Verdict);
    }

    [Fact]
    public void No_data_is_never_a_pass()
    {
        foreach (ComparisonMethod method in new[] { ComparisonMethod.Auto, ComparisonMethod.Sequential })
        {
            Assert.Equal(Verdict.NoData, MetricComparer.Compare([], [], Default with { Method = method }).Verdict);
            Assert.Equal(Verdict.NoData, MetricComparer.CompareShares([new(0, 0)], [new(0, 0)], Default with { Method = method }).Verdict);
        }

        Assert.Equal(Verdict.NoData, MetricComparer.Compare(Spread(12, 1), [], Default).Verdict);
        Assert.Equal(Verdict.NoData, MetricComparer.CompareShares([new(3, 1000)], [new(0, 0)], Default).Verdict);
        Assert.Equal(Verdict.NoData, MetricComparer.CompareShares([], [], Default).Verdict);
    }

    [Fact]
    public void Outliers_stay_in_unless_a_fence_is_set()
    {
        double[] canary = [.. Spread(12, 1), 500];
        Assert.Equal(13, MetricComparer.Compare(Spread(12, 1), canary, Default).CanaryN);
        MetricComparison fenced = MetricComparer.Compare(Spread(12, 1), canary, Default with { OutlierFence = 3 });
        Assert.Equal(12, fenced.CanaryN);
        Assert.Contains("outside the fence", Assert.Single(fenced.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 10_000, 20, 10_000, Verdict.Inconclusive)] // p = 0.099
    [InlineData(100, 10_000, 200, 10_000, Verdict.Fail)]
    [InlineData(100, 10_000, 100, 10_000, Verdict.Inconclusive)] // +25 % is not ruled out by 100 events
    [InlineData(300, 30_000, 300, 30_000, Verdict.Pass)]
    [InlineData(0, 1_000, 12, 1_000, Verdict.Fail)] // nothing before
    [InlineData(0, 1_000, 1, 1_000, Verdict.Inconclusive)]
    [InlineData(0, 200, 0, 200, Verdict.Pass)]
    [InlineData(0, 200, 0, 193, Verdict.Inconclusive)] // Wilks: 194 at 98 %
    [InlineData(100, 10_000, 0, 400, Verdict.Pass)] // 0 of 400 rules 1.25 % out
    [InlineData(100, 10_000, 0, 100, Verdict.Inconclusive)]
    [InlineData(3, 4, 4, 4, Verdict.Inconclusive)] // too few
    [InlineData(5_000, 10_000, 5_050, 10_000, Verdict.Pass)]
    public void Shares_are_judged_by_what_the_counts_can_tell(double b, double n, double c, double m, Verdict expected) =>
        Assert.Equal(expected, MetricComparer.CompareShares([new(b, n)], [new(c, m)], Up).Verdict);

    [Fact]
    public void A_test_is_chosen_by_the_counts()
    {
        Assert.Equal("Fisher's exact test", MetricComparer.CompareShares([new(2, 1000)], [new(5, 1000)], Default).Method);
        Assert.Equal("the two-proportion score test", MetricComparer.CompareShares([new(20_000, 100_000)], [new(22_000, 100_000)], Default).Method);
        Assert.Equal("the exact test of Poisson rates", MetricComparer.CompareRates([new(2, 7.5)], [new(5, 3.25)], Default).Method);
    }

    [Fact]
    public void Rates_without_an_event_pass_only_by_a_rate_that_never_matters()
    {
        Assert.Equal(Verdict.Inconclusive, MetricComparer.CompareRates([new(0, 500)], [new(0, 500)], Up).Verdict);
        // −ln(0.02)/500 = 0.0078
        Assert.Equal(Verdict.Pass, MetricComparer.CompareRates([new(0, 500)], [new(0, 500)], Up with { AbsoluteTolerance = 0.008 }).Verdict);
        Assert.Equal(Verdict.Inconclusive, MetricComparer.CompareRates([new(0, 500)], [new(0, 500)], Up with { AbsoluteTolerance = 0.007 }).Verdict);
    }

    [Fact]
    public void Several_counts_are_summed()
    {
        MetricComparison whole = MetricComparer.CompareShares([new(30, 3000)], [new(60, 3000)], Up);
        MetricComparison parts = MetricComparer.CompareShares([new(10, 1000), new(20, 2000)], [new(60, 2000), new(0, 1000)], Up);
        Assert.Equal(whole with { Notes = [] }, parts with { Notes = whole.Notes });
    }

    [Theory]
    [InlineData(1, 0.25, ComparisonMethod.Auto)]
    [InlineData(0.4, 0.25, ComparisonMethod.Auto)]
    [InlineData(double.NaN, 0.25, ComparisonMethod.Auto)]
    [InlineData(0.98, 0, ComparisonMethod.Auto)]
    [InlineData(0.98, -1, ComparisonMethod.Auto)]
    [InlineData(0.98, 0.25, ComparisonMethod.Fisher)]
    public void What_cannot_be_meant_is_refused(double confidence, double tolerance, ComparisonMethod method) =>
        Assert.Equal("ComparisonInvalid", Assert.Throws<ReadyOpsException>(() => MetricComparer.Compare([1], [1], new() { Confidence = confidence, Tolerance = tolerance, Method = method })).Id);

    [Theory]
    [InlineData(5, 4)]
    [InlineData(-1, 4)]
    [InlineData(0.5, 4)]
    [InlineData(1, double.NaN)]
    [InlineData(1, 4.5)]
    public void Counts_that_cannot_be_are_refused(double events, double trials) =>
        Assert.Equal("ComparisonInvalid", Assert.Throws<ReadyOpsException>(() => MetricComparer.CompareShares([new(1, 10)], [new(events, trials)], Default)).Id);

    [Fact]
    public void An_inconclusive_comparison_says_about_how_many_samples_would_settle_it()
    {
        // The limits are ±39 % (2.33 · √(2/100) on the logarithm) and have to come down to ±25 %: about 2.17 times as many.
        MetricComparison comparison = MetricComparer.CompareShares([new(100, 1_000_000)], [new(100, 1_000_000)], Default with { Method = ComparisonMethod.TwoProportion });
        Assert.Equal(Verdict.Inconclusive, comparison.Verdict);
        Assert.Matches("about 2[12]\\d{5} against 2[12]\\d{5} trials", comparison.NextStep);
    }

    [Fact]
    public void The_unit_of_the_data_changes_nothing()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Noisy.ToArbitrary(), Noisy.ToArbitrary(), Gen.Elements(0.5, 0.9, 1.0, 1.2, 1.3, 2.0).ToArbitrary(), (baseline, canary, effect) =>
        {
            MetricComparison one = MetricComparer.Compare(baseline, Times(canary, effect), Default);
            foreach (double unit in new[] { 1e-9, 1e-3, 0.1, 60, 1e9 })
            {
                MetricComparison other = MetricComparer.Compare(Times(baseline, unit), Times(Times(canary, effect), unit), Default);
                Assert.Equal(one.Verdict, other.Verdict);
                Assert.Equal(one.PValue!.Value, other.PValue!.Value, 1e-12);
                Assert.Equal(one.Ratio!.Value, other.Ratio!.Value, 1e-9);
                Assert.Equal(one.Shift!.Value, other.Shift!.Value / unit, 1e-9);
            }
        }));
    }

    [Fact]
    public void Order_changes_nothing()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Noisy.ToArbitrary(), Noisy.ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (baseline, canary, seed) =>
        {
            double[] dealt = [.. canary], other = [.. baseline];
            new Random(seed).Shuffle(dealt);
            new Random(seed + 1).Shuffle(other);
            Assert.Equal(MetricComparer.Compare(baseline, canary, Default).ToString(), MetricComparer.Compare(other, dealt, Default).ToString());
        }));
    }

    [Fact]
    public void Swapping_the_sides_turns_everything_round()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Noisy.ToArbitrary(), Noisy.ToArbitrary(), Gen.Elements(0.5, 0.9, 1.0, 1.2, 2.0).ToArbitrary(), (baseline, scaled, effect) =>
        {
            double[] canary = Times(scaled, effect);
            MetricComparison one = MetricComparer.Compare(baseline, canary, Default), other = MetricComparer.Compare(canary, baseline, Default);
            Assert.Equal(one.Verdict, other.Verdict);
            Assert.Equal(one.PValue!.Value, other.PValue!.Value, 1e-12);
            Assert.Equal(one.Shift!.Value, -other.Shift!.Value, 1e-9);
            Assert.Equal(one.Low!.Value, -other.High!.Value, 1e-9);
            Assert.Equal(one.Ratio!.Value, 1 / other.Ratio!.Value, 1e-9);
            Assert.Equal(one.RatioLow!.Value, 1 / other.RatioHigh!.Value, 1e-9);
            Assert.Equal(one.Cles!.Value, 1 - other.Cles!.Value, 1e-12);
        }));
    }

    [Fact]
    public void A_worse_canary_never_gets_a_better_verdict()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Noisy.ToArbitrary(), Noisy.ToArbitrary(), (baseline, canary) =>
        {
            int[] badness = [.. Enumerable.Range(0, 12).Select(i => Badness(MetricComparer.Compare(baseline, Times(canary, 0.8 + i * 0.1), Up)))];
            Assert.Equal(badness.Order(), badness);
        }));
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 60).ToArbitrary(), Gen.Choose(100, 3000).ToArbitrary(), (events, trials) =>
        {
            int[] badness = [.. Enumerable.Range(0, 30).Select(c => Badness(MetricComparer.CompareShares([new(events, 2000)], [new(2 * c, trials)], Up)))];
            Assert.Equal(badness.Order(), badness);
        }));

        static int Badness(MetricComparison comparison) => comparison.Verdict switch { Verdict.Pass => 0, Verdict.Inconclusive => 1, _ => 2 };
    }

    [Fact]
    public void The_unit_of_the_exposure_changes_nothing()
    {
        Gen<int> events = Gen.Choose(0, 60);
        Check.QuickThrowOnFailure(Prop.ForAll(events.ToArbitrary(), events.ToArbitrary(), Gen.Elements(1e-9, 1e-3, 3600, 1e9).ToArbitrary(), (b, c, unit) =>
        {
            MetricComparison one = MetricComparer.CompareRates([new(b, 70)], [new(c, 30)], Default), other = MetricComparer.CompareRates([new(b, 70 * unit)], [new(c, 30 * unit)], Default);
            Assert.Equal(one.Verdict, other.Verdict);
            Assert.Equal(one.PValue!.Value, other.PValue!.Value, 1e-9);
        }));
    }

    [Fact]
    public void Whatever_doubles_come_there_is_a_verdict_and_a_reason()
    {
        Gen<double> any = Gen.OneOf(ArbMap.Default.GeneratorFor<double>(), Gen.Elements(0.0, -0.0, double.Epsilon, 1e-310, double.MaxValue, -double.MaxValue, 1e308, -1e308, double.NaN, double.PositiveInfinity, 1));
        Gen<double[]> samples = any.ArrayOf(7);
        Gen<ComparisonOptions> options = Gen.Elements(Default, Up, Down, Default with { NonFinite = NonFinitePolicy.Drop }, Up with { NonFinite = NonFinitePolicy.Drop, OutlierFence = 1.5 },
            Down with { NonFinite = NonFinitePolicy.Drop, Confidence = 0.5, Tolerance = 1e-9 }, Up with { NonFinite = NonFinitePolicy.Drop, Method = ComparisonMethod.Sequential });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(samples.ToArbitrary(), samples.ToArbitrary(), options.ToArbitrary(), (baseline, canary, asked) =>
        {
            MetricComparison comparison = MetricComparer.Compare(baseline, canary, asked);
            Assert.True(Enum.IsDefined(comparison.Verdict));
            Assert.NotEmpty(comparison.Reason);
            if (comparison.PValue is { } p) Assert.InRange(p, 0, 1);
            if (comparison.Verdict == Verdict.Pass) Assert.True(asked.NonFinite == NonFinitePolicy.Drop || baseline.Concat(canary).All(double.IsFinite));
        }));
    }

    [Fact]
    public void What_is_seen_to_be_doubled_never_passes()
    {
        Gen<double[]> anything = Gen.OneOf(Gen.Choose(0, 3).Select(v => (double)v), Gen.Choose(0, 1_000_000).Select(v => v / 1e3)).ArrayOf(15);
        Check.QuickThrowOnFailure(Prop.ForAll(anything.ToArbitrary(), baseline =>
        {
            if (baseline.All(value => value == 0)) return;
            Assert.NotEqual(Verdict.Pass, MetricComparer.Compare(baseline, Times(baseline, 2), Up).Verdict);
        }));
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 400).ToArbitrary(), Gen.Choose(1_000, 9_000).ToArbitrary(), (events, trials) =>
            Assert.NotEqual(Verdict.Pass, MetricComparer.CompareShares([new(events, trials)], [new(2 * events, trials)], Up).Verdict)));
    }

    [Fact]
    public void Noise_fails_no_more_often_than_stated_and_a_true_doubling_passes_no_more_often_either()
    {
        // 1,000 draws each; alpha is 0.02, and √(0.02 · 0.98/1000) = 0.44 % is one standard error.
        var random = new Random(5);
        int falseAlarms = 0, missed = 0;
        for (int round = 0; round < 1000; round++)
        {
            double[] baseline = Draw(1);
            if (MetricComparer.Compare(baseline, Draw(1), Up).Verdict == Verdict.Fail) falseAlarms++;
            if (MetricComparer.Compare(baseline, Draw(2), Up).Verdict == Verdict.Pass) missed++;
        }

        Assert.InRange(falseAlarms, 0, 33);
        Assert.Equal(0, missed);

        double[] Draw(double scale) => [.. Enumerable.Range(0, 20).Select(_ => scale * Math.Exp(0.4 * Enumerable.Range(0, 12).Sum(_ => random.NextDouble() - 0.5)))];
    }
}
