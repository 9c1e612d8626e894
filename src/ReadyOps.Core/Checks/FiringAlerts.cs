using System.Globalization;
using System.Text.Json;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Checks;

/// <summary>An alert as Alertmanager or Prometheus tells it.</summary>
internal sealed record FiringAlert(IReadOnlyDictionary<string, string> Labels)
{
    public string Name => Labels.GetValueOrDefault("alertname", "");

    public DateTimeOffset? Since { get; init; }

    public string Summary { get; init; } = "";

    public bool Silenced { get; init; }

    public bool Inhibited { get; init; }

    public bool Pending { get; init; }
}

/// <summary>Reads the alerts that there are. What is not understood is an error: an alert must never get lost in reading.</summary>
internal static class FiringAlerts
{
    /// <summary>The alerts of Alertmanager's API v2, those that are silenced or inhibited included.</summary>
    /// <exception cref="ReadyOpsException"><c>AlertmanagerRefused</c>, <c>AlertmanagerBadAnswer</c>, and those of <see cref="HttpEndpoint.SendAsync"/>.</exception>
    public static async Task<IReadOnlyList<FiringAlert>> OfAlertmanagerAsync(HttpEndpoint endpoint, EngineContext context, CancellationToken cancel)
    {
        Uri url = endpoint.Below("api/v2/alerts", "active=true&silenced=true&inhibited=true&unprocessed=true");
        HttpAnswer answer = await endpoint.SendAsync(context, () => new HttpRequestMessage(HttpMethod.Get, url), cancel).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            string next = answer.Status switch
            {
                401 or 403 => "Check 'auth' and 'headers' of this check.",
                404 => "Check the URL: it ends before /api/v2, with the path prefix if there is one; for Prometheus say 'api: prometheus'.",
                _ => "See whether Alertmanager runs and what its log says.",
            };
            throw new ReadyOpsException("AlertmanagerRefused", string.Create(CultureInfo.InvariantCulture, $"{endpoint.Display} answered with status {answer.Status} instead of its alerts: {answer.Excerpt()}"), next);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(answer.Body);
            if (document.RootElement.ValueKind != JsonValueKind.Array) throw new FormatException("a list is expected");
            return [.. document.RootElement.EnumerateArray().Select(Read)];
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new ReadyOpsException("AlertmanagerBadAnswer", $"{endpoint.Display} answered '{answer.Excerpt()}', which is not what Alertmanager's API v2 gives: {e.Message.TrimEnd('.')}.",
                "Check that the URL is Alertmanager's and no proxy or login page stands in between.", e);
        }
    }

    /// <summary>The alerts of Prometheus' API v1, pending ones included.</summary>
    /// <exception cref="ReadyOpsException">Those of <see cref="PrometheusClient"/>.</exception>
    public static async Task<IReadOnlyList<FiringAlert>> OfPrometheusAsync(HttpEndpoint endpoint, EngineContext context, CancellationToken cancel)
    {
        PrometheusAnswer<IReadOnlyList<PrometheusAlert>> answer = await new PrometheusClient(endpoint, context).AlertsAsync(cancel).ConfigureAwait(false);
        if (answer.Warnings.Count > 0) throw new ReadyOpsException("PrometheusBadAnswer", $"{endpoint.Display} warns that its alerts may not be all: {Judge.Cut(answer.Warnings[0])}", "See what its warning says.");
        return [.. answer.Data.Select(alert => new FiringAlert(alert.Labels)
        {
            Since = alert.ActiveAt,
            Summary = alert.Annotations.GetValueOrDefault("summary", ""),
            Pending = alert.State == "pending",
        })];
    }

    private static FiringAlert Read(JsonElement alert)
    {
        JsonElement status = alert.Member("status");
        // A state of a later version is taken for firing: only what is known to be quiet is.
        return new FiringAlert(Texts(alert.Member("labels")))
        {
            Since = DateTimeOffset.TryParse(alert.Member("startsAt").GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset start) ? start : null,
            Summary = alert.TryGetProperty("annotations", out JsonElement annotations) ? Texts(annotations).GetValueOrDefault("summary", "") : "",
            Silenced = status.Member("silencedBy") is { ValueKind: JsonValueKind.Array } silences && silences.GetArrayLength() > 0,
            Inhibited = status.Member("inhibitedBy") is { ValueKind: JsonValueKind.Array } inhibitors && inhibitors.GetArrayLength() > 0,
        };
    }

    private static JsonElement Member(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out JsonElement value) ? value : throw new FormatException($"an alert has no '{name}'");

    private static Dictionary<string, string> Texts(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException("labels and annotations are objects");
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty one in json.EnumerateObject()) texts[one.Name] = one.Value.GetString() ?? throw new FormatException($"'{one.Name}' is no text");
        return texts;
    }
}
