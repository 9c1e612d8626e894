using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Http;

/// <summary>
/// A URL with what it takes to be let in. Credentials are resolved for each request, so that a rotated secret is picked up,
/// and no message ever holds one.
/// </summary>
public sealed record HttpEndpoint
{
    private const int DefaultMaxBodyBytes = 10 * 1024 * 1024;
    private const string NoHost = "invalid.invalid";
    private const string UrlExpected = "an absolute URL such as https://prometheus.example:9090";

    /// <summary>Where it is: absolute, http or https, without user name and password.</summary>
    public required Uri Url { get; init; }

    /// <summary>User name for basic authentication, or <see langword="null"/> for none.</summary>
    public SecretText? Username { get; init; }

    /// <summary>Password for basic authentication.</summary>
    public SecretText? Password { get; init; }

    /// <summary>Token for bearer authentication, or <see langword="null"/> for none.</summary>
    public SecretText? Bearer { get; init; }

    /// <summary>Further headers, for example <c>X-Scope-OrgID</c>.</summary>
    public IReadOnlyList<KeyValuePair<string, SecretText>> Headers { get; init; } = [];

    /// <summary>Whom to trust and who to be in TLS; <see langword="null"/> for the roots of the machine and nobody.</summary>
    public HttpTls? Tls { get; init; }

    /// <summary>
    /// The proxy, as a URL, or <c>none</c>; <see langword="null"/> for that of the environment (<c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c>,
    /// <c>ALL_PROXY</c>, <c>NO_PROXY</c>; on Windows also that of the system).
    /// </summary>
    public SecretText? Proxy { get; init; }

    /// <summary>How long one request may take from connecting to the last byte; more than zero.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes an answer may have; a longer one is an error, never cut.</summary>
    public int MaxBodyBytes { get; init; } = DefaultMaxBodyBytes;

    /// <summary>The URL for messages: without its query, which may hold a key.</summary>
    public string Display => Describe(Url);

    /// <summary>
    /// All that decides what it answers: two endpoints with the same text are one. May hold what a document writes out, so it is never
    /// shown.
    /// </summary>
    internal string Identity => string.Join('\0',
    [
        Url.AbsoluteUri, Username?.Reference, Password?.Reference, Bearer?.Reference, Proxy?.Reference, Tls?.Ca?.Path, Tls?.Certificate?.Path,
        Tls?.Key?.Path, Tls?.Password?.Reference, Tls?.Own?.Thumbprint, MaxBodyBytes.ToString(CultureInfo.InvariantCulture),
        .. Headers.Select(header => $"{header.Key}:{header.Value.Reference}"),
    ]);

    /// <summary>An endpoint without authentication.</summary>
    /// <exception cref="ReadyOpsException"><c>HttpUrlInvalid</c></exception>
    public static HttpEndpoint For(string url) => TryParseUrl(url, out Uri? parsed, out string problem)
        ? new HttpEndpoint { Url = parsed! }
        : throw new ReadyOpsException("HttpUrlInvalid", $"The URL cannot be used: {problem}.", $"Write {UrlExpected}.");

    /// <summary>
    /// Reads a member that is a URL, or an object
    /// <c>{url, auth: {basic: {username, password}} or {bearer}, headers, timeout, tls: {ca, certificate, key, password}, proxy, maxBody}</c>.
    /// </summary>
    /// <param name="reader">The object that holds it.</param>
    /// <param name="member">Its name; it must be there.</param>
    public static HttpEndpoint Read(ObjectReader reader, string member)
    {
        if (reader.Node[member]?.Kind == NodeKind.Object)
        {
            ObjectReader own = reader.Object(member)!;
            return ReadObject(own, "url") with { MaxBodyBytes = ReadMaxBody(own) };
        }

        return new HttpEndpoint { Url = ReadUrl(reader, member) };
    }

    /// <summary>Reads <c>maxBody</c>: at most 1 GiB, 10 MiB without it.</summary>
    public static int ReadMaxBody(ObjectReader reader)
    {
        const long Most = 1024 * 1024 * 1024;
        long size = CheckReader.Size(reader, "maxBody") ?? DefaultMaxBodyBytes;
        if (size > Most) reader.Problem("maxBody", "this is too much to hold", "a size up to 1GiB");
        return (int)Math.Min(size, Most);
    }

    /// <summary>
    /// Reads an endpoint from an object that holds <c>auth</c>, <c>headers</c>, <c>timeout</c>, <c>tls</c> and <c>proxy</c> beside the URL.
    /// </summary>
    /// <param name="reader">The object.</param>
    /// <param name="urlMember">Which of its members is the URL.</param>
    public static HttpEndpoint ReadObject(ObjectReader reader, string urlMember) => ReadSettings(reader, ReadUrl(reader, urlMember));

    /// <summary>Reads what it takes to be let in, for a URL that stands elsewhere.</summary>
    /// <param name="reader">The object that holds <c>auth</c>, <c>headers</c>, <c>timeout</c>, <c>tls</c> and <c>proxy</c>.</param>
    /// <param name="url">The URL.</param>
    public static HttpEndpoint ReadSettings(ObjectReader reader, Uri url)
    {
        var endpoint = new HttpEndpoint { Url = url };
        TimeSpan timeout = reader.Duration("timeout", endpoint.Timeout);
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromHours(1))
        {
            reader.Problem("timeout", "a request cannot take this long", "a duration above 0 and up to 1h");
            timeout = endpoint.Timeout;
        }

        ObjectReader? auth = reader.Object("auth");
        ObjectReader? basic = auth?.Object("basic");
        if (auth is not null && auth.Has("basic") == auth.Has("bearer"))
            reader.Problem("auth", "this does not say one way to authenticate", "either 'basic' or 'bearer'");
        if (basic is not null)
        {
            basic.RequiredText("username");
            basic.RequiredText("password");
        }

        HttpTls? tls = reader.Object("tls") is { } inner ? HttpTls.Read(inner) : null;
        if (tls is not null && endpoint.Url.Scheme != Uri.UriSchemeHttps && endpoint.Url.Host != NoHost)
            reader.Problem("tls", "'tls' says nothing about a URL that is not https", "an https URL beside it");
        return endpoint with
        {
            Tls = tls,
            Proxy = ReadProxy(reader),
            Timeout = timeout,
            Username = basic?.OptionalSecret("username"),
            Password = basic is null ? null : ReadReference(basic, "password"),
            Bearer = auth is null ? null : ReadReference(auth, "bearer"),
            Headers = ReadHeaders(reader),
        };
    }

    /// <summary>Checks that a text is a URL that requests can go to.</summary>
    /// <param name="text">The text.</param>
    /// <param name="url">The URL; <see langword="null"/> when it is none.</param>
    /// <param name="problem">What is wrong with it, without repeating credentials; empty when nothing is.</param>
    public static bool TryParseUrl(string text, out Uri? url, out string problem)
    {
        problem = "";
        if (!Uri.TryCreate(text.Trim(), UriKind.Absolute, out url)) problem = "this is not an absolute URL";
        else if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) problem = $"the scheme '{url.Scheme}' is neither http nor https";
        else if (url.UserInfo.Length > 0) problem = "a URL with a user name or password ends up in logs; use 'auth' instead";
        else if (url.Host.Length == 0) problem = "this names no host";
        if (problem.Length > 0) url = null;
        return problem.Length == 0;
    }

    /// <summary>Checks that a text is a proxy: a URL, or <c>none</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="url">The URL; <see langword="null"/> for none.</param>
    public static bool TryParseProxy(string text, out Uri? url) => HttpClients.TryParseProxy(text, out url);

    /// <summary>A URL below this one; the path and the query of this one are kept.</summary>
    /// <param name="path">The path below, without a slash in front.</param>
    /// <param name="query">The query without a question mark; empty for none.</param>
    public Uri Below(string path, string query = "")
    {
        string own = Url.Query.TrimStart('?');
        string both = own.Length > 0 && query.Length > 0 ? $"{own}&{query}" : own + query;
        return new UriBuilder(Url) { Path = $"{Url.AbsolutePath.TrimEnd('/')}/{path}", Query = both, Fragment = "" }.Uri;
    }

    /// <summary>Sends one request and reads its whole answer. Any status is an answer, but 407, which is that of a proxy.</summary>
    /// <param name="context">Clock, HTTP and secrets.</param>
    /// <param name="request">Makes the request; credentials and headers of this endpoint are added to it.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="ReadyOpsException">
    /// <c>HttpUnreachable</c> (no connection), <c>HttpTlsFailed</c>, <c>HttpTimeout</c>, <c>HttpBroken</c> (the connection or the
    /// protocol failed after it was made), <c>HttpBodyTooLarge</c>, <c>HttpHeaderInvalid</c>, <c>SecretMissing</c>, and those of its files
    /// and its proxy: <c>CertificateFileMissing</c>, <c>CertificateFileInvalid</c>, <c>ProxyInvalid</c>, <c>ProxyUnreachable</c>, <c>ProxyRefused</c>.
    /// </exception>
    public async Task<HttpAnswer> SendAsync(EngineContext context, Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        using HttpRequestMessage message = request();
        message.RequestUri ??= Url;
        if (message.RequestUri.Authority != Url.Authority) throw new ArgumentException("Credentials never go to another host.", nameof(request));
        await AuthorizeAsync(context, message, cancel).ConfigureAwait(false);
        string where = Describe(message.RequestUri);

        using var deadline = new CancellationTokenSource(Timeout, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        long started = context.Clock.GetTimestamp();
        try
        {
            HttpClient http = Tls is null && Proxy is null ? context.Http : await HttpClients.ForAsync(Tls, Proxy, context.Secrets, either.Token).ConfigureAwait(false);
            using HttpResponseMessage response =
                await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.ProxyAuthenticationRequired) throw WantsCredentials(where, null);
            ReadOnlyMemory<byte> body = await ReadBodyAsync(response.Content, where, either.Token).ConfigureAwait(false);
            return new HttpAnswer
            {
                Status = (int)response.StatusCode,
                Headers = HeadersOf(response),
                Body = body,
                Elapsed = context.Clock.GetElapsedTime(started),
            };
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            cancel.ThrowIfCancellationRequested();
            throw deadline.IsCancellationRequested || e is OperationCanceledException ? TimedOut(where, e) : Failed(where, e);
        }
    }

    private static Uri ReadUrl(ObjectReader reader, string member)
    {
        string text = reader.RequiredText(member);
        if (TryParseUrl(text, out Uri? url, out string problem)) return url!;
        if (reader.Node[member] is { Kind: not (NodeKind.Null or NodeKind.Object or NodeKind.Array) }) reader.Problem(member, problem, UrlExpected);
        return new Uri($"http://{NoHost}");
    }

    private static SecretText? ReadProxy(ObjectReader reader)
    {
        SecretText? proxy = reader.OptionalSecret("proxy");
        if (proxy is null or { IsReference: true }) return proxy;
        if (!HttpClients.TryParseProxy(proxy.Reference, out Uri? url)) reader.Problem("proxy", "this is no proxy", "a URL such as http://proxy.example:3128, 'none', or secret:NAME");
        else if (url?.UserInfo.Length > 0) reader.Problem("proxy", $"the password {WrittenOut}", "secret:NAME or env:NAME that holds the whole URL");
        return proxy;
    }

    // A rollout's journal holds its document, and journals are read by many.
    private const string WrittenOut = "is written out: whoever reads the document, its history or a journal can use it";
    private const string Reference = "secret:NAME or env:NAME, which is looked up at the moment of use";

    internal static SecretText? ReadReference(ObjectReader reader, string name)
    {
        SecretText? secret = reader.OptionalSecret(name);
        if (secret is { IsReference: false }) reader.Problem(name, $"the {name} {WrittenOut}", Reference);
        return secret;
    }

    private static bool CarriesSecret(string header) =>
        header.ToLowerInvariant() is "authorization" or "proxy-authorization" or "cookie" or "x-api-key";

    private static List<KeyValuePair<string, SecretText>> ReadHeaders(ObjectReader reader)
    {
        var headers = new List<KeyValuePair<string, SecretText>>();
        foreach ((string name, string value) in reader.TextMembers("headers"))
        {
            if (!IsToken(name)) reader.Problem("headers", $"'{name}' cannot name a header", "letters, digits and hyphens");
            else if (CarriesSecret(name) && !new SecretText(value).IsReference) reader.Problem("headers", $"the value of '{name}' {WrittenOut}", Reference);
            else headers.Add(KeyValuePair.Create(name, new SecretText(value)));
        }

        return headers;
    }

    private async Task AuthorizeAsync(EngineContext context, HttpRequestMessage message, CancellationToken cancel)
    {
        foreach ((string name, SecretText secret) in Headers)
        {
            string value = await secret.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false);
            RefuseControls(value, $"header '{name}'");
            message.Headers.Remove(name);
            if (message.Headers.TryAddWithoutValidation(name, value) || message.Content is null) continue;
            message.Content.Headers.Remove(name);
            message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        if (Bearer is not null)
        {
            string token = await Bearer.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false);
            RefuseControls(token, "bearer token");
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        else if (Username is not null)
        {
            string user = await Username.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false);
            string password = Password is null ? "" : await Password.ResolveAsync(context.Secrets, cancel).ConfigureAwait(false);
            string pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
            message.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
        }
    }

    private void RefuseControls(string value, string what)
    {
        if (value.Any(c => char.IsControl(c) && c != '\t'))
        {
            throw new ReadyOpsException("HttpHeaderInvalid", $"The {what} for {Display} holds a line break or another control character.",
                "Look at the secret behind it: often a file or variable has a stray line break.");
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContent content, string where, CancellationToken cancel)
    {
        if (content.Headers.ContentLength > MaxBodyBytes) throw TooLarge(where);
        using Stream stream = await content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        using var body = new MemoryStream((int)(content.Headers.ContentLength ?? 0));
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(buffer, cancel).ConfigureAwait(false);
                if (read == 0) return body.GetBuffer().AsMemory(0, (int)body.Length);
                if (body.Length + read > MaxBodyBytes) throw TooLarge(where);
                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, IEnumerable<string> values) in response.Headers.NonValidated.Select(h => (h.Key, (IEnumerable<string>)h.Value))
            .Concat(response.Content.Headers.NonValidated.Select(h => (h.Key, (IEnumerable<string>)h.Value))))
        {
            headers[name] = string.Join(", ", values);
        }

        return headers;
    }

    private ReadyOpsException TooLarge(string where) => new("HttpBodyTooLarge",
        string.Create(CultureInfo.InvariantCulture, $"{where} answered with more than {MaxBodyBytes / 1024.0 / 1024.0:0.##} MiB."),
        "Ask for less: a narrower query, fewer series or a shorter span; or raise 'maxBody'.");

    private ReadyOpsException TimedOut(string where, Exception cause) => new("HttpTimeout",
        string.Create(CultureInfo.InvariantCulture, $"{where} did not answer within {Timeout.TotalSeconds:0.###}s."),
        "See whether it is overloaded, or raise 'timeout'.", cause);

    private ReadyOpsException Failed(string where, Exception cause)
    {
        string why = cause.GetBaseException().Message.TrimEnd('.');
        HttpRequestError? kind = (cause as HttpRequestException)?.HttpRequestError;

        // With a proxy nobody else is connected to. That it is not there says nothing about what is behind it.
        if (Proxy is { Reference: not "none" } && kind is (HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError))
            return new("ProxyUnreachable", $"The proxy on the way to {where} cannot be reached: {why}.", "Check 'proxy', and that the proxy runs.", cause);
        return kind switch
        {
            // There is no other way to tell it: the exception has no status of the proxy.
            HttpRequestError.ProxyTunnelError when why.Contains("'407'", StringComparison.Ordinal) => WantsCredentials(where, cause),
            HttpRequestError.NameResolutionError => new("HttpUnreachable", $"The host of {where} cannot be found: {why}.",
                "Check the name, and that DNS works from here.", cause),
            HttpRequestError.ConnectionError => new("HttpUnreachable", $"{where} cannot be reached: {why}.",
                "Check that it runs, and that nothing between here and there blocks its port.", cause),
            HttpRequestError.ProxyTunnelError => new("ProxyUnreachable", $"The proxy does not let through to {where}: {why}.",
                "Check 'proxy', or HTTPS_PROXY and NO_PROXY of the environment.", cause),
            HttpRequestError.SecureConnectionError => new("HttpTlsFailed", $"No secure connection to {where}: {why}.",
                "Check its certificate, and that this machine trusts who signed it.", cause),
            _ => new("HttpBroken", $"The request to {where} broke off: {why}.", where.StartsWith(Uri.UriSchemeHttps, StringComparison.Ordinal)
                    ? "Try again; if it stays, look at the logs of that server: one that demands a client certificate ('tls') breaks off too."
                    : "Try again; if it stays, look at the logs of that server.", cause),
        };
    }

    private static ReadyOpsException WantsCredentials(string where, Exception? cause) => new("ProxyRefused",
        $"The proxy on the way to {where} wants other credentials than it was given, or any at all (407).",
        "Give 'proxy' as secret:NAME or env:NAME of a URL with its user name and password; without 'proxy', those of the environment (HTTPS_PROXY, HTTP_PROXY) count.", cause);

    private static string Describe(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    private static bool IsToken(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c));
}
