using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Reports;

/// <summary>
/// SARIF 2.1.0 (OASIS): a run for each gate, a rule for each type of check, a result for each check. A check that passed has the kind
/// <c>pass</c>, one that was not run <c>notApplicable</c>, every other is a finding: an error where the gate did not pass, and a
/// warning where it passed all the same.
/// </summary>
internal static class SarifReport
{
    private const string Schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

    // The rule of a gate whose checks do not show why it did not pass.
    private const string Decision = "gate-decision";

    public static string Write(IReadOnlyList<GateResult> results, GateReportOptions options) => JsonReport.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("$schema", Schema);
        writer.WriteString("version", "2.1.0");
        writer.WriteStartArray("runs");
        foreach (GateResult result in results) WriteRun(writer, result, options);
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private static void WriteRun(Utf8JsonWriter writer, GateResult result, GateReportOptions options)
    {
        bool explained = GateReport.Explains(result);
        List<string> rules = [.. result.Evidence.Select(one => ReportText.Name(one.Type)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (!explained) rules.Add(Decision);

        writer.WriteStartObject();
        WriteTool(writer, rules);
        writer.WriteStartObject("automationDetails");
        writer.WriteString("id", $"readyops/{ReportText.Name(result.Gate)}/");
        WriteMessage(writer, "description", result.ToString());
        writer.WriteEndObject();
        writer.WriteString("columnKind", "utf16CodeUnits");
        writer.WriteStartArray("invocations");
        writer.WriteStartObject();
        writer.WriteBoolean("executionSuccessful", result.Evidence.Count > 0);
        writer.WriteString("startTimeUtc", Moment(result.Time - result.Duration));
        writer.WriteString("endTimeUtc", Moment(result.Time));
        writer.WriteEndObject();
        writer.WriteEndArray();
        WriteProperties(writer, ("gate", result.Gate), ("release", result.Release), ("status", ReportText.Status(result)), ("score", ReportText.Number(result.Score)),
            ("passScore", ReportText.Number(result.PassScore)), ("digest", result.Digest), ("journal", result.JournalReference));

        writer.WriteStartArray("results");
        foreach (Evidence evidence in result.Prerequisites) WriteResult(writer, result, "prerequisites", evidence, rules, options);
        foreach (GateSection section in result.Sections)
            foreach (Evidence evidence in section.Evidence) WriteResult(writer, result, section.Name, evidence, rules, options);
        if (!explained) WriteResult(writer, result, "", GateReport.Decision(result, Decision, Decision), rules, options);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteTool(Utf8JsonWriter writer, List<string> rules)
    {
        writer.WriteStartObject("tool");
        writer.WriteStartObject("driver");
        writer.WriteString("name", "ReadyOps");
        writer.WriteString("semanticVersion", typeof(SarifReport).Assembly.GetName().Version!.ToString(3));
        writer.WriteStartArray("rules");
        foreach (string rule in rules)
        {
            writer.WriteStartObject();
            writer.WriteString("id", rule);
            string summary = rule == Decision ? "The gate as a whole did not pass, or no longer does." : CheckTypes.Find(rule)?.Summary ?? $"A check of type {rule}.";
            WriteMessage(writer, "shortDescription", summary);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, GateResult result, string section, Evidence evidence, List<string> rules, GateReportOptions options)
    {
        (string kind, string level) = evidence.Verdict switch
        {
            Verdict.Pass => ("pass", "none"),
            Verdict.Skipped => ("notApplicable", "none"),
            _ => ("fail", GateReport.Holds(result) ? "warning" : "error"),
        };
        string rule = ReportText.Name(evidence.Type);
        writer.WriteStartObject();
        writer.WriteString("ruleId", rule);
        writer.WriteNumber("ruleIndex", rules.IndexOf(rule));
        writer.WriteString("kind", kind);
        writer.WriteString("level", level);
        WriteMessage(writer, "message", evidence.NextStep.Length > 0 ? $"{evidence} Next: {evidence.NextStep}" : evidence.ToString());
        WriteLocation(writer, result.Gate, section, evidence, options);
        writer.WriteStartObject("partialFingerprints");
        // The same check of the same gate is the same finding, wherever it stands in its document by now.
        writer.WriteString("readyopsCheck/v1", Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{result.Gate}\n{evidence.Check}")))[..32].ToLowerInvariant());
        writer.WriteEndObject();
        WriteProperties(writer, ("check", evidence.Check), ("section", section), ("verdict", evidence.Verdict.ToString()),
            ("value", ReportText.Value(evidence)), ("bound", evidence.Bound?.Text), ("details", string.Join('\n', evidence.Details)));
        writer.WriteEndObject();
    }

    private static void WriteLocation(Utf8JsonWriter writer, string gate, string section, Evidence evidence, GateReportOptions options)
    {
        writer.WriteStartArray("locations");
        writer.WriteStartObject();
        if (ReportText.Place(evidence.Source, options) is { } place)
        {
            writer.WriteStartObject("physicalLocation");
            writer.WriteStartObject("artifactLocation");
            writer.WriteString("uri", UriOf(place.File));
            writer.WriteEndObject();
            if (place.Line > 0)
            {
                writer.WriteStartObject("region");
                writer.WriteNumber("startLine", place.Line);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteStartArray("logicalLocations");
        writer.WriteStartObject();
        writer.WriteString("name", ReportText.Name(evidence.Check));
        writer.WriteString("fullyQualifiedName", string.Join('/', ((string[])[gate, section, evidence.Check]).Where(part => part.Length > 0).Select(ReportText.Name)));
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static string UriOf(string file)
    {
        string escaped = string.Join('/', ReportText.Line(file).Split('/').Select(Uri.EscapeDataString));
        if (file.StartsWith('/')) return "file://" + escaped;
        return Path.IsPathFullyQualified(file) ? "file:///" + escaped.Replace("%3A", ":", StringComparison.Ordinal) : escaped;
    }

    private static void WriteProperties(Utf8JsonWriter writer, params ReadOnlySpan<(string Name, string? Value)> properties)
    {
        writer.WriteStartObject("properties");
        foreach ((string name, string? value) in properties)
            if (!string.IsNullOrEmpty(value)) writer.WriteString(name, ReportText.Lines(value));
        writer.WriteEndObject();
    }

    // In a SARIF message braces hold placeholders (3.11.5) and brackets before parentheses links (3.11.6).
    private static void WriteMessage(Utf8JsonWriter writer, string name, string text)
    {
        string plain = ReportText.Line(text).Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        if (plain.Contains("](", StringComparison.Ordinal))
            plain = plain.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal);
        writer.WriteStartObject(name);
        writer.WriteString("text", plain.Length > 0 ? plain : "(nothing)");
        writer.WriteEndObject();
    }

    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
