using ReadyOps.Core.Signals.Slos;

namespace ReadyOps.Core.Tests.Signals.Slos;

public sealed class SloDefinitionTests
{
    [Theory]
    // Site Reliability Workbook, table 5-8, for 30 days; Sloth prints the others for 28 and 7 days.
    [InlineData(30, "14.4 6 3 1")]
    [InlineData(28, "13.44 5.6 2.8 0.9333")]
    [InlineData(7, "13.44 3.5 1.4 0.98")]
    [InlineData(90, "43.2 18 9 3")]
    [InlineData(14, "6.72 2.8 1.4")] // The slow pair would call at 0.47 times, which spends no budget too fast.
    public void Factors_follow_from_the_share_of_the_budget_that_a_pair_may_spend(int days, string factors) =>
        Assert.Equal(factors, string.Join(' ', BurnRateRule.For(TimeSpan.FromDays(days)).Select(rule => decimal.Round(rule.Factor, 4).ToString("0.####", System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void The_pairs_of_30_days_spend_2_5_10_and_10_per_cent_of_the_budget() =>
        Assert.Equal([0.02m, 0.05m, 0.1m, 0.1m], BurnRateRule.For(TimeSpan.FromDays(30)).Select(rule => rule.ShareOf(TimeSpan.FromDays(30))));

    [Theory]
    [InlineData("http_requests_total{code=~\"5..\"}", "sum(increase(http_requests_total{code=~\"5..\"}[300s]))", false)]
    [InlineData("sum(rate(a[${window}]))", "sum(rate(a[300s]))", true)]
    [InlineData("sum by (x) (increase(a{b=\"rate(x[${window}])\"}[${window}]))", "sum by (x) (increase(a{b=\"rate(x[300s])\"}[300s]))", false)]
    [InlineData("sum(rate(a[${window}])) - sum(rate(b[${window}])) or vector(0)", "sum(rate(a[300s])) - sum(rate(b[300s])) or vector(0)", true)]
    [InlineData("sum(count_over_time(a[${window}]))", "sum(count_over_time(a[300s]))", false)]
    public void A_query_is_a_counter_or_PromQL_with_a_window(string text, string asked, bool perSecond)
    {
        Assert.True(SloQuery.TryParse(text, counts: true, out SloQuery? query, out string problem), problem);
        Assert.Equal((asked, perSecond), (query!.For(TimeSpan.FromMinutes(5)), query.IsPerSecond));
    }

    [Theory]
    [InlineData("sum(rate(a[5m]))")]
    [InlineData("sum(rate(a[${window}])) / sum(increase(b[${window}]))")]
    [InlineData("")]
    public void What_cannot_be_counted_is_refused(string text) => Assert.False(SloQuery.TryParse(text, counts: true, out _, out _));

    [Theory]
    [InlineData("300ms", @"0\\.3")]
    [InlineData("1s", @"1(\\.0)?")]
    [InlineData("250", @"250(\\.0)?")]
    [InlineData("50us", @"0\\.00005|5e-05")]
    public void A_latency_is_the_bucket_of_its_threshold_however_its_boundary_is_written(string threshold, string boundary)
    {
        SloIndicator indicator = SloIndicator.OfLatency("request_seconds_bucket{job=\"a}\",}", threshold);
        Assert.Equal($"sum(increase(request_seconds_bucket{{job=\"a}}\",le=~\"{boundary}\"}}[60s]))", indicator.Good!.For(TimeSpan.FromMinutes(1)));
        Assert.Equal("sum(increase(request_seconds_count{job=\"a}\"}[60s]))", indicator.Total!.For(TimeSpan.FromMinutes(1)));
    }

    [Theory]
    [InlineData("request_seconds", "fast")]
    [InlineData("request_seconds", "0s")]
    [InlineData("rate(x[5m])", "1s")]
    public void What_is_no_latency_is_refused(string histogram, string threshold) => Assert.Throws<SloException>(() => SloIndicator.OfLatency(histogram, threshold));

    [Theory]
    [InlineData(0, 30)]
    [InlineData(1, 30)]
    [InlineData(0.999, 0)]
    [InlineData(0.999, 400)]
    public void What_leaves_nothing_to_judge_is_refused(double objective, int days) =>
        Assert.Equal("SloInvalid", Assert.Throws<SloException>((SloTraffic.Slo((decimal)objective) with { Window = TimeSpan.FromDays(days) }).Validate).Id);
}
