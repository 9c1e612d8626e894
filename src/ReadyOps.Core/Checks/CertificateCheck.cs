using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>certificate</c>.</summary>
internal sealed class CertificateCheckType : CheckType
{
    private static readonly string[] OfServer = ["port", "serverName"];

    public override string Name => "certificate";

    public override string Summary => "The certificate of a TLS server or of a file is valid for long enough, for the right name, and its chain is trusted.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("host", CheckMemberKind.Text, "The TLS server; either this or 'path'."),
        new("port", CheckMemberKind.Integer, "The port of the server.") { Default = "443", Minimum = 1, Maximum = 65535 },
        new("serverName", CheckMemberKind.Text, "The name to ask the server for (SNI), unless it is the host."),
        new("path", CheckMemberKind.Path, "A file with the certificate and those it was signed by: PEM, DER, PKCS#7 or PFX; either this or 'host'."),
        new("password", CheckMemberKind.Text, "The password of a PFX: secret:NAME or env:NAME."),
        new("expires", CheckMemberKind.Bound, "How much longer the certificate, and every one of its chain, must be valid.") { Default = "> 14d", Examples = ["> 14d", ">= 30d"] },
        new("names", CheckMemberKind.Texts, "The names or addresses that it must be for, wildcards in it included; of a server that is 'serverName' or the host, unless said."),
        new("chain", CheckMemberKind.Flag, "Whether it must lead to a trusted root. What the server or the file leaves out is not downloaded.") { Default = "true" },
        new("ca", CheckMemberKind.Path, "A PEM file of the only roots to trust, instead of those of the machine."),
        new("revocation", CheckMemberKind.Flag, "Whether to ask those who signed whether they took it back (OCSP, CRL); needs a way to them. Not to learn it is an error.") { Default = "false" },
        new("strength", CheckMemberKind.Bound, "The bits of security of every key and signature by NIST SP 800-57: RSA 2048 has 112, RSA 3072 and P-256 have 128, anything signed with SHA-1 less than 80.") { Examples = [">= 112"] },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        bool server = reader.Has("host");
        if (server == reader.Has("path")) reader.Problem("host", "this does not say one certificate", "either 'host' or 'path'");
        foreach (string member in server ? ["password"] : OfServer)
            if (reader.Has(member)) reader.Problem(member, $"'{member}' says nothing about {(server ? "a server" : "a file")}", "no such member here");
        SecretText? password = reader.OptionalSecret("password");
        if (password is { IsReference: false }) reader.Problem("password", "the password is written out: whoever reads the document can use it", "secret:NAME or env:NAME, which is looked up at the moment of use");
        foreach (string member in new[] { "ca", "revocation" })
            if (!reader.Flag("chain", true) && reader.Has(member)) reader.Problem(member, $"'{member}' says nothing without the chain", "either this or 'chain: false'");

        NetworkPeer? peer = server ? NetworkPeer.Read(reader, 443) : null;
        string? serverName = reader.OptionalText("serverName") ?? peer?.Host;
        IReadOnlyList<string> names = reader.Has("names") ? reader.Texts("names") : serverName is null ? [] : [serverName];
        if (names.Any(name => Uri.CheckHostName(name.Trim('[', ']')) == UriHostNameType.Unknown) && reader.Has("names")) reader.Problem("names", "one of these is no name of a host", "names such as app.example, or IP addresses");
        return new CertificateCheck(peer, reader.OptionalPath("path") ?? "", peer?.Display ?? reader.OptionalText("path") ?? "")
        {
            ServerName = serverName ?? "",
            Password = password,
            Expires = ReadExpires(reader),
            Names = names,
            Chain = reader.Flag("chain", true),
            Ca = reader.OptionalPath("ca"),
            CaName = reader.OptionalText("ca") ?? "",
            Revocation = reader.Flag("revocation"),
            Strength = ReadStrength(reader),
        };
    }

    private static Bound ReadExpires(ObjectReader reader)
    {
        Bound bound = reader.OptionalBound("expires") ?? new Bound("> 14d", BoundOperator.Greater, Unit.Seconds, [TimeSpan.FromDays(14).TotalSeconds]);
        // An upper bound would pass the certificate that is about to expire.
        bool lower = bound.Operator is BoundOperator.Greater or BoundOperator.GreaterOrEqual && (bound.Unit == Unit.Seconds || bound.Numbers is [0]);
        if (!lower) reader.Problem("expires", $"'{bound}' does not say how long it must be valid at least", "a bound such as '> 14d'");
        return bound;
    }

    private static Bound? ReadStrength(ObjectReader reader)
    {
        Bound? bound = reader.OptionalBound("strength");
        if (bound is not null && (bound.IsText || bound.Unit != Unit.None)) reader.Problem("strength", $"'{bound}' is not on a number of bits", "a bound such as '>= 112'");
        return bound;
    }
}

/// <summary>
/// Looks at the certificate of a server or a file. Not to see any is an error: a server that is down says nothing about its
/// certificate.
/// </summary>
/// <param name="peer">The server; <see langword="null"/> for a file.</param>
/// <param name="path">The file.</param>
/// <param name="where">What the server or the file is called in sentences.</param>
internal sealed class CertificateCheck(NetworkPeer? peer, string path, string where) : ICheck
{
    public string ServerName { get; init; } = "";

    public SecretText? Password { get; init; }

    public required Bound Expires { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];

    public bool Chain { get; init; } = true;

    public string? Ca { get; init; }

    public string CaName { get; init; } = "";

    public bool Revocation { get; init; }

    public Bound? Strength { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        X509Certificate2Collection all = [], roots = [];
        try
        {
            if (Ca is not null) roots = await CertificateFile.ReadAsync(Ca, CaName, "", cancel).ConfigureAwait(false);
            all = peer is null ? await FromFileAsync(context, cancel).ConfigureAwait(false) : await FromServerAsync(peer, context, cancel).ConfigureAwait(false);
            var look = new CertificateLook(where, context.Clock.GetUtcNow())
            {
                Expires = Expires,
                Names = Names,
                Strength = Strength,
                Policy = Chain ? Policy(roots, context.Clock.GetUtcNow()) : null,
                Trusted = Ca is null ? "trusted by this machine" : $"in {CaName}",
                Known = peer is null ? [.. all] : [all[0]],
            };
            return look.At(peer is null ? Leaf(all) : all[0], all);
        }
        catch (CryptographicException e)
        {
            return Observation.Of(Verdict.Error, $"A certificate of {where} cannot be read: {e.Message.TrimEnd('.')}.") with { Bound = Expires };
        }
        finally
        {
            foreach (X509Certificate2 certificate in all.Concat(roots)) certificate.Dispose();
        }
    }

    private X509ChainPolicy Policy(X509Certificate2Collection roots, DateTimeOffset now)
    {
        X509ChainPolicy policy = NetworkPeer.ChainPolicy(roots, now);
        policy.RevocationMode = Revocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck;
        policy.RevocationFlag = X509RevocationFlag.ExcludeRoot;
        if (peer is not null) policy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // id-kp-serverAuth
        return policy;
    }

    private async Task<X509Certificate2Collection> FromFileAsync(EngineContext context, CancellationToken cancel)
    {
        string password = Password is null ? "" : await Password.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false);
        return await CertificateFile.ReadAsync(path, where, password, cancel).ConfigureAwait(false);
    }

    // The certificate of its own first, then whatever else the server sent.
    private async Task<X509Certificate2Collection> FromServerAsync(NetworkPeer server, EngineContext context, CancellationToken cancel)
    {
        X509Certificate2Collection sent = [];
        IPAddress[] addresses = await server.ResolveAsync(cancel).ConfigureAwait(false);
        try
        {
            using Socket socket = await server.ConnectAsync(addresses, cancel).ConfigureAwait(false);
            using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = ServerName,
                CertificateChainPolicy = NetworkPeer.ChainPolicy([], context.Clock.GetUtcNow()),
                // Nothing is sent over this connection: the certificate is judged below, where each broken part can be named.
                RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                {
                    if (certificate is null) return false;
                    sent.Add(new X509Certificate2(certificate.GetRawCertData()));
                    foreach (X509Certificate2 other in chain?.ChainPolicy.ExtraStore ?? [])
                        if (!other.RawData.AsSpan().SequenceEqual(sent[0].RawData)) sent.Add(new X509Certificate2(other.RawData));
                    return true;
                },
            }, cancel).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new ReadyOpsException("CertificateNotSeen", $"{where} takes no connection, so its certificate was not seen: {e.Message.TrimEnd('.')}.", "Check that it runs, and that nothing between here and there blocks its port.", e);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            cancel.ThrowIfCancellationRequested();
            // A server that wants a certificate of ours hangs up after it has shown its own, with TLS 1.3 at least.
            if (sent.Count == 0) throw new ReadyOpsException("CertificateNotSeen", $"{where} shows no certificate, because the TLS handshake breaks off: {e.GetBaseException().Message.TrimEnd('.')}.", "Check that this port speaks TLS from the first byte.", e);
        }

        return sent.Count > 0 ? sent : throw new ReadyOpsException("CertificateNotSeen", $"{where} shows no certificate.", "Check that this port speaks TLS from the first byte.");
    }

    // One that signed none of the others, and best one that a private key is for.
    private static X509Certificate2 Leaf(X509Certificate2Collection all)
    {
        X509Certificate2[] ends = [.. all.Where(one => !all.Any(other => !ReferenceEquals(other, one) && other.IssuerName.RawData.AsSpan().SequenceEqual(one.SubjectName.RawData)))];
        return ends.FirstOrDefault(one => one.HasPrivateKey) ?? ends.FirstOrDefault() ?? all[0];
    }
}
