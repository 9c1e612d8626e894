using ReadyOps.Core.Checks;
using ReadyOps.Core.Http;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class PrometheusCheckTests
{
    private static readonly CheckDefaults Defaults = new() { Prometheus = HttpEndpoint.For("http://prometheus.test:9090") };

    [Theory]
    [InlineData("0.004", "< 1%", Verdict.Pass, "error rate is 0.4%, within the bound < 1% by 0.6%.")]
    [InlineData("0.0231", "< 1%", Verdict.Fail, "error rate 2.31% is above the bound < 1% by 1.31%.")]
    [InlineData("0.62", "<= 500ms", Verdict.Fail, "error rate 620ms is above the bound <= 500ms by 120ms.")]
    [InlineData("NaN", "< 1%", Verdict.NoData, null)]
    [InlineData("+Inf", "> 1", Verdict.Inconclusive, null)]
    [InlineData("+Inf", "< 1", Verdict.Fail, null)]
    public async Task One_value_is_held_against_the_bound(string value, string bound, Verdict verdict, string? reason)
    {
        Evidence evidence = await RunAsync(Vector(value), bound);
        Assert.Equal(verdict, evidence.Verdict);
        if (reason is not null) Assert.Equal(reason, evidence.Reason);
        Assert.Equal(["Query: up"], evidence.Details);
    }

    [Fact]
    public async Task A_scalar_is_a_value_too()
    {
        Evidence evidence = await RunAsync("""{"status":"success","data":{"resultType":"scalar","result":[1795216640.1,"3"]}}""", "== 3");
        Assert.Equal(Verdict.Pass, evidence.Verdict);
    }

    [Fact]
    public async Task No_series_is_no_data_and_not_zero()
    {
        Evidence evidence = await RunAsync(Vector(), "< 1%");
        Assert.Equal((Verdict.NoData, "The query gives no series: up"), (evidence.Verdict, evidence.Reason));
    }

    [Fact]
    public async Task Several_series_are_an_error_unless_they_are_reduced()
    {
        Evidence evidence = await RunAsync(Vector("1", "3"), "< 5");
        Assert.Equal((Verdict.Error, "The query gives 2 series where one value is needed: up{instance=\"i0\"}, up{instance=\"i1\"}."), (evidence.Verdict, evidence.Reason));
        foreach ((string reduce, double value) in new[] { ("sum", 4.0), ("min", 1), ("max", 3), ("avg", 2), ("count", 2) })
            Assert.Equal(value, (await RunAsync(Vector("1", "3"), "< 5", $", \"reduce\": \"{reduce}\"")).Value);
        Assert.Equal(Verdict.NoData, (await RunAsync(Vector("1", "NaN"), "< 5", ", \"reduce\": \"sum\"")).Verdict);
    }

    [Theory]
    [InlineData("0", Verdict.Inconclusive)]
    [InlineData("1", Verdict.Fail)]
    public async Task A_partial_answer_passes_nothing_and_excuses_nothing(string value, Verdict verdict)
    {
        string warned = Vector(value)[..^1] + ",\"warnings\":[\"store a is not reachable\"]}";
        Evidence evidence = await RunAsync(warned, "< 1%");
        Assert.Equal(verdict, evidence.Verdict);
        Assert.Contains("store a is not reachable", string.Join(' ', evidence.Details), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"parse error"}""", 400)]
    [InlineData("<html>Bad gateway</html>", 500)]
    [InlineData("{}", 200)]
    public async Task A_server_that_does_not_answer_the_query_is_an_error(string body, int status) =>
        Assert.Equal(Verdict.Error, (await RunAsync(body, "< 1%", status: status)).Verdict);

    [Theory]
    [InlineData(""" "query": "up", "bound": "> 0" """, "/url", "no Prometheus server is named")]
    [InlineData(""" "query": "up", "url": "http://p/", "bound": "== up" """, "/bound", "'== up' is on a text")]
    [InlineData(""" "query": "up", "url": "http://p/", "bound": "> 0", "reduce": "median" """, "/reduce", "this is 'median'")]
    [InlineData(""" "url": "http://p/", "bound": "> 0" """, "", "'query' is missing")]
    public void A_document_that_says_nonsense_is_refused(string members, string path, string problem)
    {
        IReadOnlyList<string> problems = CheckTesting.Problems($$"""{"name": "p", "type": "prometheus", {{members}}}""");
        Assert.Contains(problems, p => p.Contains(problem, StringComparison.Ordinal) && (path.Length == 0 || p.StartsWith(path, StringComparison.Ordinal) || p.StartsWith(':')));
    }

    private static Task<Evidence> RunAsync(string answer, string bound, string members = "", int status = 200) => CheckTesting.RunAsync(
        $$"""{"name": "error rate", "type": "prometheus", "query": "up", "bound": "{{bound}}" {{members}}}""",
        context: new StubHandler(_ => StubHandler.Text(answer, status)).Context(), defaults: Defaults);

    private static string Vector(params string[] values)
    {
        IEnumerable<string> series = values.Select((value, i) => $$$"""{"metric":{"__name__":"up","instance":"i{{{i}}}"},"value":[1795216640.1,"{{{value}}}"]}""");
        return $$$"""{"status":"success","data":{"resultType":"vector","result":[{{{string.Join(',', series)}}}]}}""";
    }
}
