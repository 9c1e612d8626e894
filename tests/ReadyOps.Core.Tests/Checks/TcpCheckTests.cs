using System.Net;
using System.Net.Sockets;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

public sealed class TcpCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public TcpCheckTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData(""", "latency": "< 20s" """)]
    public async Task A_port_that_takes_connections_passes(string members)
    {
        Evidence seen = await RunAsync(Port, members);
        Assert.Equal((Verdict.Pass, Unit.Seconds), (seen.Verdict, seen.Unit));
        Assert.Contains($"127.0.0.1:{Port}", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_latency_beyond_its_bound_fails()
    {
        Evidence seen = await RunAsync(Port, """, "latency": "< 0s" """);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.StartsWith("Connecting to 127.0.0.1", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_at_fails()
    {
        int port = Port;
        _listener.Stop();
        Evidence seen = await RunAsync(port);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.StartsWith($"127.0.0.1:{port} takes no connection: ", seen.Reason, StringComparison.Ordinal);
        Assert.NotEqual("", seen.NextStep);
    }

    [Fact]
    public async Task A_name_that_cannot_be_resolved_is_an_error()
    {
        // Names below 'invalid' never resolve (RFC 6761); a label of more than 63 letters is refused before anybody is asked.
        Evidence seen = await CheckTesting.RunAsync($$"""{"name": "t", "type": "tcp", "host": "{{new string('a', 63)}}.invalid", "port": 1}""");
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains("cannot be resolved", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Running_out_of_time_is_a_failure_only_once_the_name_is_resolved()
    {
        ICheck check = CheckTesting.Read("""{"name": "t", "type": "tcp", "host": "app.test", "port": 5432}""").Check;
        Observation seen = check.TimedOut(TimeSpan.FromSeconds(3));
        Assert.Equal((Verdict.Error, "The name app.test was not resolved within 3s."), (seen.Verdict, seen.Reason));
    }

    [Fact]
    public async Task A_handshake_that_hangs_fails_at_the_deadline()
    {
        var clock = new ManualClock();
        Task<Evidence> run = RunAsync(Port, """, "tls": true, "timeout": "3s" """, clock);
        using TcpClient client = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(3));
        Evidence seen = await run;
        Assert.Equal((Verdict.Fail, $"127.0.0.1:{Port} took no connection within 3s."), (seen.Verdict, seen.Reason));
    }

    [Fact]
    public async Task With_TLS_the_certificate_must_be_trusted_and_for_the_name()
    {
        var clock = new ManualClock();
        using var made = new TestCertificates(clock.GetUtcNow());
        _folder.Write("roots.pem", TestCertificates.Pem(made.Root));
        using var server = new TlsServer(made.Server(90), made.Intermediate);
        Evidence good = await RunAsync(server.Port, """, "tls": true, "ca": "roots.pem", "serverName": "app.test" """, clock);
        Evidence untrusted = await RunAsync(server.Port, """, "tls": true """, clock);
        Evidence misnamed = await RunAsync(server.Port, """, "tls": true, "ca": "roots.pem", "serverName": "other.test" """, clock);
        Assert.True(good.Verdict == Verdict.Pass, good.Reason);
        Assert.Contains("over TLS", good.Reason, StringComparison.Ordinal);
        Assert.Equal((Verdict.Fail, Verdict.Fail), (untrusted.Verdict, misnamed.Verdict));
        Assert.Contains("the TLS handshake fails", misnamed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_without_TLS_fails_where_TLS_is_wanted()
    {
        using var server = new TlsServer("SSH-2.0-OpenSSH\r\n"u8.ToArray());
        Assert.Equal(Verdict.Fail, (await RunAsync(server.Port, """, "tls": true """)).Verdict);
    }

    [Fact]
    public async Task A_file_of_roots_that_is_not_there_is_an_error() =>
        Assert.Equal(Verdict.Error, (await RunAsync(Port, """, "tls": true, "ca": "missing.pem" """)).Verdict);

    [Theory]
    [InlineData(""" "port": 1 """, ": 'host' is missing")]
    [InlineData(""" "host": "h" """, ": 'port' is missing")]
    [InlineData(""" "host": "h", "port": 0 """, "/port")]
    [InlineData(""" "host": "a b", "port": 1 """, "/host: 'a b' is no host")]
    [InlineData(""" "host": "h", "port": 1, "ca": "x" """, "/ca: 'ca' says nothing about a connection without TLS")]
    [InlineData(""" "host": "h", "port": 1, "latency": "< 5%" """, "/latency: '< 5%' is not on a time")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "t", "type": "tcp", {{members}}}"""), p => p.StartsWith(problem, StringComparison.Ordinal));

    private Task<Evidence> RunAsync(int port, string members = "", TimeProvider? clock = null) =>
        CheckTesting.RunAsync($$"""{"name": "t", "type": "tcp", "host": "127.0.0.1", "port": {{port}}{{members}}}""", _folder.Path, new EngineContext { Clock = clock ?? TimeProvider.System });
}
