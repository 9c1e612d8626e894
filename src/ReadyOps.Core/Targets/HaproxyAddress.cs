using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReadyOps.Core.Targets;

/// <summary>Where HAProxy's stats socket is: <c>unix:/path</c> or <c>host:port</c>.</summary>
internal sealed record HaproxyAddress(string Text, EndPoint EndPoint)
{
    public const string Expected = "unix:/path/to/socket or host:port";

    /// <summary>Reads an address; a relative socket path starts from <paramref name="baseDirectory"/>.</summary>
    public static bool TryParse(string text, string baseDirectory, [NotNullWhen(true)] out HaproxyAddress? address)
    {
        address = text.StartsWith("unix:", StringComparison.Ordinal) ? Unix(text["unix:".Length..], baseDirectory) : Tcp(text);
        return address is not null;
    }

    private static HaproxyAddress? Unix(string path, string baseDirectory)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal)) return null;
        string full = Path.GetFullPath(path, baseDirectory);
        try
        {
            return new HaproxyAddress($"unix:{full}", new UnixDomainSocketEndPoint(full));
        }
        catch (ArgumentException)
        {
            return null; // Longer than the operating system takes, about 108 bytes.
        }
    }

    private static HaproxyAddress? Tcp(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0) return null;

        string host = text[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (bracketed) host = host[1..^1];
        if (Uri.CheckHostName(host) is UriHostNameType.Unknown || (Uri.CheckHostName(host) == UriHostNameType.IPv6) != bracketed) return null;
        return new HaproxyAddress(text.ToLowerInvariant(), new DnsEndPoint(host, port));
    }
}
