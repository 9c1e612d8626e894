using System.Globalization;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals;

public sealed class PrometheusClientTests
{
    internal static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal static PrometheusClient Client(StubHandler stub, HttpEndpoint? endpoint = null) =>
        new(endpoint ?? HttpEndpoint.For("http://prom:9090"), stub.Context()) { BackOff = TimeSpan.Zero };

    internal static StubHandler Always(string body, int status = 200, string mediaType = "application/json") =>
        new(_ => StubHandler.Text(body, status, mediaType));

    private static Task<PrometheusAnswer<IReadOnlyList<MetricSample>>> Query(StubHandler stub, string query = "up") =>
        Client(stub).QueryAsync(query, Noon, Stop);

    private static async Task<ReadyOpsException> Fails(StubHandler stub, string query = "up") =>
        await Assert.ThrowsAsync<ReadyOpsException>(() => Query(stub, query));

    private static string Vector(string samples) => "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" + samples + "]}}";

    [Fact]
    public async Task A_query_is_a_form_with_a_server_timeout_below_that_of_http()
    {
        StubHandler stub = Always(Vector(""));
        await Client(stub, HttpEndpoint.For("http://prom/base") with { Timeout = TimeSpan.FromSeconds(10) })
            .QueryAsync("rate(a{b=\"c&d+e\"}[5m])", Noon.AddMilliseconds(250), Stop);
        StubRequest request = Assert.Single(stub.Requests);
        Assert.Equal("POST", request.Method);
        Assert.Equal("http://prom/base/api/v1/query", request.Url.AbsoluteUri);
        Assert.StartsWith("application/x-www-form-urlencoded", request.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("rate(a{b=\"c&d+e\"}[5m])", request.Form["query"]);
        Assert.Equal("1795262400.25", request.Form["time"]);
        Assert.Equal("8", request.Form["timeout"]);
    }

    [Fact]
    public async Task A_vector_is_read_with_names_labels_times_and_every_kind_of_number()
    {
        // Times and numbers as Prometheus 2.42 writes them.
        StubHandler stub = Always(Vector("""
            {"metric":{"__name__":"up","job":"api"},"value":[1795216640.102,"1"]},
            {"metric":{},"value":[1795216634,"1e-07"]},
            {"metric":{},"value":[1795216634.999,"NaN"]},
            {"metric":{},"value":[1795216634,"+Inf"]},
            {"metric":{},"value":[1795216634,"-Inf"]}
            """));
        IReadOnlyList<MetricSample> samples = (await Query(stub)).Data;
        Assert.Equal("up", samples[0].Name);
        Assert.Equal("api", Assert.Single(samples[0].Labels).Value);
        Assert.Equal(1795216640102, samples[0].Time.ToUnixTimeMilliseconds());
        Assert.Equal(1795216634999, samples[2].Time.ToUnixTimeMilliseconds());
        Assert.Equal([1, 1e-7, double.NaN, double.PositiveInfinity, double.NegativeInfinity], samples.Select(s => s.Value));
    }

    [Fact]
    public async Task A_scalar_is_one_sample_without_labels()
    {
        IReadOnlyList<MetricSample> samples = (await Query(Always("""{"status":"success","data":{"resultType":"scalar","result":[1.5,"42"]}}"""))).Data;
        Assert.Equal(42, Assert.Single(samples).Value);
        Assert.Empty(samples[0].Labels);
    }

    [Fact]
    public async Task An_empty_vector_is_no_sample_and_not_zero() => Assert.Empty((await Query(Always(Vector("")))).Data);

    [Theory]
    [InlineData("""{"status":"success","data":{"resultType":"string","result":[1,"x"]}}""", "PrometheusNoValue", "string")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[]}}""", "PrometheusNoValue", "range of samples")]
    [InlineData("""{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"h","job":"a"},"histogram":[1,{}]}]}}""", "PrometheusNativeHistogram", "h{job=\"a\"}")]
    public async Task What_is_no_number_is_refused_by_name(string body, string id, string said)
    {
        ReadyOpsException e = await Fails(Always(body));
        Assert.Equal(id, e.Id);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"status\":\"success\"}")]
    [InlineData("{\"status\":\"success\",\"data\":null}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\"}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"cube\",\"result\":[]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":{}}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,2]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[\"1\",\"2\"]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"x\"]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1,\"\"]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"value\":[1e300,\"1\"]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"a\":1},\"value\":[1,\"1\"]}]}}")]
    [InlineData("{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{},\"val")]
    [InlineData("{\"status\":\"success\",\"warnings\":\"x\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}")]
    [InlineData("{\"status\":\"fine\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}")]
    public async Task What_the_api_never_gives_is_a_bad_answer(string body) =>
        Assert.Equal("PrometheusBadAnswer", (await Fails(Always(body))).Id);

    [Fact]
    public async Task Broken_utf8_is_a_bad_answer()
    {
        byte[] body = [.. "{\"status\":\""u8, 0xFF, 0xFE, .. "\"}"u8];
        var stub = new StubHandler(_ => new HttpResponseMessage { Content = new ByteArrayContent(body) });
        Assert.Equal("PrometheusBadAnswer", (await Fails(stub)).Id);
    }

    [Fact]
    public async Task Success_with_an_error_status_is_a_bad_answer() =>
        Assert.Equal("PrometheusBadAnswer", (await Fails(Always(Vector(""), 500))).Id);

    [Theory]
    [InlineData(200, "text/html", "<html><title>Sign in</title>", "PrometheusBadAnswer", "<html><title>Sign in</title>")]
    [InlineData(404, "text/plain", "404 page not found\n", "PrometheusBadAnswer", "404 page not found")]
    [InlineData(302, "text/html", "", "PrometheusBadAnswer", "redirects are not followed")]
    [InlineData(401, "text/plain", "Unauthorized", "PrometheusRefused", "401")]
    [InlineData(504, "text/html", "<h1>504</h1>", "PrometheusUnavailable", "504")]
    public async Task What_stands_in_front_of_prometheus_is_told_from_it(int status, string mediaType, string body, string id, string said)
    {
        ReadyOpsException e = await Fails(Always(body, status, mediaType));
        Assert.Equal(id, e.Id);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.NextStep);
    }

    [Fact]
    public async Task A_refusal_repeats_type_reason_and_query()
    {
        // Text of Prometheus 2.42.
        StubHandler stub = Always("""{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:4: parse error: unexpected end of input inside braces"}""", 400);
        ReadyOpsException e = await Fails(stub, "up{");
        Assert.Equal("PrometheusRefused", e.Id);
        Assert.Equal("http://prom:9090 refused: bad_data: invalid parameter \"query\": 1:4: parse error: unexpected end of input inside braces. The query was: up{", e.Message);
        Assert.Single(stub.Requests);
    }

    [Theory]
    [InlineData(429, "x", 3)]
    [InlineData(502, "<html>", 3)]
    [InlineData(503, "x", 3)]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}""", 2)]
    [InlineData(500, """{"status":"error","errorType":"internal","error":"x"}""", 3)]
    [InlineData(504, "<html>", 2)]
    [InlineData(501, "x", 1)]
    [InlineData(505, "x", 1)]
    [InlineData(507, "x", 3)]
    [InlineData(520, "<html>", 3)]
    [InlineData(422, """{"status":"error","errorType":"execution","error":"x"}""", 1)]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"x"}""", 1)]
    [InlineData(401, "x", 1)]
    [InlineData(404, "x", 1)]
    [InlineData(408, "x", 1)]
    public async Task Only_what_may_pass_by_itself_is_tried_again(int status, string body, int requests)
    {
        StubHandler stub = Always(body, status);
        await Fails(stub);
        Assert.Equal(requests, stub.Requests.Count);
    }

    [Fact]
    public async Task A_second_attempt_may_succeed()
    {
        int asked = 0;
        var stub = new StubHandler(_ => asked++ == 0 ? throw new HttpRequestException(HttpRequestError.ConnectionError) : StubHandler.Text(Vector("")));
        Assert.Empty((await Query(stub)).Data);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task A_connection_that_never_comes_is_unreachable_after_every_attempt()
    {
        var stub = new StubHandler(_ => throw new HttpRequestException(HttpRequestError.ConnectionError));
        Assert.Equal("HttpUnreachable", (await Fails(stub)).Id);
        Assert.Equal(3, stub.Requests.Count);
    }

    [Fact]
    public async Task Attempts_wait_on_the_clock_and_as_long_as_the_server_asks()
    {
        var clock = new ManualClock();
        var asked = new SemaphoreSlim(0);
        var stub = new StubHandler(_ =>
        {
            HttpResponseMessage answer = StubHandler.Text("busy", 429);
            answer.Headers.Add("Retry-After", "7");
            asked.Release();
            return answer;
        });
        Task querying = new PrometheusClient(HttpEndpoint.For("http://prom"), stub.Context(clock)) { Attempts = 2, BackOff = TimeSpan.FromSeconds(2), Jitter = () => 0.5 }.QueryAsync("up", null, Stop);
        await asked.WaitAsync(Stop);
        // Three quarters of the own wait behind what the server asks for.
        await clock.WhenWaitingAsync(TimeSpan.FromSeconds(8.5));
        Assert.Single(stub.Requests);
        clock.Advance(TimeSpan.FromSeconds(8.5));
        await Assert.ThrowsAsync<ReadyOpsException>(() => querying);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Theory]
    [InlineData(0, 500, 1000)]
    [InlineData(0.5, 750, 1500)]
    [InlineData(1, 1000, 2000)]
    public async Task Waits_are_between_half_and_all_of_what_doubles(double jitter, int first, int second)
    {
        var clock = new ManualClock();
        StubHandler stub = Always("busy", 503);
        Task querying = new PrometheusClient(HttpEndpoint.For("http://prom"), stub.Context(clock)) { BackOff = TimeSpan.FromSeconds(1), Jitter = () => jitter }.QueryAsync("up", null, Stop);
        foreach (int wait in new[] { first, second })
        {
            await clock.WhenWaitingAsync(TimeSpan.FromMilliseconds(wait));
            clock.Advance(TimeSpan.FromMilliseconds(wait));
        }

        await Assert.ThrowsAsync<ReadyOpsException>(() => querying);
        Assert.Equal(3, stub.Requests.Count);
    }

    [Fact]
    public async Task A_server_may_ask_to_wait_until_a_time()
    {
        var clock = new ManualClock();
        var stub = new StubHandler(_ =>
        {
            HttpResponseMessage answer = StubHandler.Text("busy", 503);
            answer.Headers.Add("Retry-After", clock.GetUtcNow().AddSeconds(9).ToString("R", CultureInfo.InvariantCulture));
            return answer;
        });
        Task querying = new PrometheusClient(HttpEndpoint.For("http://prom"), stub.Context(clock)) { Attempts = 2, BackOff = TimeSpan.Zero }.QueryAsync("up", null, Stop);
        await clock.WhenWaitingAsync(TimeSpan.FromSeconds(9));
        clock.Advance(TimeSpan.FromSeconds(9));
        await Assert.ThrowsAsync<ReadyOpsException>(() => querying);
        Assert.Equal(2, stub.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_asks_for_too_long_a_wait_is_given_up()
    {
        var stub = new StubHandler(_ =>
        {
            HttpResponseMessage answer = StubHandler.Text("busy", 503);
            answer.Headers.Add("Retry-After", "3600");
            return answer;
        });
        Assert.Equal("PrometheusUnavailable", (await Fails(stub)).Id);
        Assert.Single(stub.Requests);
    }

    [Fact]
    public async Task Where_post_is_not_allowed_get_is_used_from_then_on()
    {
        var stub = new StubHandler(request => request.Method == "POST" ? StubHandler.Text("no", 405) : StubHandler.Text(Vector("")));
        PrometheusClient client = Client(stub);
        await client.QueryAsync("a + b", Noon, Stop);
        await client.QueryAsync("c", Noon, Stop);
        Assert.Equal(["POST", "GET", "GET"], stub.Requests.Select(r => r.Method));
        Assert.Equal("a + b", stub.Requests[1].Form["query"]);
    }

    [Fact]
    public async Task Warnings_infos_and_partial_answers_are_kept()
    {
        PrometheusAnswer<IReadOnlyList<MetricSample>> answer = await Query(Always(
            """{"status":"success","isPartial":true,"warnings":["No StoreAPIs matched for this query"],"infos":["might not be a counter"],"data":{"resultType":"vector","result":[]}}"""));
        Assert.Equal(2, answer.Warnings.Count);
        Assert.Equal("No StoreAPIs matched for this query", answer.Warnings[0]);
        Assert.Contains("isPartial", answer.Warnings[1], StringComparison.Ordinal);
        Assert.Equal(["might not be a counter"], answer.Infos);
    }

    [Fact]
    public async Task Alerts_are_read()
    {
        // As Prometheus 2.42 writes them.
        StubHandler stub = Always("""
            {"status":"success","data":{"alerts":[{"labels":{"alertname":"HighErrors","severity":"page"},"annotations":{"summary":"too many"},
             "state":"firing","activeAt":"2026-11-21T11:58:02.123456789Z","value":"2.5e-01"}]}}
            """);
        PrometheusAlert alert = Assert.Single((await Client(stub).AlertsAsync(Stop)).Data);
        Assert.Equal(("HighErrors", "firing", 0.25), (alert.Name, alert.State, alert.Value));
        Assert.Equal(Noon.AddSeconds(-118).AddMilliseconds(123).ToUnixTimeMilliseconds(), alert.ActiveAt!.Value.ToUnixTimeMilliseconds());
        Assert.Equal("too many", alert.Annotations["summary"]);
        Assert.Equal("GET", stub.Requests[0].Method);
    }

    [Fact]
    public async Task Targets_are_read()
    {
        StubHandler stub = Always("""
            {"status":"success","data":{"activeTargets":[
             {"labels":{"job":"api","instance":"h:1"},"scrapeUrl":"http://h:1/metrics","health":"down","lastError":"connection refused","lastScrape":"2026-11-21T12:00:00Z","lastScrapeDuration":0.25},
             {"labels":{"job":"api"},"health":"unknown","lastError":"","lastScrape":"0001-01-01T00:00:00Z","lastScrapeDuration":0}],"droppedTargets":[]}}
            """);
        IReadOnlyList<PrometheusTarget> targets = (await Client(stub).TargetsAsync(Stop)).Data;
        Assert.Equal(("api", "h:1", "down", "connection refused", 0.25), (targets[0].Job, targets[0].Instance, targets[0].Health, targets[0].LastError, targets[0].LastScrapeSeconds));
        Assert.Equal(Noon, targets[0].LastScrape);
        Assert.Null(targets[1].LastScrape);
    }

    [Fact]
    public async Task The_build_is_read_from_backends_that_give_only_a_version()
    {
        StubHandler stub = Always("""{"status":"success","data":{"version":"2.24.0"}}""");
        Assert.Equal(new PrometheusBuildInfo("2.24.0", "", "", ""), (await Client(stub).BuildInfoAsync(Stop)).Data);
    }
}
