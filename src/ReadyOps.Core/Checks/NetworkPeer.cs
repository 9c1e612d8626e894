using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>A host and a port. Says why it cannot be reached: its own fault, or that of the machine that looks.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">1 to 65535.</param>
internal sealed record NetworkPeer(string Host, int Port)
{
    /// <summary>How it is called in sentences: <c>host:port</c>.</summary>
    public string Display { get; } = string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    /// <summary>Reads the members <c>host</c> and <c>port</c>.</summary>
    /// <param name="reader">The check.</param>
    /// <param name="standardPort">What counts without <c>port</c>; <see langword="null"/> when it must be there.</param>
    public static NetworkPeer Read(ObjectReader reader, int? standardPort)
    {
        string host = reader.RequiredText("host").Trim('[', ']');
        if (reader.Has("host") && Uri.CheckHostName(host) == UriHostNameType.Unknown) reader.Problem("host", $"'{Judge.Cut(host)}' is no host", "a name such as db.example, or an IP address");
        if (!reader.Has("port") && standardPort is null) reader.Problem("port", "'port' is missing", "a port from 1 to 65535");
        return new NetworkPeer(host, reader.Integer("port", standardPort ?? 1, 1, 65535));
    }

    /// <summary>The addresses of the host.</summary>
    /// <exception cref="ReadyOpsException"><c>HostUnknown</c>: says nothing about the peer, so it is an error and no failure.</exception>
    public async Task<IPAddress[]> ResolveAsync(CancellationToken cancel)
    {
        try
        {
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(Host, cancel).ConfigureAwait(false);
            if (addresses.Length > 0) return addresses;
        }
        catch (SocketException e)
        {
            throw Unknown(e.Message.TrimEnd('.'), e);
        }

        throw Unknown("it has no address", null);
    }

    /// <summary>A connection to the first address that takes one.</summary>
    /// <param name="addresses">From <see cref="ResolveAsync"/>.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="SocketException">Nobody took it.</exception>
    public async Task<Socket> ConnectAsync(IPAddress[] addresses, CancellationToken cancel)
    {
        SocketException? last = null;
        foreach (IPAddress address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, Port, cancel).ConfigureAwait(false);
                return socket;
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException refused) throw;
                // That the peer refuses says more than that this machine has no IPv6.
                if (last is null || OurOwnFault(last)) last = refused;
            }
        }

        throw last!;
    }

    /// <summary>Whether it is this machine that cannot connect to anything, which says nothing about the peer.</summary>
    public static bool OurOwnFault(SocketException e) => e.SocketErrorCode is SocketError.NetworkDown or SocketError.NetworkUnreachable or SocketError.AddressFamilyNotSupported
        or SocketError.AccessDenied or SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable;

    /// <summary>What a chain of certificates is held against.</summary>
    /// <param name="roots">The only roots to trust; none for those of the machine.</param>
    /// <param name="now">When it must be valid; <see langword="null"/> for whenever it is looked at.</param>
    public static X509ChainPolicy ChainPolicy(X509Certificate2Collection roots, DateTimeOffset? now)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            // What the peer does not send, other clients do not have either.
            DisableCertificateDownloads = true,
        };
        if (now is { } moment) policy.VerificationTime = moment.LocalDateTime;
        if (roots.Count == 0) return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }

    private ReadyOpsException Unknown(string why, Exception? cause) => new("HostUnknown", $"The name {Host} cannot be resolved: {why}.", "Check the name, and that DNS works from here.", cause);
}
