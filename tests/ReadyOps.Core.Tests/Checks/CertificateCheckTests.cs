using System.Security.Cryptography.X509Certificates;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>The clock stands at 2027-01-15 08:00 UTC: that the certificates are judged then, and not now, is part of every test.</summary>
public sealed class CertificateCheckTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ManualClock _clock = new();
    private readonly TestCertificates _made;

    public CertificateCheckTests()
    {
        _made = new TestCertificates(_clock.GetUtcNow());
        _folder.Write("roots.pem", TestCertificates.Pem(_made.Root));
    }

    public void Dispose()
    {
        _made.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_with_a_whole_chain_of_a_trusted_root_passes()
    {
        using var server = new TlsServer(_made.Server(90), _made.Intermediate);
        Evidence seen = await ServerAsync(server, """, "serverName": "app.test" """);
        Assert.True(seen.Verdict == Verdict.Pass, seen.Reason);
        Assert.Equal(TimeSpan.FromDays(90).TotalSeconds, Assert.IsType<double>(seen.Value), 1.0);
        Assert.Equal(TimeSpan.FromDays(76).TotalSeconds, seen.Margin!.Value, 1.0); // 90 days less the 14 of '> 14d'.
        Assert.Contains("for app.test, chain 'Test Server' < 'Test Intermediate' < 'Test Root'", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_is_a_name_too()
    {
        using var server = new TlsServer(_made.Server(90), _made.Intermediate);
        Assert.Equal(Verdict.Pass, (await ServerAsync(server)).Verdict);
    }

    [Theory]
    [InlineData(13, "> 14d", Verdict.Fail, "below the bound > 14d by 1d")]
    [InlineData(15, "> 14d", Verdict.Pass, "")]
    [InlineData(15, ">= 30d", Verdict.Fail, "below the bound >= 30d")]
    [InlineData(-1, "> 14d", Verdict.Fail, "has expired on 2027-01-14 08:00Z")]
    [InlineData(-1, ">= 0", Verdict.Fail, "has expired on 2027-01-14 08:00Z")]
    public async Task What_is_left_of_its_time_is_held_against_the_bound(double days, string bound, Verdict verdict, string reason)
    {
        using var server = new TlsServer(_made.Server(days), _made.Intermediate);
        Evidence seen = await ServerAsync(server, $", \"expires\": \"{bound}\"");
        Assert.Equal(verdict, seen.Verdict);
        Assert.Contains(reason, seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_one_of_the_chain_that_expires_first_counts()
    {
        X509Certificate2 old = _made.Authority("Old Intermediate", _made.Root, 5);
        using var server = new TlsServer(_made.Server(4, issuer: old), old);
        Evidence seen = await ServerAsync(server, """, "expires": "> 4d12h" """);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        // The server's own has 4 days left; of both, the shorter is told first.
        Assert.Contains("'Test Server'", seen.Reason, StringComparison.Ordinal);
        _folder.Write("chain.pem", TestCertificates.Pem(_made.Server(400), _made.Authority("Other Intermediate", _made.Root, 5)));
        Evidence file = await RunAsync("""
            "path": "chain.pem", "chain": false, "expires": "> 14d"
            """);
        Assert.Equal(Verdict.Fail, file.Verdict);
        Assert.Contains("'Other Intermediate' of chain.pem 5d", file.Reason, StringComparison.Ordinal);
        // A root that expires before those it signed is one of the chain too.
        X509Certificate2 brief = _made.Authority("Brief Root", null, 6);
        _folder.Write("brief.pem", TestCertificates.Pem(brief));
        _folder.Write("own.pem", TestCertificates.Pem(_made.Server(400, issuer: brief)));
        Evidence root = await RunAsync("""
            "path": "own.pem", "ca": "brief.pem"
            """);
        Assert.Contains("'Brief Root' of own.pem 6d", root.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_valid_yet_fails()
    {
        using var server = new TlsServer(_made.Server(90, starts: 2), _made.Intermediate);
        Evidence seen = await ServerAsync(server);
        Assert.Equal((Verdict.Fail, true), (seen.Verdict, seen.Reason.Contains("'Test Server'", StringComparison.Ordinal)));
        Assert.Contains("is not valid before 2027-01-17 08:00Z", seen.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("app.test", Verdict.Pass)]
    [InlineData("other.test", Verdict.Fail)]
    [InlineData("a.wild.test", Verdict.Pass)]
    [InlineData("a.b.wild.test", Verdict.Fail)] // A wildcard stands for one label (RFC 9525).
    [InlineData("wild.test", Verdict.Fail)]
    [InlineData("Test Server", Verdict.Fail)]
    public async Task It_must_be_for_the_name(string name, Verdict verdict)
    {
        using var server = new TlsServer(_made.Server(90, ["app.test", "*.wild.test"]), _made.Intermediate);
        if (name.Contains(' ', StringComparison.Ordinal))
        {
            Assert.Contains(CheckTesting.Problems("""{"name": "c", "type": "certificate", "host": "h", "names": "Test Server"}"""), p => p.StartsWith("/names", StringComparison.Ordinal));
            return;
        }

        Evidence seen = await ServerAsync(server, $", \"names\": \"{name}\"");
        Assert.Equal(verdict, seen.Verdict);
        if (verdict == Verdict.Fail) Assert.Contains($"is not for {name}: it is for app.test, *.wild.test.", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_common_name_alone_does_not_count()
    {
        using var server = new TlsServer(_made.Server(90, []), _made.Intermediate);
        Assert.Contains("it names no host", (await ServerAsync(server)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_broken_part_is_named()
    {
        using var stranger = new TestCertificates(_clock.GetUtcNow(), "Other");
        using var server = new TlsServer(stranger.Server(3, ["other.test"], stranger.Root), stranger.Root);
        Evidence seen = await ServerAsync(server);
        string all = seen.Reason + "\n" + string.Join('\n', seen.Details);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.Contains("below the bound > 14d", all, StringComparison.Ordinal);
        Assert.Contains("'Other Root', who signed 'Test Server', neither came along nor is in roots.pem", all, StringComparison.Ordinal); // Servers do not send a root.
        Assert.Contains("is not for 127.0.0.1", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_of_the_same_name_and_another_key_is_not_trusted()
    {
        using var forger = new TestCertificates(_clock.GetUtcNow());
        using var server = new TlsServer(forger.Server(90), forger.Intermediate);
        Evidence seen = await ServerAsync(server);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.DoesNotContain("time left", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_leaves_out_who_signed_it_fails()
    {
        using var server = new TlsServer(_made.Server(90));
        Evidence seen = await ServerAsync(server);
        Assert.Equal(Verdict.Fail, seen.Verdict);
        Assert.Contains("is broken off: 'Test Intermediate', who signed 'Test Server', neither came along nor is in roots.pem", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_for_servers_fails()
    {
        // id-kp-clientAuth of RFC 5280.
        using var server = new TlsServer(_made.Server(90, usage: "1.3.6.1.5.5.7.3.2"), _made.Intermediate);
        Assert.Contains("is not for TLS servers", (await ServerAsync(server)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Not_to_learn_whether_it_was_revoked_is_an_error()
    {
        // The certificates name nobody who could be asked.
        using var server = new TlsServer(_made.Server(90), _made.Intermediate);
        Evidence seen = await ServerAsync(server, """, "revocation": true """);
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains("was revoked cannot be learned", seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_chain_only_time_and_name_count()
    {
        using var stranger = new TestCertificates(_clock.GetUtcNow());
        using var server = new TlsServer(stranger.Server(90), stranger.Intermediate);
        Evidence seen = await RunAsync($$"""
            "host": "127.0.0.1", "port": {{server.Port}}, "chain": false
            """);
        Assert.True(seen.Verdict == Verdict.Pass, seen.Reason);
    }

    [Theory]
    [InlineData(2048, ">= 112", Verdict.Pass)]
    [InlineData(2048, ">= 128", Verdict.Fail)] // SP 800-57: RSA 2048 has 112 bits, and 128 need 3072.
    [InlineData(1024, ">= 112", Verdict.Fail)]
    [InlineData(0, ">= 128", Verdict.Pass)] // P-256 signed with SHA-256.
    public async Task Keys_and_signatures_must_be_strong_enough(int rsaBits, string bound, Verdict verdict)
    {
        _folder.Write("own.pem", TestCertificates.Pem(_made.Server(90, rsaBits: rsaBits), _made.Intermediate));
        Evidence seen = await RunAsync($$"""
            "path": "own.pem", "ca": "roots.pem", "strength": "{{bound}}"
            """);
        Assert.Equal(verdict, seen.Verdict);
    }

    [Fact]
    public async Task Files_of_every_kind_are_read()
    {
        X509Certificate2 own = _made.Server(90);
        _folder.Write("c.pem", "some text\n" + TestCertificates.Pem(own, _made.Intermediate));
        _folder.Write("c.der", own.Export(X509ContentType.Cert));
        var all = new X509Certificate2Collection { _made.Intermediate, own };
        _folder.Write("c.pfx", all.Export(X509ContentType.Pfx, "s3cret")!);
        Environment.SetEnvironmentVariable("READYOPS_TEST_PFX", "s3cret");
        Evidence[] seen =
        [
            await RunAsync(""" "path": "c.pem", "ca": "roots.pem", "names": ["app.test"] """),
            await RunAsync(""" "path": "c.der", "chain": false, "names": ["app.test"] """),
            await RunAsync(""" "path": "c.pfx", "password": "env:READYOPS_TEST_PFX", "ca": "roots.pem", "names": ["app.test"] """),
        ];
        Assert.All(seen, one => Assert.True(one.Verdict == Verdict.Pass, one.Reason));
        Assert.All(seen, one => Assert.StartsWith("The time left of the certificate 'Test Server' of c.", one.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("missing.pem", "missing.pem does not exist.")]
    [InlineData("empty.pem", "it is empty")]
    [InlineData("text.pem", "it is no PEM, DER or PFX")]
    [InlineData("key.pem", "there is no certificate in it")]
    [InlineData("torn.pem", "a certificate in it is cut off or damaged")]
    [InlineData("torn.der", "it is no PEM, DER or PFX")]
    [InlineData("locked.pfx", "it is no PEM, DER or PFX")]
    public async Task A_file_that_cannot_be_read_is_an_error(string file, string reason)
    {
        X509Certificate2 own = _made.Server(90);
        string pem = TestCertificates.Pem(own, _made.Intermediate);
        _folder.Write("empty.pem", "");
        _folder.Write("text.pem", "hello");
        _folder.Write("key.pem", own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        // The second certificate has lost its end: it must not be passed over.
        _folder.Write("torn.pem", pem[..^40]);
        _folder.Write("torn.der", own.Export(X509ContentType.Cert)[..200]);
        _folder.Write("locked.pfx", own.Export(X509ContentType.Pfx, "another"));
        Evidence seen = await RunAsync($$"""
            "path": "{{file}}", "ca": "roots.pem"
            """);
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains(reason, seen.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_shows_no_certificate_is_an_error()
    {
        using var plain = new TlsServer("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        using var mute = new TlsServer(Array.Empty<byte>());
        foreach (TlsServer server in new[] { plain, mute })
        {
            Evidence seen = await ServerAsync(server);
            Assert.Equal(Verdict.Error, seen.Verdict);
            Assert.Contains("shows no certificate", seen.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error()
    {
        int port;
        using (var server = new TlsServer(Array.Empty<byte>())) port = server.Port;
        Evidence seen = await RunAsync($$"""
            "host": "127.0.0.1", "port": {{port}}
            """);
        Assert.Equal(Verdict.Error, seen.Verdict);
        Assert.Contains("takes no connection", seen.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "/host")]
    [InlineData(""", "host": "h", "path": "p" """, "/host")]
    [InlineData(""", "path": "p", "port": 443 """, "/port: 'port' says nothing about a file")]
    [InlineData(""", "host": "h", "password": "env:X" """, "/password: 'password' says nothing about a server")]
    [InlineData(""", "path": "p", "password": "written out" """, "/password: the password is written out")]
    [InlineData(""", "host": "no host" """, "/host: 'no host' is no host")]
    [InlineData(""", "host": "h", "port": 70000 """, "/port")]
    [InlineData(""", "host": "h", "expires": "< 14d" """, "/expires")]
    [InlineData(""", "host": "h", "expires": "> 14" """, "/expires")]
    [InlineData(""", "host": "h", "chain": false, "ca": "x" """, "/ca: 'ca' says nothing without the chain")]
    [InlineData(""", "host": "h", "strength": ">= 5%" """, "/strength")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "c", "type": "certificate"{{members}}}"""), p => (p.StartsWith(':') ? problem == "/host" : p.StartsWith(problem, StringComparison.Ordinal)));

    private Task<Evidence> ServerAsync(TlsServer server, string members = "") => RunAsync($$"""
        "host": "127.0.0.1", "port": {{server.Port}}, "ca": "roots.pem" {{members}}
        """);

    private Task<Evidence> RunAsync(string members) =>
        CheckTesting.RunAsync($$"""{"name": "c", "type": "certificate", {{members}}}""", _folder.Path, new EngineContext { Clock = _clock });
}
