using System.Globalization;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;
using static ReadyOps.Core.Tests.Signals.PrometheusClientTests;

namespace ReadyOps.Core.Tests.Signals;

public sealed class PrometheusClientRangeTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_range_is_read_by_series()
    {
        StubHandler stub = Always("""
            {"status":"success","data":{"resultType":"matrix","result":[
              {"metric":{"__name__":"up","job":"b"},"values":[[1795216634,"1"],[1795216649.5,"NaN"]]}]}}
            """);
        MetricSeries series = Assert.Single((await Client(stub).QueryRangeAsync("up", Noon, Noon.AddMinutes(1), TimeSpan.FromMilliseconds(15500), Stop)).Data);
        Assert.Equal("up{job=\"b\"}", series.ToString());
        Assert.Equal([1795216634000, 1795216649500], series.Samples.Select(s => s.Time.ToUnixTimeMilliseconds()));
        Assert.Equal("15.5", stub.Requests[0].Form["step"]);
    }

    [Fact]
    public async Task A_range_series_with_native_histograms_is_refused_even_beside_numbers()
    {
        StubHandler stub = Always("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"h"},"values":[[1,"1"]],"histograms":[[2,{}]]}]}}""");
        Assert.Equal("PrometheusNativeHistogram",
            (await Assert.ThrowsAsync<ReadyOpsException>(() => Client(stub).QueryRangeAsync("h", Noon, Noon, TimeSpan.FromSeconds(1), Stop))).Id);
    }

    [Theory]
    [InlineData(10_999, 1)] // 11,000 points: both ends count
    [InlineData(11_000, 2)]
    [InlineData(25_000, 3)]
    public async Task A_range_over_the_servers_limit_is_asked_in_parts_without_gap_or_overlap(int seconds, int requests)
    {
        var stub = new StubHandler(request =>
        {
            long start = long.Parse(request.Form["start"], CultureInfo.InvariantCulture), end = long.Parse(request.Form["end"], CultureInfo.InvariantCulture);
            Assert.InRange(end - start + 1, 1, 11_000);
            string values = string.Join(',', Enumerable.Range(0, (int)(end - start) + 1).Select(i => $"[{start + i},\"{start + i}\"]"));
            string other = start == Noon.ToUnixTimeSeconds() ? "" : ",{\"metric\":{\"job\":\"late\"},\"values\":[[1,\"1\"]]}";
            return StubHandler.Text($$$"""{"status":"success","warnings":["w"],"data":{"resultType":"matrix","result":[{"metric":{"job":"a"},"values":[{{{values}}}]}{{{other}}}]}}""");
        });
        PrometheusAnswer<IReadOnlyList<MetricSeries>> answer =
            await Client(stub).QueryRangeAsync("up", Noon, Noon.AddSeconds(seconds), TimeSpan.FromSeconds(1), Stop);
        Assert.Equal(requests, stub.Requests.Count);
        Assert.Equal(Enumerable.Range(0, seconds + 1).Select(i => Noon.AddSeconds(i)), answer.Data[0].Samples.Select(s => s.Time));
        Assert.Equal(requests > 1 ? 2 : 1, answer.Data.Count);
        Assert.Equal(["w"], answer.Warnings);
    }

    // Each series has its own law of when it is there; both ends of each part are asked for, and the parts share one grid.
    [Fact]
    public async Task Series_that_come_and_go_between_the_parts_are_joined_each_with_its_own_samples()
    {
        const int Step = 15, Points = 40_000;
        DateTimeOffset start = Noon.AddSeconds(7);
        Dictionary<string, Func<long, bool>> laws = new()
        {
            ["always"] = _ => true,
            ["early"] = i => i < 10_999,
            ["at the seam"] = i => i is >= 10_990 and < 11_010,
            ["twice"] = i => i < 5 || i >= 33_000,
            ["odd"] = i => i % 7 == 3,
        };
        var stub = new StubHandler(request => StubHandler.Text(Matrix(laws, start, Points, Step,
            long.Parse(request.Form["start"], CultureInfo.InvariantCulture), long.Parse(request.Form["end"], CultureInfo.InvariantCulture))));
        IReadOnlyList<MetricSeries> all = (await Client(stub).QueryRangeAsync("up", start, start.AddSeconds((Points - 1) * Step), TimeSpan.FromSeconds(Step), Stop)).Data;
        Assert.Equal(4, stub.Requests.Count);
        AssertJoined(laws, all, start, Points, Step);
    }

    // VictoriaMetrics moves the start down and the end up to a multiple of the step.
    [Fact]
    public async Task Parts_that_overlap_because_a_backend_moves_their_ends_give_no_sample_twice()
    {
        const int Step = 15, Points = 25_000;
        DateTimeOffset aligned = DateTimeOffset.FromUnixTimeSeconds(Noon.ToUnixTimeSeconds() / Step * Step), start = aligned.AddSeconds(7);
        Dictionary<string, Func<long, bool>> laws = new() { ["always"] = _ => true, ["late"] = i => i > 11_000 };
        var stub = new StubHandler(request =>
        {
            long from = long.Parse(request.Form["start"], CultureInfo.InvariantCulture) / Step * Step;
            long to = ((long.Parse(request.Form["end"], CultureInfo.InvariantCulture) + Step - 1) / Step) * Step;
            return StubHandler.Text(Matrix(laws, aligned, Points + 1, Step, from, to));
        });
        IReadOnlyList<MetricSeries> all = (await Client(stub).QueryRangeAsync("up", start, start.AddSeconds((Points - 1) * Step), TimeSpan.FromSeconds(Step), Stop)).Data;
        AssertJoined(laws, all, aligned, Points + 1, Step);
    }

    private static string Matrix(Dictionary<string, Func<long, bool>> laws, DateTimeOffset origin, int points, int step, long from, long to)
    {
        long zero = origin.ToUnixTimeSeconds();
        IEnumerable<string> series = laws.Select(law =>
        {
            IEnumerable<string> values = Enumerable.Range(0, points).Where(i => zero + (i * step) >= from && zero + (i * step) <= to && law.Value(i)).Select(i => $"[{zero + (i * step)},\"{i}\"]");
            return $$"""{"metric":{"law":"{{law.Key}}"},"values":[{{string.Join(',', values)}}]}""";
        }).Where(text => !text.Contains("[]", StringComparison.Ordinal));
        return $$$"""{"status":"success","data":{"resultType":"matrix","result":[{{{string.Join(',', series)}}}]}}""";
    }

    private static void AssertJoined(Dictionary<string, Func<long, bool>> laws, IReadOnlyList<MetricSeries> all, DateTimeOffset origin, int points, int step)
    {
        Assert.Equal(laws.Keys.Order(StringComparer.Ordinal), all.Select(series => series.Labels["law"]).Order(StringComparer.Ordinal));
        foreach (MetricSeries series in all)
        {
            IEnumerable<(DateTimeOffset, double)> expected = Enumerable.Range(0, points).Where(i => laws[series.Labels["law"]](i)).Select(i => (origin.AddSeconds(i * step), (double)i));
            Assert.Equal(expected, series.Samples.Select(sample => (sample.Time, sample.Value)));
        }
    }

    [Fact]
    public async Task A_range_of_more_points_than_memory_should_hold_is_refused_unasked()
    {
        StubHandler stub = Always("");
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() =>
            Client(stub).QueryRangeAsync("up", Noon, Noon.AddDays(30), TimeSpan.FromSeconds(1), Stop));
        Assert.Equal("PrometheusTooManyPoints", e.Id);
        Assert.Empty(stub.Requests);
    }
}
