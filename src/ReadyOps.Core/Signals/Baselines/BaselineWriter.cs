using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>Writes a baseline as a document that <see cref="BaselineReader"/> reads back.</summary>
public static class BaselineWriter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The document: JSON for a file named <c>.json</c>, else YAML.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="file">What the file is called.</param>
    public static string Write(PerformanceBaseline baseline, string file)
    {
        JsonObject document = ToDocument(baseline);
        return Path.GetExtension(file).Equals(".json", StringComparison.OrdinalIgnoreCase) ? document.ToJsonString(Indented) + "\n" : YamlText.Write(document);
    }

    /// <summary>
    /// SHA-256 over what must not change after the capture, as JSON without blanks: name, release, where the measurements come from, and
    /// of each metric what was asked and what it was like. Tolerances, directions and other terms of the comparison are left out.
    /// </summary>
    public static string DigestOf(PerformanceBaseline baseline)
    {
        JsonObject captured = Captured(baseline);
        captured.Remove("digest");
        var all = new JsonObject
        {
            ["name"] = baseline.Name,
            ["release"] = baseline.Release,
            ["timeZone"] = baseline.TimeZone,
            ["captured"] = captured,
            ["metrics"] = new JsonArray([.. baseline.Metrics.Where(metric => metric.Values is not null).Select(metric => (JsonNode)Asked(metric, text => text, withMeasurement: true))]),
        };
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToJsonString()))).ToLowerInvariant();
    }

    private static JsonObject ToDocument(PerformanceBaseline baseline)
    {
        var document = new JsonObject { ["apiVersion"] = DocumentHeader.ApiVersion, ["kind"] = "Baseline", ["name"] = baseline.Name };
        if (baseline.Description.Length > 0) document["description"] = YamlScalar.Literal(baseline.Description);
        if (baseline.Release.Length > 0) document["release"] = YamlScalar.Literal(baseline.Release);
        document["span"] = Quantities.Format(baseline.Span);
        if (baseline.SameHourOfWeek)
        {
            document["sameHourOfWeek"] = true;
            document["timeZone"] = baseline.TimeZone;
            document["minWeeks"] = baseline.MinWeeks;
        }

        if (baseline.CapturedAt is not null)
        {
            JsonObject captured = Captured(baseline);
            foreach (string name in captured.Select(member => member.Key).ToArray()) captured[name] = YamlScalar.Literal(captured[name]!.GetValue<string>());
            document["captured"] = captured;
        }

        document["metrics"] = new JsonArray([.. baseline.Metrics.Select(metric => (JsonNode)Metric(metric))]);
        return document;
    }

    private static JsonObject Captured(PerformanceBaseline baseline)
    {
        var captured = new JsonObject
        {
            ["by"] = baseline.CapturedBy,
            ["host"] = baseline.Host,
            ["at"] = Moment(baseline.CapturedAt!.Value),
            ["start"] = Moment(baseline.Start),
            ["end"] = Moment(baseline.End),
            ["endpoint"] = baseline.Endpoint,
        };
        if (baseline.PrometheusVersion.Length > 0) captured["version"] = baseline.PrometheusVersion;
        if (baseline.PrometheusRevision.Length > 0) captured["revision"] = baseline.PrometheusRevision;
        captured["digest"] = baseline.Digest;
        return captured;
    }

    private static JsonObject Metric(BaselineMetric metric)
    {
        JsonObject json = Asked(metric, Literal, withMeasurement: false);
        if (metric.Description.Length > 0) json["description"] = YamlScalar.Literal(metric.Description);
        json["tolerance"] = metric.Tolerance;
        json["direction"] = metric.Direction.ToString().ToLowerInvariant();
        json["statistics"] = new JsonArray([.. metric.Statistics.Select(statistic => (JsonNode)BaselineFigures.NameOf(statistic))]);
        json["minSamples"] = metric.MinSamples;
        if (metric.Values is not null) json["measured"] = Measured(metric);
        return json;
    }

    // What stands for the window stays what stands for the window.
    private static string Literal(string text) =>
        YamlScalar.Literal(text).Replace("$" + PrometheusSignalSource.WindowVariable, PrometheusSignalSource.WindowVariable, StringComparison.Ordinal);

    private static JsonObject Asked(BaselineMetric metric, Func<string, string> literal, bool withMeasurement)
    {
        var json = new JsonObject { ["name"] = withMeasurement ? metric.Name : YamlScalar.Literal(metric.Name), ["query"] = literal(metric.Query) };
        if (metric.Unit != Unit.None) json["unit"] = metric.Unit.ToString().ToLowerInvariant();
        if (metric.Reduce.Length > 0) json["reduce"] = metric.Reduce;
        json["interval"] = Quantities.Format(metric.Interval);
        json["window"] = Quantities.Format(metric.Window);
        if (withMeasurement && metric.Values is not null) json["measured"] = Measured(metric, escape: false);
        return json;
    }

    private static JsonObject Measured(BaselineMetric metric, bool escape = true)
    {
        JsonObject json = Values(new JsonObject(), metric.Values!);
        json["expected"] = metric.Expected;
        json["gaps"] = metric.Gaps;
        if (metric.Gaps > 0) json["longestGap"] = Quantities.Format(metric.LongestGap);
        if (metric.Empty > 0) json["empty"] = metric.Empty;
        if (metric.Warnings.Count > 0) json["warnings"] = new JsonArray([.. metric.Warnings.Select(text => (JsonNode)(escape ? YamlScalar.Literal(text) : text))]);
        json["digest"] = metric.Digest;
        if (metric.Hours.Count > 0)
            json["hours"] = new JsonArray([.. metric.Hours.Select(hour => (JsonNode)Values(new JsonObject { ["hour"] = hour.Hour, ["name"] = hour.Name, ["weeks"] = hour.Weeks }, hour.Values))]);
        return json;
    }

    private static JsonObject Values(JsonObject json, BaselineValues values)
    {
        json["n"] = values.N;
        foreach (BaselineStatistic statistic in Enum.GetValues<BaselineStatistic>()) json[BaselineFigures.NameOf(statistic)] = values.Of(statistic);
        return json;
    }

    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
