using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class PromQlReachTests
{
    // Seconds by the meaning that PromQL's documentation gives to range, subquery and offset.
    [Theory]
    [InlineData("up", 0)]
    [InlineData("up{job=\"x[5m]\"} > 0 # [1h]", 0)]
    [InlineData("up{job='\\'[5m]'}", 0)]
    [InlineData("up{job=`\\`} + x[1m]", 60)]
    [InlineData("rate(x[5m])", 300)]
    [InlineData("rate(x{a=\"}\"}[1h30m])", 5400)]
    [InlineData("rate(x [ 90s ])", 90)]
    [InlineData("rate(x[300])", 300)]
    [InlineData("rate(x[1d2h3m4s5ms])", 93784.005)]
    [InlineData("sum(rate(x[5m])) / sum(rate(y[10m]))", 600)]
    [InlineData("x offset 1w", 604800)]
    [InlineData("rate(x[5m] offset 1h)", 3900)]
    [InlineData("x offset -1h", 0)]
    [InlineData("rate(x[5m] offset -1m)", 300)]
    [InlineData("max_over_time(rate(x[5m])[1h:1m])", 3900)]
    [InlineData("max_over_time(rate(x[5m])[1h:])", 3900)]
    [InlineData("max_over_time((rate(x[5m]) / rate(y[1m]))[1h:1m] offset 1d)", 90300)]
    [InlineData("rate(x[5m]) + y offset 1m", 300)]
    [InlineData("x offset 1h + {a=\"b\"} offset 5m", 3600)]
    [InlineData("sum by (a) (rate(x[5m])) / on (a) group_left (b) y", 300)]
    [InlineData("x[5m] @ 1609746000 offset 1h", 3900)]
    [InlineData("rate(x[5m]", 300)]
    [InlineData("rate(x[0s])", 0)]
    public void The_reach_of_a_query_is_its_longest_sum_of_ranges_and_offsets(string query, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), PromQlReach.Of(query));

    [Theory]
    [InlineData("rate(x[5 parsecs])")]
    [InlineData("rate(x[$__rate_interval])")]
    [InlineData("rate(x[])")]
    [InlineData("rate(x[5m] @ end())")]
    public void A_reach_that_cannot_be_told_is_an_error(string query) =>
        Assert.Equal("QueryReachUnknown", Assert.Throws<ReadyOpsException>(() => PromQlReach.Of(query)).Id);
}
