using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>Certificates made for a test: a root, who it signed, and whom that one signed.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly List<X509Certificate2> _all = [];

    public TestCertificates(DateTimeOffset now, string prefix = "Test")
    {
        Now = now;
        Root = Make($"{prefix} Root", null, now.AddYears(-1), now.AddYears(9));
        Intermediate = Make($"{prefix} Intermediate", Root, now.AddDays(-100), now.AddYears(3));
    }

    public DateTimeOffset Now { get; }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>A certificate of a server, with its private key.</summary>
    /// <param name="days">How many days from now it is valid.</param>
    /// <param name="names">Its names; addresses are told from names.</param>
    /// <param name="issuer">Who signs it: the intermediate when not given.</param>
    /// <param name="starts">Days from now when it begins to be valid.</param>
    /// <param name="usage">What it is for: TLS servers when not given.</param>
    /// <param name="rsaBits">The size of an RSA key; an elliptic curve (P-256) when not given.</param>
    public X509Certificate2 Server(double days, string[]? names = null, X509Certificate2? issuer = null, double starts = -10, string usage = "1.3.6.1.5.5.7.3.1", int rsaBits = 0) =>
        Make("Test Server", issuer ?? Intermediate, Now.AddDays(starts), Now.AddDays(days), names ?? ["app.test", "127.0.0.1"], usage, rsaBits);

    /// <summary>A certificate that may sign others, with its private key.</summary>
    public X509Certificate2 Authority(string name, X509Certificate2? issuer, double days) => Make(name, issuer, Now.AddDays(-50), Now.AddDays(days));

    public static string Pem(params X509Certificate2[] certificates) => string.Join('\n', certificates.Select(one => one.ExportCertificatePem())) + "\n";

    public void Dispose() => _all.ForEach(one => one.Dispose());

    private X509Certificate2 Make(string name, X509Certificate2? issuer, DateTimeOffset from, DateTimeOffset to, string[]? names = null, string usage = "", int rsaBits = 0)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(rsaBits == 0 ? 2048 : rsaBits);
        CertificateRequest request = rsaBits == 0 ? new($"CN={name}", ec, HashAlgorithmName.SHA256) : new($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        bool authority = names is null;
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(authority ? X509KeyUsageFlags.KeyCertSign : X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        if (!authority)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (string one in names!)
            {
                if (IPAddress.TryParse(one, out IPAddress? address)) alternatives.AddIpAddress(address);
                else alternatives.AddDnsName(one);
            }

            if (names.Length > 0) request.CertificateExtensions.Add(alternatives.Build());
        }

        X509Certificate2 made;
        if (issuer is null)
        {
            made = request.CreateSelfSigned(from, to);
        }
        else
        {
            byte[] serial = RandomNumberGenerator.GetBytes(8);
            serial[0] &= 0x7F;
            using ECDsa signer = issuer.GetECDsaPrivateKey()!;
            using X509Certificate2 bare = request.Create(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), from, to, serial);
            made = rsaBits == 0 ? bare.CopyWithPrivateKey(ec) : bare.CopyWithPrivateKey(rsa);
        }

        _all.Add(made);
        return made;
    }
}

/// <summary>A TLS server on a free port of 127.0.0.1, within the test.</summary>
internal sealed class TlsServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <summary>Starts one.</summary>
    /// <param name="own">Its certificate, with the private key.</param>
    /// <param name="sent">What it sends with it.</param>
    public TlsServer(X509Certificate2 own, params X509Certificate2[] sent)
    {
        var context = SslStreamCertificateContext.Create(own, [.. sent], offline: true);
        _listener.Start();
        _ = ServeAsync(stream => stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = context }));
    }

    /// <summary>Starts one that hangs up on everybody after it has said something that is no TLS.</summary>
    public TlsServer(byte[] says)
    {
        _listener.Start();
        _ = AcceptAsync(async client => await client.GetStream().WriteAsync(says));
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    private Task ServeAsync(Func<SslStream, Task> handshake) => AcceptAsync(async client =>
    {
        using var stream = new SslStream(client.GetStream());
        await handshake(stream);
        // Until the client hangs up.
        _ = await stream.ReadAsync(new byte[1]);
    });

    private async Task AcceptAsync(Func<TcpClient, Task> serve)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                try
                {
                    await serve(client);
                }
                catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                {
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }
}
