using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Statistics;
using static ReadyOps.Core.Tests.Statistics.SpecialFunctionsTests;

namespace ReadyOps.Core.Tests.Statistics;

public sealed class CountComparisonTests
{
    // Tables a b / c d. Fisher's tea and the convictions of twins: R's documentation of fisher.test (0.2429 and 0.0004652 one-sided);
    // the studying teenagers: Wikipedia, Fisher's exact test (0.002759456 two-sided); the last two: SciPy's documentation.
    [Theory]
    [InlineData(3, 1, 1, 3, 0.98571428571428, 0.24285714285714, 0.48571428571429)]
    [InlineData(2, 15, 10, 3, 0.00046518094336, 0.99998451901869, 0.00053672411914)]
    [InlineData(1, 9, 11, 3, 0.00137972809261, 0.99996634809530, 0.00275945618522)]
    [InlineData(6, 2, 1, 4, 0.99533799533800, 0.08624708624709, 0.10256410256410)]
    [InlineData(8, 2, 1, 5, 0.99912587412587, 0.02447552447552, 0.03496503496503)]
    public void Fishers_exact_test_comes_out_as_published(int a, int b, int c, int d, double less, double greater, double twoSided)
    {
        Tails tails = Tails.Hypergeometric(a, a + b + c + d, a + c, a + b);
        Close(less, tails.Less, 1e-10);
        Close(greater, tails.Greater, 1e-10);
        Close(twoSided, tails.TwoSided, 1e-10);
    }

    [Fact]
    public void Fishers_exact_test_is_the_count_of_all_tables()
    {
        Gen<int> cell = Gen.Choose(0, 12);
        Check.QuickThrowOnFailure(Prop.ForAll(cell.ArrayOf(4).ToArbitrary(), t =>
        {
            (int a, int b, int c, int d) = (t[0], t[1], t[2], t[3]);
            if (a + b == 0 || c + d == 0) return;
            Tails tails = Tails.Hypergeometric(a, a + b + c + d, a + c, a + b);
            double total = 0, less = 0, greater = 0, rare = 0, seen = Ways(a);
            for (int k = Math.Max(0, a - d); k <= Math.Min(a + b, a + c); k++)
            {
                double ways = Ways(k);
                total += ways;
                if (k <= a) less += ways;
                if (k >= a) greater += ways;
                if (ways <= seen * (1 + 1e-7)) rare += ways;
            }

            Close(less / total, tails.Less, 1e-10);
            Close(greater / total, tails.Greater, 1e-10);
            Close(rare / total, tails.TwoSided, 1e-10);

            double Ways(int k) => Math.Exp(SpecialFunctions.LogChoose(a + c, k) + SpecialFunctions.LogChoose(b + d, a + b - k));
        }));
    }

    // R's documentation of poisson.test, the lung cancers of Fredericia: ratio 1.971488, p-value 0.07967, limits 0.8584264 and 4.2772659.
    [Fact]
    public void The_ratio_of_Poisson_rates_comes_out_as_in_Rs_documentation()
    {
        EventCount fredericia = new(11, 800), others = new(6 + 8 + 7, 1083 + 1050 + 878);
        Assert.Equal(0.07966863303332947, Tails.Binomial(11, 32, 800.0 / 3811).TwoSided, 1e-12);
        (double low, double high) = RateIntervals.ConditionalRatio(others, fredericia, 0.025);
        Assert.Equal(0.8584264, low, 1e-7);
        Assert.Equal(4.2772659, high, 1e-7);
        MetricComparison comparison = MetricComparer.CompareRates([others], [fredericia], new() { Confidence = 0.95 });
        Assert.Equal(1.971488, comparison.Ratio!.Value, 1e-6);
        Assert.Equal(0.07967, comparison.PValue!.Value, 1e-5);
    }

    // R's documentation of rateratio.test: 2 of 17,877 against 9 of 16,660, twice the smaller tail is 0.05011.
    [Fact]
    public void The_mid_p_lies_below_the_exact_p()
    {
        Tails tails = Tails.Binomial(2, 11, 17877.0 / 34537);
        Assert.Equal(0.05011, 2 * tails.Less, 1e-5);
        Assert.Equal(2 * tails.Less - tails.Point, tails.MidP, 1e-12);
    }

    // Newcombe 1998, table II, method 10, at 95 %.
    [Theory]
    [InlineData(56, 70, 48, 80, 0.0524, 0.3339)]
    [InlineData(9, 10, 3, 10, 0.1705, 0.8090)]
    [InlineData(6, 7, 2, 7, 0.0582, 0.8062)]
    [InlineData(5, 56, 0, 29, -0.0381, 0.1926)]
    [InlineData(0, 10, 0, 20, -0.1611, 0.2775)]
    [InlineData(0, 10, 0, 10, -0.2775, 0.2775)]
    [InlineData(10, 10, 0, 20, 0.6791, 1.0000)]
    [InlineData(10, 10, 0, 10, 0.6075, 1.0000)]
    public void The_difference_of_shares_has_Newcombes_limits(int canary, int canaryN, int baseline, int baselineN, double low, double high)
    {
        (double seenLow, double seenHigh) = RateIntervals.Difference(new(baseline, baselineN), new(canary, canaryN), 0.025, shares: true);
        Assert.Equal(low, seenLow, 4);
        Assert.Equal(high, seenHigh, 4);
    }

    // Agresti, An Introduction to Categorical Data Analysis, §2.2: the aspirin study, z = 5.00, X² = 25.01, relative risk 1.82. The
    // other: prop.test(c(15, 25), c(50, 50), correct = FALSE), X² = 4.1667, p = 0.04123.
    [Theory]
    [InlineData(189, 11034, 104, 11037, 25.01, 5.69e-7, 1.82)]
    [InlineData(25, 50, 15, 50, 4.1667, 0.04123, 1.6667)]
    public void The_score_test_of_two_shares_is_Pearsons(int canary, int canaryN, int baseline, int baselineN, double square, double p, double ratio)
    {
        Tails tails = CountComparison.Score(new(baseline, baselineN), new(canary, canaryN));
        Close(square, Math.Pow(SpecialFunctions.NormalQuantile(tails.Greater), 2), 1e-3);
        Close(p, tails.TwoSided, 1e-3);
        MetricComparison comparison = MetricComparer.CompareShares([new(baseline, baselineN)], [new(canary, canaryN)], new() { Method = ComparisonMethod.TwoProportion });
        Close(ratio, comparison.Ratio!.Value, 1e-2);
        Close(p, comparison.PValue!.Value, 1e-3);
    }

    // Limits at 95 % found by maximising the likelihood numerically instead of by the closed form (8 of 15 against 4 of 15 is the table
    // of Gart and Nam, Biometrics 44, 1988, whose limits without the factor N/(N − 1) are 0.815 and 5.34).
    [Theory]
    [InlineData(8, 15, 4, 15, 0.8033666462973873, 5.423096947375775)]
    [InlineData(189, 11034, 104, 11037, 1.4338961461755508, 2.3047251918705904)]
    [InlineData(104, 11037, 189, 11034, 0.43389121055925345, 0.6974005747622521)]
    public void The_ratio_of_shares_has_the_limits_of_Miettinen_and_Nurminen(int canary, int canaryN, int baseline, int baselineN, double low, double high)
    {
        (double seenLow, double seenHigh) = RateIntervals.ScoreRatio(new(baseline, baselineN), new(canary, canaryN), 0.025);
        Close(low, seenLow, 1e-6);
        Close(high, seenHigh, 1e-6);
    }

    [Fact]
    public void Limits_of_ratios_turn_round_with_the_sides()
    {
        Gen<int> events = Gen.Choose(1, 400);
        Check.QuickThrowOnFailure(Prop.ForAll(events.ToArbitrary(), events.ToArbitrary(), (a, b) =>
        {
            EventCount one = new(a, 1000), other = new(b, 3000);
            foreach (Func<EventCount, EventCount, double, (double Low, double High)> limits in new[] { RateIntervals.ScoreRatio, RateIntervals.ConditionalRatio })
            {
                (double low, double high) = limits(one, other, 0.01);
                (double turnedLow, double turnedHigh) = limits(other, one, 0.01);
                Assert.InRange(other.Rate / one.Rate, low, high);
                Close(1 / turnedHigh, low, 1e-6);
                Close(1 / turnedLow, high, 1e-6);
            }
        }));
    }

    [Theory]
    [InlineData(0.05, 59)] // Wilks' 95/95
    [InlineData(0.02, 194)]
    public void Trials_without_an_event_mean_something_from_Wilks_number_on(double alpha, double expected) => Assert.Equal(expected, MinimumSize.Eventless(alpha));

    [Theory]
    [InlineData(0.025, 4)] // 2/C(8, 4) = 0.0286 is below 0.05, 2/C(6, 3) = 0.1 is not
    [InlineData(0.01, 5)] // 2/C(10, 5) = 0.0079
    [InlineData(0.005, 5)]
    [InlineData(0.5, 1)]
    public void The_fewest_samples_are_those_at_which_a_test_can_be_significant(double alpha, int expected) => Assert.Equal(expected, MinimumSize.Permutation(alpha));

    [Fact]
    public void Millions_of_events_neither_overflow_nor_take_long()
    {
        Tails tails = Tails.Hypergeometric(1_010_000, 200_000_000, 2_000_000, 100_000_000);
        Assert.InRange(tails.Greater, 1e-50, 1e-40); // z = 14.2
        (double low, double high) = RateIntervals.ConditionalRatio(new(1_000_000, 1e8), new(1_010_000, 1e8), 0.01);
        Assert.InRange(low, 1.006, 1.007);
        Assert.InRange(high, 1.013, 1.014);
    }
}
