using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals;

public sealed class HistogramReaderTests
{
    // The shape of the API's documentation: rule, bounds, count.
    private const string Histogram = """{"count":"10","sum":"18.5","buckets":[[3,"-0.001","0.001","2"],[0,"1","2","4"],[0,"2","4","4"]]}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static PrometheusClient Client(string result, string type) =>
        new(HttpEndpoint.For("http://prom"), new StubHandler(_ => StubHandler.Text($$$"""{"status":"success","data":{"resultType":"{{{type}}}","result":[{{{result}}}]}}""")).Context()) { ReadsHistograms = true };

    private static async Task<MetricHistogram> ReadAsync(string histogram) =>
        Assert.Single((await Client($$"""{"metric":{"__name__":"h","job":"a"},"histogram":[1795216634.5,{{histogram}}]}""", "vector").QueryAsync("h", null, Stop)).Data).Histogram!;

    [Fact]
    public async Task A_histogram_of_an_instant_query_keeps_count_sum_and_buckets_with_their_rules()
    {
        MetricSample sample = Assert.Single((await Client($$"""{"metric":{"__name__":"h","job":"a"},"histogram":[1795216634.5,{{Histogram}}]}""", "vector").QueryAsync("h", null, Stop)).Data);
        Assert.Equal(("h", "a", 1795216634500, double.NaN), (sample.Name, sample.Labels["job"], sample.Time.ToUnixTimeMilliseconds(), sample.Value));
        MetricHistogram histogram = sample.Histogram!;
        Assert.Equal((10.0, 18.5, 1.85, 3), (histogram.Count, histogram.Sum, histogram.Mean, histogram.Buckets.Count));
        Assert.Equal(["[-0.001, 0.001]: 2", "(1, 2]: 4", "(2, 4]: 4"], histogram.Buckets.Select(bucket => bucket.ToString()));
    }

    [Theory]
    [InlineData(0, "(1, 2]")]
    [InlineData(1, "[1, 2)")]
    [InlineData(2, "(1, 2)")]
    [InlineData(3, "[1, 2]")]
    public async Task The_rule_of_a_bucket_says_which_bounds_belong_to_it(int rule, string bounds) =>
        Assert.StartsWith(bounds, (await ReadAsync($$"""{"count":"1","sum":"1","buckets":[[{{rule}},"1","2","1"]]}""")).Buckets[0].ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task A_series_of_a_range_may_have_numbers_and_histograms_each_at_its_time()
    {
        string result = $$"""{"metric":{},"values":[[2,"1"],[4,"2"]],"histograms":[[1,{{Histogram}}],[3,{{Histogram}}],[5,{{Histogram}}]]}""";
        MetricSeries series = Assert.Single((await Client(result, "matrix").QueryRangeAsync("h", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(9), TimeSpan.FromSeconds(1), Stop)).Data);
        Assert.Equal([1, 2, 3, 4, 5], series.Samples.Select(sample => sample.Time.ToUnixTimeSeconds()));
        Assert.Equal([true, false, true, false, true], series.Samples.Select(sample => sample.Histogram is not null));
        Assert.Equal([1.0, 2.0], series.Samples.Where(sample => sample.Histogram is null).Select(sample => sample.Value));
    }

    [Fact]
    public async Task Histograms_of_a_long_range_are_joined_like_numbers()
    {
        // 11,001 points are asked for in two parts; the second begins a moment too early, as some backends do.
        int part = 0;
        var stub = new StubHandler(_ => StubHandler.Text(part++ == 0
            ? $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"histograms":[[1,{{{Histogram}}}],[2,{{{Histogram}}}]]}]}}"""
            : $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[2,"7"],[3,"8"]],"histograms":[[4,{{{Histogram}}}]]}]}}"""));
        var client = new PrometheusClient(HttpEndpoint.For("http://prom"), stub.Context()) { ReadsHistograms = true };
        MetricSeries series = Assert.Single((await client.QueryRangeAsync("h", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(11_000), TimeSpan.FromSeconds(1), Stop)).Data);
        Assert.Equal([(1L, true), (2L, true), (3L, false), (4L, true)], series.Samples.Select(sample => (sample.Time.ToUnixTimeSeconds(), sample.Histogram is not null)));
    }

    [Theory]
    // By hand: rank 1 of 10 is halfway through the two of the bucket around zero, which begins at 0 where nothing lies below.
    [InlineData(0.1, 0.0005)]
    // Rank 5 is three quarters through the four from 1 to 2, on a logarithmic scale 2^0.75.
    [InlineData(0.5, 1.681792830507429)]
    // Rank 8 is halfway through the four from 2 to 4: 2 × √2.
    [InlineData(0.8, 2.8284271247461903)]
    [InlineData(1, 4)]
    [InlineData(0, 0)]
    [InlineData(-0.1, double.NegativeInfinity)]
    [InlineData(1.1, double.PositiveInfinity)]
    public async Task A_quantile_is_found_in_its_bucket(double q, double value) => Assert.Equal(value, (await ReadAsync(Histogram)).Quantile(q), 1e-12);

    [Fact]
    public async Task Buckets_of_ones_own_are_filled_evenly()
    {
        // Rank 7.5 of 10 is halfway through those from 10 to 25.
        MetricHistogram histogram = await ReadAsync("""{"count":"10","sum":"100","buckets":[[0,"0","10","5"],[0,"10","25","5"]]}""");
        Assert.Equal(17.5, histogram.Quantile(0.75), 1e-12);
        Assert.Equal(double.NaN, (await ReadAsync("""{"count":"0","sum":"0"}""")).Quantile(0.5));
    }

    [Theory]
    [InlineData("""{"sum":"1"}""", "'count' of a histogram is missing")]
    [InlineData("""{"count":1,"sum":"1"}""", "'count' of a histogram is not a number in a text")]
    [InlineData("""{"count":"1","sum":"1","buckets":[[4,"1","2","1"]]}""", "rule from 0 to 3")]
    [InlineData("""{"count":"1","sum":"1","buckets":[[0,"1","2"]]}""", "is not a number in a text")]
    [InlineData("""{"count":"1","sum":"1","buckets":{}}""", "'buckets' is not a list")]
    [InlineData("7", "a histogram is not an object")]
    public async Task What_the_API_does_not_promise_is_refused(string histogram, string problem)
    {
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => ReadAsync(histogram));
        Assert.Equal("PrometheusBadAnswer", e.Id);
        Assert.Contains(problem, e.Message, StringComparison.Ordinal);
    }
}
