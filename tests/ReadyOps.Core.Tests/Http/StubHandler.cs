namespace ReadyOps.Core.Tests.Http;

/// <summary>Answers HTTP requests in the process, and remembers what was asked.</summary>
internal sealed class StubHandler(Func<StubRequest, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    private readonly List<StubRequest> _requests = [];

    public StubHandler(Func<StubRequest, HttpResponseMessage> answer)
        : this((request, _) => Task.FromResult(answer(request)))
    {
    }

    public IReadOnlyList<StubRequest> Requests
    {
        get
        {
            lock (_requests) return [.. _requests];
        }
    }

    public EngineContext Context(TimeProvider? clock = null) => new()
    {
        Clock = clock ?? TimeProvider.System,
        Http = new HttpClient(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan },
    };

    public static HttpResponseMessage Text(string body, int status = 200, string mediaType = "application/json") => new((System.Net.HttpStatusCode)status)
    {
        Content = new StringContent(body, System.Text.Encoding.UTF8, mediaType),
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Dictionary<string, string> headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        var seen = new StubRequest(request.Method.Method, request.RequestUri!, headers, body);
        lock (_requests) _requests.Add(seen);
        return await answer(seen, cancellationToken);
    }
}

/// <summary>One request that was sent.</summary>
internal sealed record StubRequest(string Method, Uri Url, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The parameters of a form body, or of the query where there is no body.</summary>
    public IReadOnlyDictionary<string, string> Form => (Body.Length > 0 ? Body : Url.Query.TrimStart('?'))
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => Decode(pair[0]), pair => Decode(pair.Length > 1 ? pair[1] : ""));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
