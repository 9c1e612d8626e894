using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

/// <summary>Expected values by the rule of PromQL's documentation of histogram_quantile, worked out by hand.</summary>
public sealed class HistogramQuantileTests
{
    private const double Inf = double.PositiveInfinity;

    private static double Quantile(double q, params (double Bound, double Count)[] buckets) =>
        HistogramQuantile.Of(q, buckets.Select(b => KeyValuePair.Create(b.Bound, b.Count)));

    [Theory]
    [InlineData(0.5, 0.15)] // rank 5 lies (5-2)/(8-2) into 0.1..0.2
    [InlineData(0.2, 0.1)] // rank 2 is the end of the first bucket
    [InlineData(0.1, 0.05)] // the first bucket begins at 0
    [InlineData(0.8, 0.2)]
    [InlineData(0.9, 0.4)] // rank 9: halfway through 8..10 in 0.2..0.6
    [InlineData(1, 0.6)]
    [InlineData(0, 0)]
    public void A_quantile_lies_in_its_bucket_as_if_observations_were_spread_evenly(double q, double expected) =>
        Assert.Equal(expected, Quantile(q, (0.1, 2), (0.2, 8), (0.6, 10), (Inf, 10)), 12);

    [Fact]
    public void Beyond_the_last_bound_it_is_that_bound() => Assert.Equal(0.6, Quantile(0.99, (0.1, 2), (0.6, 10), (Inf, 20)));

    [Fact]
    public void A_first_bucket_below_zero_gives_its_bound() => Assert.Equal(-1, Quantile(0.5, (-1, 8), (1, 10), (Inf, 10)));

    [Fact]
    public void Buckets_come_in_any_order_and_from_several_series() =>
        Assert.Equal(0.15, Quantile(0.5, (Inf, 4), (0.2, 4), (0.1, 1), (0.1, 1), (0.2, 4), (Inf, 6), (0.6, 6), (0.6, 4)), 12);

    [Fact]
    public void Counts_that_fall_are_lifted_to_the_bucket_below() =>
        Assert.Equal(0.1 * 5 / 8, Quantile(0.5, (0.1, 8), (0.2, 7), (0.6, 10), (Inf, 10)), 12);

    [Fact]
    public void Without_observations_or_buckets_there_is_no_quantile()
    {
        Assert.Equal(double.NaN, Quantile(0.5));
        Assert.Equal(double.NaN, Quantile(0.5, (Inf, 10)));
        Assert.Equal(double.NaN, Quantile(0.5, (0.1, 2), (0.2, 8)));
        Assert.Equal(double.NaN, Quantile(0.5, (0.1, 0), (Inf, 0)));
        Assert.Equal(double.NaN, Quantile(0.5, (0.1, double.NaN), (Inf, double.NaN)));
    }
}
