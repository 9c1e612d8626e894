using System.Globalization;
using System.Text.Json;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Reads the JSON of Prometheus' HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/). Whatever does not fit
/// is a <see cref="FormatException"/> that says what.
/// </summary>
internal static class PrometheusReader
{
    public static IReadOnlyList<MetricSample> Instant(JsonElement data)
    {
        JsonElement result = Member(data, "result");
        string type = Text(data, "resultType");
        switch (type)
        {
            case "vector":
                var samples = new List<MetricSample>();
                foreach (JsonElement series in Items(result, "result"))
                {
                    (string name, IReadOnlyDictionary<string, string> labels) = Series(series);
                    RefuseHistogram(series, "histogram", name, labels);
                    samples.Add(Sample(name, labels, Member(series, "value")));
                }

                return samples;
            case "scalar":
                return [Sample("", NoLabels, result)];
            case "matrix":
                throw new ReadyOpsException("PrometheusNoValue", "The query gives a range of samples for each series, not one value.",
                    "Put a function such as rate(…) or max_over_time(…) around the range selector.");
            case "string":
                throw new ReadyOpsException("PrometheusNoValue", "The query gives a string, not a number.", "Ask for a number.");
            default:
                throw new FormatException($"unknown resultType '{Shorten(type)}'");
        }
    }

    public static IReadOnlyList<MetricSeries> Range(JsonElement data)
    {
        string type = Text(data, "resultType");
        if (type != "matrix") throw new FormatException($"resultType is '{Shorten(type)}' where a range gives 'matrix'");
        var all = new List<MetricSeries>();
        foreach (JsonElement series in Items(Member(data, "result"), "result"))
        {
            (string name, IReadOnlyDictionary<string, string> labels) = Series(series);
            RefuseHistogram(series, "histograms", name, labels);
            JsonElement values = Member(series, "values");
            var samples = new List<MetricSample>();
            foreach (JsonElement value in Items(values, "values")) samples.Add(Sample(name, labels, value));
            all.Add(new MetricSeries { Name = name, Labels = labels, Samples = samples });
        }

        return all;
    }

    public static IReadOnlyList<PrometheusAlert> Alerts(JsonElement data) =>
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

    public static IReadOnlyList<PrometheusTarget> Targets(JsonElement data) =>
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

    public static PrometheusBuildInfo BuildInfo(JsonElement data) =>
        new(Text(data, "version"), OptionalText(data, "revision"), OptionalText(data, "branch"), OptionalText(data, "goVersion"));

    /// <summary>The texts of a list that may be missing.</summary>
    public static IReadOnlyList<string> Remarks(JsonElement envelope, string name) =>
        !envelope.TryGetProperty(name, out JsonElement list) || list.ValueKind == JsonValueKind.Null ? []
        : [.. Items(list, name).Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText())];

    public static string OptionalText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static JsonElement Member(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) ? value
        : throw new FormatException($"'{name}' is missing");

    public static string Text(JsonElement parent, string name) =>
        Member(parent, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw new FormatException($"'{name}' is not a text");

    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    private static JsonElement.ArrayEnumerator Items(JsonElement list, string name) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new FormatException($"'{name}' is not a list");

    private static (string Name, IReadOnlyDictionary<string, string> Labels) Series(JsonElement series)
    {
        Dictionary<string, string> labels = Labels(Member(series, "metric"));
        labels.Remove("__name__", out string? name);
        return (name ?? "", labels);
    }

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

    private static void RefuseHistogram(JsonElement series, string member, string name, IReadOnlyDictionary<string, string> labels)
    {
        if (!series.TryGetProperty(member, out _)) return;
        throw new ReadyOpsException("PrometheusNativeHistogram", $"{MetricSeries.Write(name, labels)} is a native histogram, not a number.",
            "Put histogram_quantile(…), histogram_count(…) or histogram_sum(…) around it.");
    }

    private static MetricSample Sample(string name, IReadOnlyDictionary<string, string> labels, JsonElement pair)
    {
        if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2) throw new FormatException("a sample is not a pair of time and value");
        if (pair[0].ValueKind != JsonValueKind.Number) throw new FormatException("the time of a sample is not a number");
        if (pair[1].ValueKind != JsonValueKind.String) throw new FormatException("the value of a sample is not a text");
        // Rounded rather than cut: the double nearest to 1795216640.102 may lie below it.
        double milliseconds = Math.Round(pair[0].GetDouble() * 1000);
        if (!(milliseconds >= EarliestMs && milliseconds <= LatestMs)) throw new FormatException($"{pair[0].GetRawText()} is no time");
        return new MetricSample
        {
            Name = name,
            Labels = labels,
            Time = DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds),
            Value = Number(pair[1].GetString()!),
        };
    }

    private static readonly double EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly double LatestMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

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
