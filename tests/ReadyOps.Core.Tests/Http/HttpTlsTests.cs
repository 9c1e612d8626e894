using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Tests.Checks;

namespace ReadyOps.Core.Tests.Http;

/// <summary>Client certificates, own roots and proxies, as documents give them, against real servers in the process.</summary>
public sealed class HttpTlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly TestCertificates _certificates = new(DateTimeOffset.UtcNow);
    private readonly X509Certificate2 _server;
    private readonly X509Certificate2 _client;

    public HttpTlsTests()
    {
        _server = _certificates.Server(30, ["127.0.0.1"], _certificates.Root);
        _client = Client();
        Write("ca.pem", TestCertificates.Pem(_certificates.Root));
        Write("client.pem", TestCertificates.Pem(_client, _certificates.Intermediate));
        Write("client.key", KeyOf(_client));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, true);
    }

    private sealed class Secrets : ISecretSource
    {
        public string Proxy { get; init; } = "";

        public ValueTask<string> GetSecretAsync(string name, CancellationToken cancel) => new(name == "proxy" ? Proxy : $"value-of-{name}");
    }

    private LoopbackServer Demanding() => new((_, who) => LoopbackServer.Ok(who), _server, _certificates.Intermediate);

    private X509Certificate2 Client() => _certificates.Server(30, ["client"], usage: "1.3.6.1.5.5.7.3.2");

    private static string KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem() + "\n";

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private (HttpEndpoint Endpoint, ProblemList Problems) Read(string yaml)
    {
        // Through the loader and its schema: what the reader takes must be what the schema takes.
        var problems = new ProblemList("gate.yaml");
        string file = Path.Combine(_folder, "gate.yaml");
        File.WriteAllText(file, $"apiVersion: readyops/v1\nkind: Gate\nname: g\nprometheus: {yaml}\nchecks: [{{name: c, type: prometheus, query: up, bound: '> 0'}}]\n");
        Document document = DocumentLoader.Load(file, "Gate");
        return (HttpEndpoint.Read(ObjectReader.For(document, problems), "prometheus"), problems);
    }

    private async Task<string> AskAsync(string yaml, Secrets? secrets = null)
    {
        (HttpEndpoint endpoint, ProblemList problems) = Read(yaml);
        problems.ThrowIfAny();
        HttpAnswer answer = await endpoint.SendAsync(new EngineContext { Secrets = secrets ?? new() }, () => new HttpRequestMessage(HttpMethod.Get, endpoint.Url), Stop);
        return Encoding.UTF8.GetString(answer.Body.Span);
    }

    private async Task<ReadyOpsException> FailsAsync(string yaml, Secrets? secrets = null) => await Assert.ThrowsAsync<ReadyOpsException>(() => AskAsync(yaml, secrets));

    [Fact]
    public async Task A_client_certificate_of_PEM_files_is_shown_with_what_signed_it()
    {
        using LoopbackServer server = Demanding();
        Assert.Equal(_client.SerialNumber, await AskAsync($"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: ca.pem, certificate: client.pem, key: client.key}}}}"));
    }

    [Fact]
    public async Task A_certificate_may_come_from_a_store_instead_of_a_file()
    {
        using LoopbackServer server = Demanding();
        Write("ca.pem", TestCertificates.Pem(_certificates.Root, _certificates.Intermediate));
        var ca = new HttpTlsFile(Path.Combine(_folder, "ca.pem"), "ca.pem");
        var endpoint = new HttpEndpoint { Url = new Uri($"https://127.0.0.1:{server.Port}"), Tls = new HttpTls { Ca = ca, Own = _client } };
        HttpAnswer answer = await endpoint.SendAsync(new EngineContext(), () => new HttpRequestMessage(HttpMethod.Get, endpoint.Url), Stop);
        Assert.Equal(_client.SerialNumber, Encoding.UTF8.GetString(answer.Body.Span));
    }

    [Fact]
    public async Task A_key_may_stand_in_the_file_of_the_certificate()
    {
        Write("both.pem", KeyOf(_client) + TestCertificates.Pem(_client, _certificates.Intermediate));
        using LoopbackServer server = Demanding();
        Assert.Equal(_client.SerialNumber, await AskAsync($"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: ca.pem, certificate: both.pem}}}}"));
    }

    [Fact]
    public async Task A_key_may_have_a_password()
    {
        var how = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        Write("client.key", _client.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("value-of-pw", how));
        using LoopbackServer server = Demanding();
        string tls = "tls: {ca: ca.pem, certificate: client.pem, key: client.key";
        Assert.Equal(_client.SerialNumber, await AskAsync($"{{url: 'https://127.0.0.1:{server.Port}', {tls}, password: 'secret:pw'}}}}"));

        ReadyOpsException wrong = await FailsAsync($"{{url: 'https://127.0.0.1:{server.Port}', {tls}, password: 'secret:other'}}}}");
        Assert.Equal("CertificateFileInvalid", wrong.Id);
        Assert.DoesNotContain("value-of", wrong.ToString(), StringComparison.Ordinal);
        ReadyOpsException none = await FailsAsync($"{{url: 'https://127.0.0.1:{server.Port}', {tls}}}}}");
        Assert.Contains("client.key cannot be read: its key has a password, and none is given", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PFX_brings_its_key_and_its_chain()
    {
        using X509Certificate2 signer = X509CertificateLoader.LoadCertificate(_certificates.Intermediate.RawData);
        File.WriteAllBytes(Path.Combine(_folder, "client.pfx"), new X509Certificate2Collection((X509Certificate2[])[_client, signer]).Export(X509ContentType.Pkcs12, "value-of-pw")!);
        using LoopbackServer server = Demanding();
        Assert.Equal(_client.SerialNumber, await AskAsync($"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: ca.pem, certificate: client.pfx, password: 'secret:pw'}}}}"));
        Assert.Contains("its password is another", (await FailsAsync($"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: ca.pem, certificate: client.pfx, password: 'secret:x'}}}}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_demands_a_certificate_turns_away_who_has_none()
    {
        using LoopbackServer server = Demanding();
        ReadyOpsException e = await FailsAsync($"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: ca.pem}}}}");
        // Since TLS 1.3 the handshake is over for the client before the server looks at its certificate.
        Assert.True(e.Id is "HttpTlsFailed" or "HttpBroken", e.ToString());
        if (e.Id == "HttpBroken") Assert.Contains("demands a client certificate", e.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_roots_of_the_file_are_trusted_and_the_name_must_be_right()
    {
        using var others = new TestCertificates(DateTimeOffset.UtcNow, "Other");
        Write("other.pem", TestCertificates.Pem(others.Root));
        using var server = new LoopbackServer((_, _) => LoopbackServer.Ok("in"), _server);
        using var misnamed = new LoopbackServer((_, _) => LoopbackServer.Ok("in"), _certificates.Server(30, ["elsewhere.test"], _certificates.Root));
        Assert.Equal("in", await AskAsync($"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: ca.pem}}}}"));
        Assert.Equal("HttpTlsFailed", (await FailsAsync($"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: other.pem}}}}")).Id);
        Assert.Equal("HttpTlsFailed", (await FailsAsync($"{{url: 'https://127.0.0.1:{misnamed.Port}', tls: {{ca: ca.pem}}}}")).Id);
        Assert.Equal("HttpTlsFailed", (await FailsAsync($"'https://127.0.0.1:{server.Port}'")).Id);
    }

    [Fact]
    public async Task Connections_are_kept_until_a_file_changes_and_then_the_new_certificate_is_shown()
    {
        using LoopbackServer server = Demanding();
        string yaml = $"{{url: 'https://127.0.0.1:{server.Port}', tls: {{ca: ca.pem, certificate: client.pem, key: client.key}}}}";
        for (int i = 0; i < 3; i++) Assert.Equal(_client.SerialNumber, await AskAsync(yaml));
        Assert.Equal(1, server.Connections);

        X509Certificate2 next = Client();
        Write("client.pem", TestCertificates.Pem(next, _certificates.Intermediate));
        Assert.Contains("client.key", (await FailsAsync(yaml)).Message, StringComparison.Ordinal); // the key is still the old one
        Write("client.key", KeyOf(next));
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "client.key"), DateTime.UtcNow.AddSeconds(5));
        Assert.Equal(next.SerialNumber, await AskAsync(yaml));
        Assert.Equal(2, server.Connections);
    }

    [Theory]
    [InlineData("certificate: missing.pem, key: client.key", "CertificateFileMissing", "missing.pem does not exist")]
    [InlineData("certificate: client.pem, key: missing.key", "CertificateFileMissing", "missing.key does not exist")]
    [InlineData("certificate: client.pem", "CertificateFileInvalid", "there is no private key in it")]
    [InlineData("certificate: client.pem, key: ca.pem", "CertificateFileInvalid", "ca.pem cannot be read: there is no private key in it")]
    [InlineData("certificate: client.key", "CertificateFileInvalid", "there is no certificate in it")]
    [InlineData("ca: client.key", "CertificateFileInvalid", "there is no certificate in it")]
    public async Task Files_that_do_not_do_are_named(string tls, string id, string said)
    {
        ReadyOpsException e = await FailsAsync($"{{url: 'https://127.0.0.1:1', tls: {{{tls}}}}}");
        Assert.Equal(id, e.Id);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_folder, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{url: 'http://h', tls: {ca: ca.pem}}", "'tls' says nothing about a URL that is not https")]
    [InlineData("{url: 'https://h', tls: {certificate: a.pfx, password: hunter2}}", "the password is written out")]
    [InlineData("{url: 'https://h', proxy: 'http://u:hunter2@p:1'}", "the password is written out")]
    [InlineData("{url: 'https://h', proxy: 'p:3128'}", "this is no proxy")]
    [InlineData("{url: 'https://h', proxy: 'ftp://p'}", "this is no proxy")]
    [InlineData("{url: 'https://h', maxBody: 2GiB}", "this is too much to hold")]
    public void What_cannot_be_meant_is_a_problem(string yaml, string said)
    {
        (_, ProblemList problems) = Read(yaml);
        DocumentException e = Assert.Throws<DocumentException>(problems.ThrowIfAny);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{url: 'https://h', tls: {}}")]
    [InlineData("{url: 'https://h', tls: {key: a.key}}")]
    [InlineData("{url: 'https://h', tls: {ca: a.pem, password: 'secret:x'}}")]
    [InlineData("{url: 'https://h', tls: {ca: a.pem, insecure: true}}")]
    public void The_schema_refuses_half_a_certificate(string yaml) => Assert.Throws<DocumentException>(() => Read(yaml));

    [Fact]
    public void A_cap_on_the_body_is_read_off_a_document()
    {
        (HttpEndpoint endpoint, ProblemList problems) = Read("{url: 'http://h', maxBody: 64MiB}");
        problems.ThrowIfAny();
        Assert.Equal(64 * 1024 * 1024, endpoint.MaxBodyBytes);
        Assert.Equal(10 * 1024 * 1024, Read("http://h").Endpoint.MaxBodyBytes);
    }

    [Fact]
    public async Task The_tenant_of_Mimir_and_other_headers_go_along_and_may_be_secrets()
    {
        using var server = new LoopbackServer((head, _) => LoopbackServer.Ok(head));
        string head = await AskAsync($"{{url: 'http://127.0.0.1:{server.Port}', headers: {{X-Scope-OrgID: team-a|team-b, X-Key: 'secret:key'}}}}");
        Assert.Contains("X-Scope-OrgID: team-a|team-b", head, StringComparison.Ordinal);
        Assert.Contains("X-Key: value-of-key", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_is_asked_in_place_of_the_host()
    {
        using var proxy = new LoopbackServer((head, _) => LoopbackServer.Ok(head.Split('\n')[0].Trim()));
        Assert.Equal("GET http://prometheus.test:9090/x HTTP/1.1", await AskAsync($"{{url: 'http://prometheus.test:9090/x', proxy: 'http://127.0.0.1:{proxy.Port}'}}"));
    }

    [Fact]
    public async Task The_password_of_a_proxy_comes_from_a_secret()
    {
        string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes("ops:p@ss"));
        using var proxy = new LoopbackServer((head, _) => head.Contains($"Proxy-Authorization: Basic {pair}", StringComparison.Ordinal)
            ? LoopbackServer.Ok("let in") : "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal("let in", await AskAsync("{url: 'http://prometheus.test', proxy: 'secret:proxy'}", new Secrets { Proxy = $"http://ops:p%40ss@127.0.0.1:{proxy.Port}" }));

        // Through a tunnel and without one, it is the proxy that wants them, and not the server behind it.
        foreach (string scheme in new[] { "http", "https" })
        {
            ReadyOpsException wants = await FailsAsync($"{{url: '{scheme}://prometheus.test', proxy: 'http://127.0.0.1:{proxy.Port}'}}");
            Assert.Equal("ProxyRefused", wants.Id);
            Assert.Contains($"The proxy on the way to {scheme}://prometheus.test wants other credentials", wants.Message, StringComparison.Ordinal);
        }

        ReadyOpsException e = await FailsAsync("{url: 'http://prometheus.test', proxy: 'secret:proxy'}", new Secrets { Proxy = "ops:hunter2@nowhere" });
        Assert.Equal("ProxyInvalid", e.Id);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_or_opens_no_tunnel_is_told_from_the_host()
    {
        using var proxy = new LoopbackServer((_, _) => "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal("ProxyUnreachable", (await FailsAsync($"{{url: 'https://prometheus.test', proxy: 'http://127.0.0.1:{proxy.Port}'}}")).Id);
        int port = proxy.Port;
        proxy.Dispose();
        Assert.Equal("ProxyUnreachable", (await FailsAsync($"{{url: 'http://prometheus.test', proxy: 'http://127.0.0.1:{port}'}}")).Id);
    }

    [Fact]
    public async Task None_is_no_proxy()
    {
        using var server = new LoopbackServer((head, _) => LoopbackServer.Ok(head.Split('\n')[0].Trim()));
        Assert.Equal("GET / HTTP/1.1", await AskAsync($"{{url: 'http://127.0.0.1:{server.Port}', proxy: none}}"));
    }
}
