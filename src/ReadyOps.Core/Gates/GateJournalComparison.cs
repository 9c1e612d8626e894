using System.Globalization;
using System.Text.Json;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>
/// A comparison in the journal. JSON has no infinite numbers, and ratios can be: where the baseline has nothing and the canary
/// something. They are written as the texts <c>Infinity</c> and <c>-Infinity</c>.
/// </summary>
internal static class GateJournalComparison
{
    /// <summary>Writes it as the member <c>comparison</c>.</summary>
    public static void Write(Utf8JsonWriter writer, MetricComparison comparison)
    {
        writer.WriteStartObject("comparison");
        writer.WriteString("verdict", comparison.Verdict.ToString());
        writer.WriteString("reason", comparison.Reason);
        if (comparison.NextStep.Length > 0) writer.WriteString("nextStep", comparison.NextStep);
        writer.WriteString("method", comparison.Method);
        writer.WriteString("direction", comparison.Direction.ToString());
        foreach ((string name, double? value) in Numbers(comparison)) Write(writer, name, value);
        if (comparison.Notes.Count > 0)
        {
            writer.WriteStartArray("notes");
            foreach (string note in comparison.Notes) writer.WriteStringValue(note);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Reads it back.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static MetricComparison Read(JsonElement json) => new()
    {
        Verdict = GateJournalReader.Word<Verdict>(json, "verdict"),
        Reason = Text(json, "reason"),
        NextStep = json.TryGetProperty("nextStep", out JsonElement next) ? JournalJson.Text(next) : "",
        Method = Text(json, "method"),
        Direction = GateJournalReader.Word<ComparisonDirection>(json, "direction"),
        PValue = Number(json, "pValue"),
        Shift = Number(json, "shift"),
        Low = Number(json, "low"),
        High = Number(json, "high"),
        Ratio = Number(json, "ratio"),
        RatioLow = Number(json, "ratioLow"),
        RatioHigh = Number(json, "ratioHigh"),
        Cles = Number(json, "cles"),
        BaselineN = Number(json, "baselineN") ?? 0,
        CanaryN = Number(json, "canaryN") ?? 0,
        MinimumN = Number(json, "minimumN") ?? 0,
        Baseline = Number(json, "baseline"),
        Canary = Number(json, "canary"),
        Confidence = Number(json, "confidence") ?? 0,
        Tolerance = Number(json, "tolerance") ?? 0,
        Notes = json.TryGetProperty("notes", out JsonElement notes) ? [.. notes.EnumerateArray().Select(JournalJson.Text)] : [],
    };

    private static (string Name, double? Value)[] Numbers(MetricComparison of) =>
    [
        ("pValue", of.PValue), ("shift", of.Shift), ("low", of.Low), ("high", of.High), ("ratio", of.Ratio), ("ratioLow", of.RatioLow), ("ratioHigh", of.RatioHigh),
        ("cles", of.Cles), ("baselineN", of.BaselineN), ("canaryN", of.CanaryN), ("minimumN", of.MinimumN), ("baseline", of.Baseline), ("canary", of.Canary),
        ("confidence", of.Confidence), ("tolerance", of.Tolerance),
    ];

    private static void Write(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } known && double.IsFinite(known)) writer.WriteNumber(name, known);
        else if (value is { } other) writer.WriteString(name, other.ToString(CultureInfo.InvariantCulture));
    }

    private static double? Number(JsonElement json, string name) =>
        !json.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
        : double.TryParse(JournalJson.Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number
        : throw new FormatException($"'{name}' is no number");

    private static string Text(JsonElement json, string name) => JournalJson.Text(json.GetProperty(name));
}
