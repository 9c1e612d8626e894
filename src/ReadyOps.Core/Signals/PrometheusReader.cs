using System.Globalization;
using System.Text.Json;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Reads what Prometheus' HTTP API tells of itself (https://prometheus.io/docs/prometheus/latest/querying/api/): alerts, targets,
/// version. Whatever does not fit is a <see cref="FormatException"/> that says what.
/// </summary>
internal static class PrometheusReader
{
    public static IReadOnlyList<PrometheusAlert> Alerts(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes) => Alerts(JsonElement.ParseValue(ref json));

    public static IReadOnlyList<PrometheusTarget> Targets(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes) => Targets(JsonElement.ParseValue(ref json));

    public static PrometheusBuildInfo BuildInfo(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes) => BuildInfo(JsonElement.ParseValue(ref json));

    private static IReadOnlyList<PrometheusAlert> Alerts(JsonElement data) =>
    [
        .. Items(Member(data, "alerts"), "alerts").Select(alert =>
        {
            IReadOnlyDictionary<string, string> labels = Labels(Member(alert, "labels"));
            return new PrometheusAlert
            {
                Name = labels.GetValueOrDefault("alertname", ""),
                State = Text(alert, "state"),
                ActiveAt = OptionalTime(alert, "activeAt"),
                Value = OptionalText(alert, "value") is { Length: > 0 } value ? Number(value) : double.NaN,
                Labels = labels,
                Annotations = alert.TryGetProperty("annotations", out JsonElement annotations) ? Labels(annotations) : NoLabels,
            };
        }),
    ];

    private static IReadOnlyList<PrometheusTarget> Targets(JsonElement data) =>
    [
        .. Items(Member(data, "activeTargets"), "activeTargets").Select(target =>
        {
            IReadOnlyDictionary<string, string> labels = Labels(Member(target, "labels"));
            return new PrometheusTarget
            {
                Job = labels.GetValueOrDefault("job", ""),
                Instance = labels.GetValueOrDefault("instance", ""),
                Health = Text(target, "health"),
                LastError = OptionalText(target, "lastError"),
                LastScrape = OptionalTime(target, "lastScrape"),
                LastScrapeSeconds = target.TryGetProperty("lastScrapeDuration", out JsonElement took) && took.ValueKind == JsonValueKind.Number ? took.GetDouble() : 0,
                ScrapeUrl = OptionalText(target, "scrapeUrl"),
                Labels = labels,
            };
        }),
    ];

    private static PrometheusBuildInfo BuildInfo(JsonElement data) =>
        new(Text(data, "version"), OptionalText(data, "revision"), OptionalText(data, "branch"), OptionalText(data, "goVersion"));

    private static string OptionalText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value
        : throw new FormatException($"'{name}' is missing");

    private static string Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw new FormatException($"'{name}' is not a text");

    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private static JsonElement.ArrayEnumerator Items(JsonElement list, string name) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new FormatException($"'{name}' is not a list");

    private static Dictionary<string, string> Labels(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException("labels are not an object");
        var labels = new Dictionary<string, string>();
        foreach (JsonProperty label in element.EnumerateObject())
        {
            if (label.Value.ValueKind != JsonValueKind.String) throw new FormatException($"label '{Shorten(label.Name)}' is not a text");
            labels[label.Name] = label.Value.GetString()!;
        }

        return labels;
    }

    /// <summary>A number as Go writes it: <c>1e-07</c>, <c>+Inf</c>, <c>NaN</c>.</summary>
    internal static double Number(string text) => TryNumber(text, out double value) ? value : throw new FormatException($"'{Shorten(text)}' is no number");

    /// <summary>Reads a number as Go writes it.</summary>
    internal static bool TryNumber(ReadOnlySpan<char> text, out double value)
    {
        if (Is(text, "NaN")) value = double.NaN;
        else if (Is(text, "+Inf") || Is(text, "Inf")) value = double.PositiveInfinity;
        else if (Is(text, "-Inf")) value = double.NegativeInfinity;
        else
        {
            const NumberStyles Go = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            return double.TryParse(text, Go, CultureInfo.InvariantCulture, out value) && (double.IsFinite(value) || char.IsAsciiDigit(text[^1]));
        }

        return true;

        static bool Is(ReadOnlySpan<char> text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    private static DateTimeOffset? OptionalTime(JsonElement parent, string name)
    {
        // Go writes a time that was never set as year 1.
        bool read = DateTimeOffset.TryParse(OptionalText(parent, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time);
        return read && time.Year > 1 ? time : null;
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
