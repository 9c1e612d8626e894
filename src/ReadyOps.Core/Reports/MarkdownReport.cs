using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Reports;

/// <summary>The gate as the checklist that it replaces: sections as headings, checks as boxes, ticked where the evidence passed.</summary>
internal static class MarkdownReport
{
    public static string Write(IReadOnlyList<GateResult> results, GateReportOptions options)
    {
        var text = new StringBuilder();
        foreach (GateResult result in results)
        {
            if (text.Length > 0) text.Append("\n---\n\n");
            text.Append(CultureInfo.InvariantCulture, $"# Gate {MarkdownText.Inline(ReportText.Name(result.Gate))}: {ReportText.Status(result)}\n\n");
            Decision(text, result);
            Section(text, "Prerequisites", result.Prerequisites, options);
            foreach (GateSection section in result.Sections)
            {
                string score = $" (score {ReportText.Number(section.Score)}, weight {ReportText.Number(section.Weight)})";
                Section(text, MarkdownText.Inline(ReportText.Name(section.Name)) + score, section.Evidence, options);
            }
        }

        return text.ToString();
    }

    /// <summary>What was decided, about what, and where it is recorded.</summary>
    public static void Decision(StringBuilder text, GateResult result)
    {
        text.Append(CultureInfo.InvariantCulture, $"**{ReportText.Status(result)}**: {MarkdownText.Inline(result.Reason)}\n\n");
        Fact(text, "Release", result.Release);
        Fact(text, "Score", ReportText.Score(result));
        Fact(text, "Checks", ReportText.Counts(result));
        Fact(text, "Decided", ReportText.Decided(result));
        Fact(text, "Valid until", ReportText.ValidUntil(result));
        Fact(text, "Document", result.Digest.Length > 0 ? $"SHA-256 {result.Digest}" : "");
        Fact(text, "Journal", result.JournalReference);
    }

    /// <summary>One check as an item, with what it says in itself as items below.</summary>
    public static void Item(StringBuilder text, Evidence evidence, GateReportOptions options, int depth = 0)
    {
        string indent = new(' ', 2 * depth);
        text.Append(CultureInfo.InvariantCulture, $"{indent}- [{Tick(evidence.Verdict)}] **{MarkdownText.Inline(ReportText.Name(evidence.Check))}**: {Saying(evidence)}\n");
        foreach (Evidence part in evidence.Parts) Item(text, part, options, depth + 1);
        // What the parts say stands in their own items.
        if (evidence.Parts.Count == 0) foreach (string detail in evidence.Details) Below(text, indent, detail);
        if (evidence.NextStep.Length > 0) Below(text, indent, $"Next: {evidence.NextStep}");
        if (ReportText.PlaceText(evidence.Source, options) is { Length: > 0 } place) Below(text, indent, $"At {place}{(evidence.Guessed ? ", guessed from a checklist" : "")}");
    }

    /// <summary>Verdict, value, bound and reason of a check.</summary>
    public static string Saying(Evidence evidence)
    {
        string value = ReportText.Value(evidence), bound = evidence.Bound?.Text ?? "";
        string measured = (value.Length, bound.Length) switch
        {
            (0, 0) => "",
            (0, _) => $" (bound {bound})",
            (_, 0) => $" ({value})",
            _ => $" ({value}, bound {bound})",
        };
        // Escaping takes off the blank in front.
        string shown = measured.Length > 0 ? " " + MarkdownText.Inline(measured) : "";
        return $"{evidence.Verdict}{shown}. {MarkdownText.Inline(evidence.Reason)}".TrimEnd();
    }

    /// <summary>What stands in the box of a verdict: only a pass is ticked.</summary>
    public static char Tick(Verdict verdict) => verdict == Verdict.Pass ? 'x' : ' ';

    private static void Section(StringBuilder text, string heading, IReadOnlyList<Evidence> all, GateReportOptions options)
    {
        if (all.Count == 0) return;
        text.Append(CultureInfo.InvariantCulture, $"\n## {heading}\n\n");
        foreach (Evidence evidence in all) Item(text, evidence, options);
    }

    private static void Fact(StringBuilder text, string what, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value)) text.Append(CultureInfo.InvariantCulture, $"- {what}: {MarkdownText.Inline(value)}\n");
    }

    private static void Below(StringBuilder text, string indent, string line)
    {
        if (MarkdownText.Start(line) is { Length: > 0 } shown) text.Append(CultureInfo.InvariantCulture, $"{indent}  - {shown}\n");
    }
}
