using System.Net;
using System.Net.Sockets;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class HttpCheckTests
{
    [Fact]
    public async Task An_answer_of_200_to_299_passes()
    {
        var stub = new StubHandler(_ => StubHandler.Text("ok", 204));
        Evidence evidence = await RunAsync(""" "url": "http://app.test/health?token=hidden" """, stub);
        Assert.Equal(Verdict.Pass, evidence.Verdict);
        Assert.StartsWith("http://app.test/health answered 204 in ", evidence.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", evidence.Reason, StringComparison.Ordinal);
        Assert.Equal("GET", stub.Requests.Single().Method);
    }

    [Theory]
    [InlineData("", 500, Verdict.Fail)]
    [InlineData(""", "status": 200 """, 200, Verdict.Pass)]
    [InlineData(""", "status": 200 """, 201, Verdict.Fail)]
    [InlineData(""", "status": [200, 404] """, 404, Verdict.Pass)]
    [InlineData(""", "status": [200, 404] """, 500, Verdict.Fail)]
    [InlineData(""", "status": "< 500" """, 418, Verdict.Pass)]
    [InlineData(""", "status": "< 500" """, 503, Verdict.Fail)]
    [InlineData(""", "status": "302" """, 302, Verdict.Pass)]
    public async Task The_status_is_held_against_what_the_document_says(string members, int status, Verdict verdict)
    {
        var stub = new StubHandler(_ => StubHandler.Text("", status));
        Evidence evidence = await RunAsync($$""" "url": "http://app.test/" {{members}}""", stub);
        Assert.Equal((verdict, (double)status), (evidence.Verdict, evidence.Value));
    }

    [Fact]
    public async Task A_redirect_is_told_and_not_followed()
    {
        var stub = new StubHandler(_ =>
        {
            HttpResponseMessage moved = StubHandler.Text("", 301);
            moved.Headers.Location = new Uri("https://login.test/in?session=hidden");
            return moved;
        });
        Evidence evidence = await RunAsync(""" "url": "http://app.test/" """, stub);
        Assert.Equal((Verdict.Fail, 1), (evidence.Verdict, stub.Requests.Count));
        Assert.Equal("Status of http://app.test 301 (a redirect to https://login.test/in) is above the bound between 200 and 299 by 2.", evidence.Reason);
    }

    [Theory]
    [InlineData(""" "latency": "< 500ms" """, 400, Verdict.Pass, "Latency of http://app.test is 400ms (status 200), within the bound < 500ms by 100ms.")]
    [InlineData(""" "latency": "< 500ms" """, 900, Verdict.Fail, "Latency of http://app.test 900ms (status 200) is above the bound < 500ms by 400ms.")]
    public async Task The_latency_is_measured_by_the_clock(string members, int milliseconds, Verdict verdict, string reason)
    {
        var clock = new ManualClock();
        var stub = new StubHandler(_ =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
            return StubHandler.Text("ok");
        });
        Evidence evidence = await RunAsync($$""" "url": "http://app.test/", {{members}}""", stub, clock);
        Assert.Equal((verdict, reason), (evidence.Verdict, evidence.Reason));
        Assert.Equal(milliseconds / 1000.0, (double)evidence.Value!, 9);
    }

    [Theory]
    [InlineData(""" "contains": "ready" """, Verdict.Pass)]
    [InlineData(""" "contains": "Ready" """, Verdict.Fail)]
    [InlineData(""" "json": [{"pointer": "/state", "bound": "== ready"}, {"pointer": "/lag", "bound": "< 100ms", "unit": "ms"}] """, Verdict.Pass)]
    [InlineData(""" "json": [{"pointer": "/state", "bound": "== ready"}, {"pointer": "/lag", "bound": "< 10ms", "unit": "ms"}] """, Verdict.Fail)]
    [InlineData(""" "json": [{"pointer": "/none", "bound": "< 10"}] """, Verdict.NoData)]
    [InlineData(""" "json": [{"pointer": "/none", "bound": "< 10"}, {"pointer": "/state", "bound": "== down"}] """, Verdict.Fail)]
    public async Task The_body_is_looked_into(string members, Verdict verdict)
    {
        var stub = new StubHandler(_ => StubHandler.Text("""{"state": "ready", "lag": 12}"""));
        Evidence evidence = await RunAsync($$""" "url": "http://app.test/", {{members}}""", stub);
        Assert.True(verdict == evidence.Verdict, $"{evidence}");
    }

    [Fact]
    public async Task A_body_that_must_be_JSON_and_is_not_fails()
    {
        var stub = new StubHandler(_ => StubHandler.Text("<html>Bad gateway</html>", mediaType: "text/html"));
        Evidence evidence = await RunAsync(""" "url": "http://app.test/", "json": [{"pointer": "/state", "bound": "== ready"}] """, stub);
        Assert.Equal(Verdict.Fail, evidence.Verdict);
        Assert.StartsWith("http://app.test:1:1 is not JSON", evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_request_is_what_the_document_says()
    {
        Environment.SetEnvironmentVariable("READYOPS_TEST_TOKEN", "s3cret");
        var stub = new StubHandler(_ => StubHandler.Text("ok"));
        Evidence evidence = await RunAsync(
            """ "url": "http://app.test/", "method": "post", "body": "<a/>", "contentType": "text/xml", "headers": {"X-A": "1"}, "auth": {"bearer": "env:READYOPS_TEST_TOKEN"} """, stub);
        StubRequest request = stub.Requests.Single();
        Assert.Equal(("POST", "<a/>", "1", "Bearer s3cret"), (request.Method, request.Body, request.Headers["X-A"], request.Headers["Authorization"]));
        Assert.StartsWith("text/xml", request.Headers["Content-Type"], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", $"{evidence} {string.Join(' ', evidence.Details)}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_port_is_a_failure()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        Evidence evidence = await CheckTesting.RunAsync($$"""{"name": "h", "type": "http", "url": "http://127.0.0.1:{{port}}/health"}""");
        Assert.Equal(Verdict.Fail, evidence.Verdict);
        Assert.StartsWith($"http://127.0.0.1:{port}/health did not answer: ", evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_answer_in_time_is_a_failure()
    {
        var clock = new ManualClock();
        var asked = new TaskCompletionSource();
        var stub = new StubHandler(async (_, cancel) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            return StubHandler.Text("late");
        });
        Task<Evidence> run = RunAsync(""" "url": "http://app.test/", "timeout": "3s" """, stub, clock);
        await asked.Task;
        clock.Advance(TimeSpan.FromSeconds(3));
        Evidence evidence = await run;
        Assert.Equal((Verdict.Fail, "http://app.test did not answer within 3s."), (evidence.Verdict, evidence.Reason));
    }

    [Theory]
    [InlineData(""", "auth": {"bearer": "env:READYOPS_TEST_NOT_SET"} """, "READYOPS_TEST_NOT_SET")]
    [InlineData(""", "maxBody": "10B" """, "more than")]
    public async Task What_is_wrong_on_our_side_is_an_error(string members, string reason)
    {
        var stub = new StubHandler(_ => StubHandler.Text(new string('x', 1000)));
        Evidence evidence = await RunAsync($$""" "url": "http://app.test/" {{members}}""", stub);
        Assert.Equal(Verdict.Error, evidence.Verdict);
        Assert.Contains(reason, evidence.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "url": "app.test" """, "/url: this is not an absolute URL")]
    [InlineData(""" "url": "http://a/", "method": "FETCH" """, "/method: 'FETCH' is not a method")]
    [InlineData(""" "url": "http://a/", "status": 99 """, "/status: this is no HTTP status")]
    [InlineData(""" "url": "http://a/", "status": [200, "ok"] """, "/status: this is no HTTP status")]
    [InlineData(""" "url": "http://a/", "status": [] """, "/status: this is no HTTP status")]
    [InlineData(""" "url": "http://a/", "latency": "< 5%" """, "/latency: '< 5%' is not on a time")]
    [InlineData(""" "url": "http://a/", "json": [{"pointer": "x", "bound": "> 0"}] """, "/json/0/pointer: 'x' is not a JSON Pointer")]
    [InlineData(""" "url": "http://a/", "contentType": "what" """, "/contentType: 'what' is not a media type")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "h", "type": "http", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private static Task<Evidence> RunAsync(string members, StubHandler stub, TimeProvider? clock = null) =>
        CheckTesting.RunAsync($$"""{"name": "h", "type": "http", {{members}}}""", context: stub.Context(clock));
}
