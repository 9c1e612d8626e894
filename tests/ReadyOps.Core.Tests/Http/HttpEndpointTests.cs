using System.Net;
using System.Net.Sockets;
using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Tests.Http;

public sealed class HttpEndpointTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private sealed class Secrets : ISecretSource
    {
        public ValueTask<string> GetSecretAsync(string name, CancellationToken cancel) => new($"value-of-{name}");
    }

    private static DocumentNode Text(string text) => new() { Kind = NodeKind.String, Text = text, Line = 3, Column = 7 };

    private static DocumentNode Object(params (string Name, DocumentNode Value)[] members) => new()
    {
        Kind = NodeKind.Object,
        Members = [.. members.Select(m => new DocumentMember(m.Name, 1, 1, m.Value))],
    };

    private static (HttpEndpoint Endpoint, ProblemList Problems) Read(DocumentNode value)
    {
        var problems = new ProblemList("gate.yaml");
        return (HttpEndpoint.Read(new ObjectReader(Object(("prometheus", value)), "", "/", problems), "prometheus"), problems);
    }

    private static HttpRequestMessage Get(HttpEndpoint endpoint) => new(HttpMethod.Get, endpoint.Url);

    private static Task<HttpAnswer> Send(HttpEndpoint endpoint, EngineContext context) =>
        endpoint.SendAsync(context, () => Get(endpoint), Stop);

    [Fact]
    public void A_text_is_read_as_the_url()
    {
        (HttpEndpoint endpoint, ProblemList problems) = Read(Text("http://localhost:9090/prom"));
        Assert.False(problems.Any);
        Assert.Equal(new Uri("http://localhost:9090/prom"), endpoint.Url);
        Assert.Equal("http://localhost:9090/prom", endpoint.Display);
    }

    [Theory]
    [InlineData("ftp://host/x", "neither http nor https")]
    [InlineData("localhost", "not an absolute URL")]
    [InlineData("http://user:hunter2@host/", "use 'auth' instead")]
    public void A_url_that_requests_cannot_go_to_is_a_problem_at_its_place(string url, string expected)
    {
        (_, ProblemList problems) = Read(Text(url));
        DocumentProblem problem = Assert.Single(Assert.Throws<DocumentException>(problems.ThrowIfAny).Problems);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Equal((3, 7, "/prometheus"), (problem.Line, problem.Column, problem.Path));
        Assert.DoesNotContain("hunter2", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_url_is_one_problem()
    {
        var problems = new ProblemList("gate.yaml");
        HttpEndpoint.Read(new ObjectReader(Object(), "", "/", problems), "prometheus");
        Assert.Single(Assert.Throws<DocumentException>(problems.ThrowIfAny).Problems);
    }

    [Fact]
    public void An_object_is_read_with_its_authentication_and_headers()
    {
        (HttpEndpoint endpoint, ProblemList problems) = Read(Object(
            ("url", Text("https://h")),
            ("auth", Object(("basic", Object(("username", Text("ops")), ("password", Text("secret:pw")))))),
            ("headers", Object(("X-Scope-OrgID", Text("team"))))));
        Assert.False(problems.Any);
        Assert.Equal("secret:pw", endpoint.Password!.ToString());
        Assert.Equal("X-Scope-OrgID", Assert.Single(endpoint.Headers).Key);
    }

    [Fact]
    public void Two_ways_to_authenticate_are_a_problem()
    {
        (_, ProblemList problems) = Read(Object(
            ("url", Text("https://h")),
            ("auth", Object(("bearer", Text("t")), ("basic", Object(("username", Text("a")), ("password", Text("b"))))))));
        Assert.Contains("one way to authenticate", Assert.Throws<DocumentException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_written_out_is_refused_without_being_repeated()
    {
        string Problems(params (string, DocumentNode)[] members)
        {
            (_, ProblemList problems) = Read(Object([("url", Text("https://h")), .. members]));
            return Assert.Throws<DocumentException>(problems.ThrowIfAny).Message;
        }

        string[] messages =
        [
            Problems(("auth", Object(("basic", Object(("username", Text("ops")), ("password", Text("hunter2"))))))),
            Problems(("auth", Object(("bearer", Text("hunter2"))))),
            Problems(("headers", Object(("authorization", Text("Bearer hunter2"))))),
        ];
        Assert.All(messages, message => Assert.Contains("is written out", message, StringComparison.Ordinal));
        Assert.All(messages, message => Assert.Contains("expected secret:NAME or env:NAME", message, StringComparison.Ordinal));
        Assert.All(messages, message => Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Basic_credentials_are_resolved_at_use()
    {
        var stub = new StubHandler(_ => StubHandler.Text("ok"));
        HttpEndpoint endpoint = HttpEndpoint.For("http://h/") with { Username = new SecretText("ops"), Password = new SecretText("secret:pw") };
        await Send(endpoint, stub.Context() with { Secrets = new Secrets() });
        // RFC 7617: base64 of user:password.
        Assert.Equal("Basic " + Convert.ToBase64String("ops:value-of-pw"u8), stub.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task Bearer_token_and_headers_are_sent()
    {
        var stub = new StubHandler(_ => StubHandler.Text("ok"));
        HttpEndpoint endpoint = HttpEndpoint.For("http://h/") with
        {
            Bearer = new SecretText("secret:token"),
            Headers = [KeyValuePair.Create("X-Scope-OrgID", new SecretText("team"))],
        };
        await Send(endpoint, stub.Context() with { Secrets = new Secrets() });
        Assert.Equal("Bearer value-of-token", stub.Requests[0].Headers["Authorization"]);
        Assert.Equal("team", stub.Requests[0].Headers["X-Scope-OrgID"]);
    }

    [Fact]
    public async Task A_secret_with_a_line_break_is_refused_without_showing_it()
    {
        var stub = new StubHandler(_ => StubHandler.Text("ok"));
        HttpEndpoint endpoint = HttpEndpoint.For("http://h/") with { Bearer = new SecretText("hunter2\r\nX-Evil: 1") };
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => Send(endpoint, stub.Context()));
        Assert.Equal("HttpHeaderInvalid", e.Id);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Credentials_never_go_to_another_host()
    {
        var stub = new StubHandler(_ => StubHandler.Text("ok"));
        await Assert.ThrowsAsync<ArgumentException>(() =>
            HttpEndpoint.For("http://h/").SendAsync(stub.Context(), () => new HttpRequestMessage(HttpMethod.Get, "http://other/"), Stop));
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task Any_status_is_an_answer()
    {
        var stub = new StubHandler(_ => StubHandler.Text(" <b>\n gone </b>", 503, "text/html"));
        HttpAnswer answer = await Send(HttpEndpoint.For("http://h/"), stub.Context());
        Assert.Equal(503, answer.Status);
        Assert.False(answer.IsSuccess);
        Assert.Equal("text/html", answer.MediaType);
        Assert.Equal("<b> gone </b>", answer.Excerpt());
        Assert.Equal("<b> …", answer.Excerpt(4));
    }

    [Fact]
    public async Task A_silent_server_times_out_by_the_clock()
    {
        var clock = new ManualClock();
        var asked = new TaskCompletionSource();
        var stub = new StubHandler(async (_, cancel) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            throw new InvalidOperationException();
        });
        Task<HttpAnswer> sending = Send(HttpEndpoint.For("http://h/x?token=hunter2") with { Timeout = TimeSpan.FromSeconds(5) }, stub.Context(clock));
        await asked.Task;
        clock.Advance(TimeSpan.FromSeconds(5));
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => sending);
        Assert.Equal("HttpTimeout", e.Id);
        Assert.Equal("http://h/x did not answer within 5s.", e.Message);
    }

    [Fact]
    public async Task Elapsed_is_measured_by_the_clock()
    {
        var clock = new ManualClock();
        var stub = new StubHandler(_ =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(40));
            return StubHandler.Text("ok");
        });
        Assert.Equal(TimeSpan.FromMilliseconds(40), (await Send(HttpEndpoint.For("http://h/"), stub.Context(clock))).Elapsed);
    }

    [Fact]
    public async Task The_callers_cancellation_stays_a_cancellation()
    {
        using var source = new CancellationTokenSource();
        var stub = new StubHandler(async (_, cancel) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            throw new InvalidOperationException();
        });
        HttpEndpoint endpoint = HttpEndpoint.For("http://h/");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endpoint.SendAsync(stub.Context(), () => Get(endpoint), source.Token));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_cap_is_an_error_and_never_cut(bool announced)
    {
        var stub = new StubHandler(_ =>
        {
            HttpContent content = announced ? new ByteArrayContent(new byte[101]) : new StreamContent(new Unseekable(new byte[101]));
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        });
        HttpEndpoint endpoint = HttpEndpoint.For("http://h/") with { MaxBodyBytes = 100 };
        Assert.Equal("HttpBodyTooLarge", (await Assert.ThrowsAsync<ReadyOpsException>(() => Send(endpoint, stub.Context()))).Id);
        Assert.Equal(101, (await Send(endpoint with { MaxBodyBytes = 101 }, stub.Context())).Body.Length);
    }

    [Fact]
    public async Task A_closed_port_is_unreachable()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => Send(HttpEndpoint.For($"http://127.0.0.1:{port}"), new EngineContext()));
        Assert.Equal("HttpUnreachable", e.Id);
        Assert.StartsWith($"http://127.0.0.1:{port} cannot be reached", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("")]
    public async Task An_answer_that_breaks_off_is_broken(string bytes)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = ServeAsync();
        var endpoint = HttpEndpoint.For($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        Assert.Equal("HttpBroken", (await Assert.ThrowsAsync<ReadyOpsException>(() => Send(endpoint, new EngineContext()))).Id);
        listener.Stop();
        await serving;

        async Task ServeAsync()
        {
            try
            {
                // A connection that breaks before any answer is tried again by the HTTP stack.
                while (true)
                {
                    using TcpClient client = await listener.AcceptTcpClientAsync();
                    try
                    {
                        NetworkStream stream = client.GetStream();
                        _ = await stream.ReadAsync(new byte[4096]);
                        await stream.WriteAsync(Encoding.ASCII.GetBytes(bytes));
                    }
                    catch (IOException)
                    {
                        // The client may have left already; the next one is answered all the same.
                    }
                }
            }
            catch (SocketException)
            {
            }
        }
    }

    [Theory]
    [InlineData("http://h:9090", "api/v1/query", "", "http://h:9090/api/v1/query")]
    [InlineData("http://h/prom/", "api/v1/query", "a=1", "http://h/prom/api/v1/query?a=1")]
    [InlineData("http://h/prom?tenant=x", "q", "a=1", "http://h/prom/q?tenant=x&a=1")]
    public void A_url_below_keeps_path_and_query(string url, string path, string query, string expected) =>
        Assert.Equal(expected, HttpEndpoint.For(url).Below(path, query).AbsoluteUri);

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
