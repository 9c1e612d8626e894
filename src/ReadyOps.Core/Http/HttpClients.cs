using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Http;

/// <summary>One HTTP client for each way to connect: a client for each request would leave its connections behind.</summary>
internal static class HttpClients
{
    private static readonly ConcurrentDictionary<string, (string Stamp, HttpClient Client)> Known = new(StringComparer.Ordinal);

    /// <summary>A client with the settings that all have, and none of its own.</summary>
    public static HttpClient Plain() => new(Handler()) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The client for these settings; a new one when a file or a secret behind them has changed since.</summary>
    /// <param name="tls">Whom to trust and who to be, or <see langword="null"/>.</param>
    /// <param name="proxy">Which way to go, or <see langword="null"/> for that of the environment.</param>
    /// <param name="secrets">Resolves the password and the proxy.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ReadyOpsException"><c>CertificateFileMissing</c>, <c>CertificateFileInvalid</c>, <c>ProxyInvalid</c>, <c>SecretMissing</c>.</exception>
    public static async ValueTask<HttpClient> ForAsync(HttpTls? tls, SecretText? proxy, ISecretSource secrets, CancellationToken cancel)
    {
        string password = tls?.Password is { } kept ? await kept.ResolveAsync(secrets, cancel).ConfigureAwait(false) : "";
        string way = proxy is null ? "" : await proxy.ResolveAsync(secrets, cancel).ConfigureAwait(false);
        HttpTlsFile?[] files = [tls?.Ca, tls?.Certificate, tls?.Key];

        // Hashes, so that no secret stays in memory for longer than it is used.
        string name = Hash([.. files.Select(file => file?.Path), tls?.Own?.Thumbprint, tls?.Password?.Reference, proxy?.Reference]);
        string stamp = Hash([.. files.Select(Stamp), password, way]);
        if (Known.TryGetValue(name, out (string Stamp, HttpClient Client) known) && known.Stamp == stamp) return known.Client;

        SocketsHttpHandler handler = Handler();
        if (proxy is not null) Redirect(handler, way, proxy);
        if (tls is not null) handler.SslOptions = await OptionsAsync(tls, password, cancel).ConfigureAwait(false);

        // The one before is not disposed: requests may still be on their way through it, and its idle connections close by themselves.
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        Known[name] = (stamp, client);
        return client;
    }

    /// <summary>Checks that a text is a proxy.</summary>
    /// <param name="text">A URL, or <c>none</c>.</param>
    /// <param name="url">The URL; <see langword="null"/> for none.</param>
    public static bool TryParseProxy(string text, out Uri? url)
    {
        url = null;
        if (text == "none") return true;
        return Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https" or "socks4" or "socks4a" or "socks5"
            && url is { Host.Length: > 0, PathAndQuery: "/" or "" };
    }

    private static SocketsHttpHandler Handler() => new()
    {
        // A scheduled tick must see a DNS change, and a redirect must never carry credentials to another host.
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        AllowAutoRedirect = false,
    };

    private static void Redirect(SocketsHttpHandler handler, string way, SecretText proxy)
    {
        if (!TryParseProxy(way, out Uri? url))
        {
            throw new ReadyOpsException("ProxyInvalid", $"What '{(proxy.IsReference ? proxy.Reference : "proxy")}' holds is no proxy.",
                "Give a URL such as http://proxy.example:3128, or 'none'.");
        }

        handler.UseProxy = url is not null;
        if (url is null) return;
        var found = new WebProxy(new UriBuilder(url) { UserName = "", Password = "" }.Uri);
        if (url.UserInfo.Length > 0)
        {
            string[] parts = url.UserInfo.Split(':', 2);
            found.Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        handler.Proxy = found;
    }

    private static async Task<SslClientAuthenticationOptions> OptionsAsync(HttpTls tls, string password, CancellationToken cancel)
    {
        var options = new SslClientAuthenticationOptions();
        X509Certificate2Collection? roots = tls.Ca is null ? null : await CertificateFile.ReadAsync(tls.Ca.Path, tls.Ca.Name, "", cancel).ConfigureAwait(false);
        if (roots is not null) options.CertificateChainPolicy = NetworkPeer.ChainPolicy(roots, null);

        // What signed it is looked for among the roots that are named and in the stores of the machine.
        if (tls.Own is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(tls.Own, roots, offline: true);
        else if (tls.Certificate is not null)
        {
            X509Certificate2Collection own = await CertificateFile.ReadWithKeyAsync(tls.Certificate, tls.Key, password, cancel).ConfigureAwait(false);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(own[0], [.. own.Skip(1)], offline: true);
        }

        return options;
    }

    private static string Hash(string?[] parts) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts))));

    // Of the file behind a link: the way Kubernetes renews a mounted certificate changes no link that a path names.
    private static string Stamp(HttpTlsFile? file)
    {
        try
        {
            return file is not null && FileReading.TryFind(file.Path, out FileInfo? info, out _)
                ? string.Create(CultureInfo.InvariantCulture, $"{info.LastWriteTimeUtc.Ticks}/{info.Length}") : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it says why it cannot be read.
            return "";
        }
    }
}
