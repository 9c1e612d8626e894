using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>tcp</c>.</summary>
internal sealed class TcpCheckType : CheckType
{
    public override string Name => "tcp";

    public override string Summary => "A TCP port takes connections, with TLS if it must, and soon enough.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("host", CheckMemberKind.Text, "A name or an IP address. A name that cannot be resolved is an error, not a failure.") { Required = true },
        new("port", CheckMemberKind.Integer, "The port.") { Required = true, Minimum = 1, Maximum = 65535 },
        new("tls", CheckMemberKind.Flag, "Whether a TLS handshake must succeed too, with a certificate that this machine trusts.") { Default = "false" },
        new("serverName", CheckMemberKind.Text, "The name that the certificate must be for, unless it is the host."),
        new("ca", CheckMemberKind.Path, "A PEM file of the only roots to trust, instead of those of the machine."),
        new("latency", CheckMemberKind.Bound, "How long connecting may take, the handshake included, looking up the name not."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        bool tls = reader.Flag("tls");
        foreach (string member in new[] { "serverName", "ca" })
            if (!tls && reader.Has(member)) reader.Problem(member, $"'{member}' says nothing about a connection without TLS", "'tls: true' beside it");
        Bound? latency = reader.OptionalBound("latency");
        if (latency is not null && latency.Unit != Unit.Seconds) reader.Problem("latency", $"'{latency}' is not on a time", "a bound such as '< 500ms'");
        var peer = NetworkPeer.Read(reader, null);
        return new TcpCheck(peer)
        {
            ServerName = tls ? reader.OptionalText("serverName") ?? peer.Host : null,
            Ca = reader.OptionalPath("ca"),
            CaName = reader.OptionalText("ca") ?? "",
            Latency = latency,
        };
    }
}

/// <summary>Connects and hangs up. Not to get through is a failure: whether it takes connections is what the check is about.</summary>
internal sealed class TcpCheck(NetworkPeer peer) : ICheck
{
    // The look is left behind at the deadline, so it must have said before how far it got.
    private volatile bool _resolved;

    /// <summary>The name for the TLS handshake; <see langword="null"/> for none.</summary>
    public string? ServerName { get; init; }

    public string? Ca { get; init; }

    public string CaName { get; init; } = "";

    public Bound? Latency { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        _resolved = false;
        X509Certificate2Collection roots = Ca is null ? [] : await CertificateFile.ReadAsync(Ca, CaName, "", cancel).ConfigureAwait(false);
        IPAddress[] addresses = await peer.ResolveAsync(cancel).ConfigureAwait(false);
        _resolved = true;
        long started = context.Clock.GetTimestamp();
        string note = "";
        try
        {
            using Socket socket = await peer.ConnectAsync(addresses, cancel).ConfigureAwait(false);
            if (ServerName is not null)
            {
                using var stream = new SslStream(new NetworkStream(socket, ownsSocket: false));
                var options = new SslClientAuthenticationOptions { TargetHost = ServerName, CertificateChainPolicy = NetworkPeer.ChainPolicy(roots, context.Clock.GetUtcNow()) };
                await stream.AuthenticateAsClientAsync(options, cancel).ConfigureAwait(false);
                note = " over TLS";
            }
        }
        catch (SocketException e)
        {
            Verdict verdict = NetworkPeer.OurOwnFault(e) ? Verdict.Error : Verdict.Fail;
            return Seen(verdict, $"{peer.Display} takes no connection: {e.Message.TrimEnd('.')}.", "Check that it runs, and that nothing between here and there blocks its port.");
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            cancel.ThrowIfCancellationRequested();
            return Seen(Verdict.Fail, $"{peer.Display} takes connections, but the TLS handshake fails: {e.GetBaseException().Message.TrimEnd('.')}.", "Look at its certificate with a check of type 'certificate'.");
        }

        double seconds = context.Clock.GetElapsedTime(started).TotalSeconds;
        return Latency is not null ? Judge.Number($"Connecting to {peer.Display}{note}", seconds, Latency)
            : Observation.Of(Verdict.Pass, $"{peer.Display} took a connection{note} in {Quantities.Format(seconds, Unit.Seconds)}.", seconds, Unit.Seconds);
    }

    public Observation TimedOut(TimeSpan timeout) => _resolved
        ? Seen(Verdict.Fail, $"{peer.Display} took no connection within {Quantities.Format(timeout)}.", "See whether it is overloaded, or a firewall drops what is sent to it.")
        : Seen(Verdict.Error, $"The name {peer.Host} was not resolved within {Quantities.Format(timeout)}.", "Check that DNS works from here.");

    private Observation Seen(Verdict verdict, string reason, string nextStep) => Observation.Of(verdict, reason) with { Bound = Latency, NextStep = nextStep };
}
