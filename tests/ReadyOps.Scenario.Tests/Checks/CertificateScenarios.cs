using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ReadyOps.Core.Tests.Checks;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Checks;

/// <summary>The check types <c>certificate</c> and <c>tcp</c> against the TLS server of OpenSSL, with a chain of three.</summary>
public sealed class CertificateScenarios : IDisposable
{
    private readonly string _openssl = Required.Server("openssl");
    private readonly TestFolder _folder = new();
    private readonly TestCertificates _made = new(DateTimeOffset.UtcNow);
    private readonly int _port = LoopbackPort.Free();

    public void Dispose()
    {
        _made.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_whole_chain_passes_and_each_flaw_is_named()
    {
        await using ServerProcess server = await StartAsync(30, sendChain: true);
        Assert.Equal(Verdict.Pass, await SeeAsync("certificate", """, "ca": "roots.pem", "names": ["app.test"] """, "chain 'Test Server' < 'Test Intermediate' < 'Test Root'"));
        Assert.Equal(Verdict.Fail, await SeeAsync("certificate", """, "ca": "roots.pem", "expires": "> 60d" """, "below the bound > 60d"));
        Assert.Equal(Verdict.Fail, await SeeAsync("certificate", """, "ca": "roots.pem", "names": ["other.test"] """, "is not for other.test"));
        Assert.Equal(Verdict.Fail, await SeeAsync("certificate", "", "trusted by this machine"));
        Assert.Equal(Verdict.Pass, await SeeAsync("tcp", """, "tls": true, "ca": "roots.pem" """, "over TLS"));
        Assert.Equal(Verdict.Fail, await SeeAsync("tcp", """, "tls": true """, "the TLS handshake fails"));
    }

    [Fact]
    public async Task A_server_that_forgets_its_intermediate_fails_although_the_root_is_trusted()
    {
        await using ServerProcess server = await StartAsync(30, sendChain: false);
        Assert.Equal(Verdict.Fail, await SeeAsync("certificate", """, "ca": "roots.pem" """, "is broken off"));
    }

    [Fact]
    public async Task A_server_that_wants_a_certificate_of_ours_has_still_shown_its_own()
    {
        await using ServerProcess server = await StartAsync(30, sendChain: true, "-Verify", "1");
        Assert.Equal(Verdict.Pass, await SeeAsync("certificate", """, "ca": "roots.pem" """, "Test Server"));
    }

    private async Task<ServerProcess> StartAsync(int days, bool sendChain, params string[] more)
    {
        X509Certificate2 own = _made.Server(days);
        _folder.Write("roots.pem", TestCertificates.Pem(_made.Root));
        string certificate = _folder.Write("own.pem", TestCertificates.Pem(own));
        string chain = _folder.Write("chain.pem", TestCertificates.Pem(_made.Intermediate));
        string key = _folder.Write("key.pem", own.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        string[] arguments = ["s_server", "-accept", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}"), "-cert", certificate, "-key", key, "-quiet", .. more];
        return await ServerProcess.StartAsync(_openssl, sendChain ? [.. arguments, "-cert_chain", chain] : arguments, async cancel =>
        {
            using var probe = new System.Net.Sockets.TcpClient();
            await probe.ConnectAsync("127.0.0.1", _port, cancel);
            return true;
        });
    }

    private async Task<Verdict> SeeAsync(string type, string members, string told)
    {
        Evidence seen = await CheckTesting.RunAsync($$"""{"name": "c", "type": "{{type}}", "host": "127.0.0.1", "port": {{_port}}{{members}}}""", _folder.Path);
        Assert.Contains(told, $"{seen.Reason} {string.Join(' ', seen.Details)}", StringComparison.Ordinal);
        return seen.Verdict;
    }
}
