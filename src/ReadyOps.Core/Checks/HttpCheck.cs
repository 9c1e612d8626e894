using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>http</c>.</summary>
internal sealed class HttpCheckType : CheckType
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

    public override string Name => "http";

    public override string Summary => "An HTTP endpoint answers as it must, and soon enough.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("url", CheckMemberKind.Url, "What to request.") { Required = true },
        new("auth", CheckMemberKind.Authentication, "How to authenticate."),
        new("headers", CheckMemberKind.Headers, "Further request headers."),
        new("tls", CheckMemberKind.Tls, "Whom to trust and who to be in TLS."),
        new("proxy", CheckMemberKind.Text, "The way to 'url': a URL, none, or secret:NAME or env:NAME of one with a password. Without it that of the environment counts.") { Examples = ["http://proxy.example:3128", "none"] },
        new("method", CheckMemberKind.Text, "GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.") { Default = "GET", Examples = ["GET", "HEAD", "POST"] },
        new("body", CheckMemberKind.Text, "The body of the request."),
        new("contentType", CheckMemberKind.Text, "The media type of the body.") { Default = "application/json" },
        new("status", CheckMemberKind.Status, "The status it must answer with; redirects are not followed.") { Default = "between 200 and 299" },
        new("latency", CheckMemberKind.Bound, "How long it may take from the request to the last byte.") { Examples = ["< 500ms"] },
        new("contains", CheckMemberKind.Text, "A text that must be in the body, letter for letter."),
        new("json", CheckMemberKind.JsonBounds, "Values in the body, which must then be JSON."),
        new("maxBody", CheckMemberKind.Size, "A longer body is an error.") { Default = "10MiB" },
    ];

    /// <summary>The members of one entry of <c>json</c>.</summary>
    public static IReadOnlyList<CheckMember> JsonMembers => JsonProbe.Members;

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        string method = (reader.OptionalText("method") ?? "GET").ToUpperInvariant();
        if (!Methods.Contains(method)) reader.Problem("method", $"'{method}' is not a method", "one of " + string.Join(", ", Methods));
        Bound? latency = reader.OptionalBound("latency");
        if (latency is not null && latency.Unit != Unit.Seconds) reader.Problem("latency", $"'{latency}' is not on a time", "a bound such as '< 500ms'");
        string contentType = reader.OptionalText("contentType") ?? "application/json";
        if (!MediaTypeHeaderValue.TryParse(contentType, out _)) reader.Problem("contentType", $"'{contentType}' is not a media type", "one such as application/json");
        return new HttpCheck(CheckEndpoint.Read(reader) with { MaxBodyBytes = HttpEndpoint.ReadMaxBody(reader) })
        {
            Method = new HttpMethod(method),
            Body = reader.OptionalText("body"),
            ContentType = contentType,
            Status = ReadStatus(reader),
            Latency = latency,
            Contains = reader.OptionalText("contains"),
            Json = [.. reader.Objects("json").Select(JsonProbe.Read)],
        };
    }

    private static Bound ReadStatus(ObjectReader reader)
    {
        Bound success = new("between 200 and 299", BoundOperator.Between, Unit.None, [200, 299]);
        if (!reader.Has("status")) return success;
        IReadOnlyList<string> codes = reader.Texts("status");
        if (codes.Count > 0 && codes.All(code => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 100 and <= 599))
        {
            double[] numbers = [.. codes.Select(code => double.Parse(code, CultureInfo.InvariantCulture))];
            return codes.Count == 1
                ? new Bound($"== {codes[0]}", BoundOperator.Equal, Unit.None, numbers)
                : new Bound($"in [{string.Join(", ", codes)}]", BoundOperator.In, Unit.None, numbers);
        }

        if (reader.Node["status"]!.Kind == NodeKind.String && Quantities.TryParseBound(codes[0], out Bound? bound, out _) && !bound.IsText && bound.Unit == Unit.None) return bound;
        reader.Problem("status", "this is no HTTP status", "a status such as 200, a list of them, or a bound such as '< 400'");
        return success;
    }
}

/// <summary>Sends one request and looks at the answer. Not to answer is a failure: whether it answers is what the check is about.</summary>
internal sealed class HttpCheck(HttpEndpoint endpoint) : ICheck
{
    private readonly string _where = endpoint.Display;

    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public string? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public required Bound Status { get; init; }

    public Bound? Latency { get; init; }

    public string? Contains { get; init; }

    public IReadOnlyList<JsonProbe> Json { get; init; } = [];

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        HttpAnswer answer;
        try
        {
            answer = await endpoint.SendAsync(context, Request, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id is "HttpUnreachable" or "HttpTlsFailed" or "HttpTimeout" or "HttpBroken")
        {
            return Observation.Of(Verdict.Fail, $"{_where} did not answer: {e.Message}") with { Bound = Status, Details = e.NextStep.Length > 0 ? [e.NextStep] : [] };
        }

        Observation worst = Observation.Worst([.. Look(answer)]);
        // The latency is the figure to follow over time; without a bound on it, it is the status.
        return worst.Verdict == Verdict.Pass && Latency is null
            ? worst with { Reason = string.Create(CultureInfo.InvariantCulture, $"{_where} answered {answer.Status} in {Quantities.Format(answer.Elapsed.TotalSeconds, Unit.Seconds)}.") }
            : worst;
    }

    public Observation TimedOut(TimeSpan timeout) =>
        Observation.Of(Verdict.Fail, $"{_where} did not answer within {Quantities.Format(timeout)}.") with { Bound = Latency ?? Status };

    private HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(Method, endpoint.Url);
        if (Body is not null) request.Content = new StringContent(Body, Encoding.UTF8, MediaTypeHeaderValue.Parse(ContentType));
        return request;
    }

    private IEnumerable<Observation> Look(HttpAnswer answer)
    {
        // The latency first: of several passes, the first is the one whose value is told.
        if (Latency is not null) yield return Judge.Number($"Latency of {_where}", answer.Elapsed.TotalSeconds, Latency, $"status {answer.Status}");
        Observation status = Judge.Number($"Status of {_where}", answer.Status, Status, Elsewhere(answer));
        yield return status;
        // An error page says nothing about what the real body would hold.
        if (status.Verdict != Verdict.Pass) yield break;

        if (Contains is not null)
        {
            bool found = Encoding.UTF8.GetString(answer.Body.Span).Contains(Contains, StringComparison.Ordinal);
            yield return found
                ? Observation.Of(Verdict.Pass, $"The body of {_where} contains '{Judge.Cut(Contains)}'.")
                : Observation.Of(Verdict.Fail, $"The body of {_where} does not contain '{Judge.Cut(Contains)}'.");
        }

        if (Json.Count == 0) yield break;
        foreach (Observation value in LookIntoJson(answer)) yield return value;
    }

    private IReadOnlyList<Observation> LookIntoJson(HttpAnswer answer)
    {
        try
        {
            using JsonDocument document = JsonProbe.Parse(answer.Body, _where);
            return [.. Json.Select(probe => probe.Observe(document.RootElement, _where))];
        }
        catch (ReadyOpsException e)
        {
            // The endpoint did answer, with something else than it must.
            return [Observation.Of(Verdict.Fail, e.Message)];
        }
    }

    private static string Elsewhere(HttpAnswer answer)
    {
        if (answer.Status is < 300 or >= 400 || !answer.Headers.TryGetValue("Location", out string? location)) return "";
        // A redirect to a login page may carry a token in its query.
        return $"a redirect to {Judge.Cut(location.Split('?', '#')[0])}";
    }
}
