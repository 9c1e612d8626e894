using System.Globalization;
using System.Net;

namespace ReadyOps.Agent.Running;

/// <summary>Where the pages are served: on loopback, because they tell what is going on to whoever asks.</summary>
internal static class ListenAddress
{
    public const string Default = "127.0.0.1:8765";

    private const string Expected = "'127.0.0.1:8765', '[::1]:8765', 'localhost:8765', or port 0 for any free one";

    /// <summary>Reads <c>address:port</c>.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="url">The URL to listen on.</param>
    /// <param name="problem">What is wrong with it.</param>
    public static bool TryParse(string text, out string url, out string problem)
    {
        (url, problem) = ("", "");
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? text : text[..colon];
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            problem = $"'{text}' is not an address with a port: write {Expected}.";
            return false;
        }

        if (host == "localhost") host = "127.0.0.1";
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        string bare = bracketed ? host[1..^1] : host;
        if (!IPAddress.TryParse(bare, out IPAddress? address) || bare.Contains(':', StringComparison.Ordinal) != bracketed)
        {
            problem = $"'{text}' does not begin with an IP address: write {Expected}.";
            return false;
        }

        if (!IPAddress.IsLoopback(address))
        {
            problem = $"'{text}' is not on loopback. The pages have no sign-in, so they are served on this machine only: write {Expected}, and put a proxy with a sign-in before it where others must see them.";
            return false;
        }

        url = string.Create(CultureInfo.InvariantCulture, $"http://{(bracketed ? $"[{address}]" : address)}:{port}");
        return true;
    }
}
