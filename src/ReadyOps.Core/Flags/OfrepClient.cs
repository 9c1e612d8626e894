using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Flags;

/// <summary>
/// Asks a flagd, or whatever else speaks it, over the OpenFeature Remote Evaluation Protocol (OFREP 0.2, openfeature.dev): the flags are evaluated
/// there, and the answer is told in the same terms as one of <see cref="FlagSet"/>. Nothing here throws for what the other side says or does not
/// say: that is an evaluation with the reason ERROR, and the caller's own default counts.
/// </summary>
/// <param name="endpoint">The base URL, for flagd <c>http://host:8016</c>, with what it takes to be let in.</param>
/// <param name="context">Clock, HTTP and secrets.</param>
public sealed class OfrepClient(HttpEndpoint endpoint, EngineContext context)
{
    private const string Path = "ofrep/v1/evaluate/flags";

    private string _etag = "";
    private byte[] _asked = [];
    private OfrepAnswers? _known;

    /// <summary>What one flag says for a context.</summary>
    /// <param name="key">The key of the flag.</param>
    /// <param name="user">For whom.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async ValueTask<FlagEvaluation> EvaluateAsync(string key, FlagContext user, CancellationToken cancel)
    {
        try
        {
            HttpAnswer answer = await endpoint.SendAsync(context, () => Request($"{Path}/{Uri.EscapeDataString(key)}", BodyOf(user)), cancel).ConfigureAwait(false);
            if (Refusal(answer) is { } refusal) return Failed(key, refusal.Code, refusal.Message);
            using JsonDocument body = JsonDocument.Parse(answer.Body);
            return Read(key, body.RootElement, answer);
        }
        catch (ReadyOpsException e)
        {
            return Failed(key, FlagErrorCode.ProviderNotReady, $"{endpoint.Display} cannot be asked: {e.Message}");
        }
        catch (JsonException)
        {
            return Failed(key, FlagErrorCode.General, $"{endpoint.Display} answered something else than JSON.");
        }
    }

    /// <summary>
    /// What all flags say for a context. Asked again for the same one, an answer that did not change is not sent again (ETag). Not for
    /// several callers at once.
    /// </summary>
    /// <param name="user">For whom.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async ValueTask<OfrepAnswers> EvaluateAllAsync(FlagContext user, CancellationToken cancel)
    {
        try
        {
            byte[] asked = BodyOf(user);
            bool again = _known is not null && _etag.Length > 0 && asked.AsSpan().SequenceEqual(_asked);
            HttpAnswer answer = await endpoint.SendAsync(context, () =>
            {
                HttpRequestMessage request = Request(Path, asked);
                if (again) request.Headers.TryAddWithoutValidation("If-None-Match", _etag);
                return request;
            }, cancel).ConfigureAwait(false);
            if (answer.Status == 304 && again) return _known! with { Changed = false };
            if (Refusal(answer) is { } refusal) return new OfrepAnswers([], refusal.Code, refusal.Message);
            using JsonDocument body = JsonDocument.Parse(answer.Body);
            if (!body.RootElement.TryGetProperty("flags", out JsonElement flags) || flags.ValueKind != JsonValueKind.Array)
                return new OfrepAnswers([], FlagErrorCode.General, $"{endpoint.Display} answered without a list of flags.");
            var known = new OfrepAnswers([.. flags.EnumerateArray().Select(flag => Read(Text(flag, "key") ?? "", flag, answer))], null, null);
            (_asked, _etag, _known) = (asked, answer.Headers.GetValueOrDefault("ETag") ?? "", known);
            return known;
        }
        catch (ReadyOpsException e)
        {
            return new OfrepAnswers([], FlagErrorCode.ProviderNotReady, $"{endpoint.Display} cannot be asked: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return new OfrepAnswers([], FlagErrorCode.General, $"{endpoint.Display} answered something else than the protocol says.");
        }
    }

    private HttpRequestMessage Request(string path, byte[] body) => new(HttpMethod.Post, endpoint.Below(path))
    {
        Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        Headers = { Accept = { new MediaTypeWithQualityHeaderValue("application/json") } },
    };

    private static byte[] BodyOf(FlagContext user) => Encoding.UTF8.GetBytes($"{{\"context\":{user}}}");

    /// <summary>What a status means that is no answer about a flag; <see langword="null"/> where the body is to be read.</summary>
    private (string Code, string Message)? Refusal(HttpAnswer answer)
    {
        string where = endpoint.Display;
        return answer.Status switch
        {
            200 or 400 or 404 when answer.MediaType.Length == 0 || answer.MediaType.EndsWith("json", StringComparison.Ordinal) => null,
            401 or 403 => (FlagErrorCode.ProviderFatal, string.Create(CultureInfo.InvariantCulture, $"{where} refuses who asks (HTTP {answer.Status}). Give the endpoint credentials that may evaluate flags.")),
            404 => (FlagErrorCode.ProviderFatal, $"{where} does not speak OFREP (HTTP 404). flagd listens for it on port 8016."),
            413 => (FlagErrorCode.InvalidContext, $"{where} finds the context too large (HTTP 413). Send fewer attributes."),
            429 => (FlagErrorCode.ProviderNotReady, $"{where} is asked too often (HTTP 429){Later(answer)}."),
            _ => (FlagErrorCode.General, string.Create(CultureInfo.InvariantCulture, $"{where} failed (HTTP {answer.Status}): {answer.Excerpt()}")),
        };
    }

    private static string Later(HttpAnswer answer) => answer.Headers.TryGetValue("Retry-After", out string? after) ? $"; it wants to be asked again after {after}{(after.All(char.IsDigit) ? " s" : "")}" : "";

    private FlagEvaluation Read(string key, JsonElement flag, HttpAnswer answer)
    {
        if (flag.ValueKind != JsonValueKind.Object) return Failed(key, FlagErrorCode.General, $"{endpoint.Display} answered something else than the protocol says.");
        if (Text(flag, "errorCode") is { } code) return Failed(key, code, Text(flag, "errorDetails") ?? $"{endpoint.Display} says no more.");
        if (answer.Status != 200) return Failed(key, answer.Status == 404 ? FlagErrorCode.FlagNotFound : FlagErrorCode.General, string.Create(CultureInfo.InvariantCulture, $"{endpoint.Display} answered HTTP {answer.Status}: {answer.Excerpt()}"));
        bool valued = flag.TryGetProperty("value", out JsonElement value) && value.ValueKind != JsonValueKind.Null;
        return new FlagEvaluation
        {
            FlagKey = key,
            Value = valued ? FlagValue.FromJson(value).ToObject() : null,
            Variant = valued ? Text(flag, "variant") : null,
            Reason = Text(flag, "reason") ?? "UNKNOWN",
            FlagMetadata = flag.TryGetProperty("metadata", out JsonElement metadata) && metadata.ValueKind == JsonValueKind.Object
                ? FlagResult<bool>.Metadata(FlagValue.FromJson(metadata).ObjectOf) : FlagResult<bool>.Metadata(null),
        };
    }

    private static FlagEvaluation Failed(string key, string code, string message) => new() { FlagKey = key, Reason = FlagReason.Error, ErrorCode = code, ErrorMessage = message };

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>What all flags say for one context.</summary>
/// <param name="Flags">Each flag; empty where they could not be asked.</param>
/// <param name="ErrorCode">Why they could not be asked: one of <see cref="FlagErrorCode"/>; <see langword="null"/> where they could.</param>
/// <param name="ErrorMessage">The same in a sentence.</param>
public sealed record OfrepAnswers(IReadOnlyList<FlagEvaluation> Flags, string? ErrorCode, string? ErrorMessage)
{
    /// <summary>Whether the answer is another than at the question before.</summary>
    public bool Changed { get; init; } = true;
}
