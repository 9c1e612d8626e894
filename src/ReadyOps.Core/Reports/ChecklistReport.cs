using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.Reports;

/// <summary>
/// The checklist that a gate was made of, written back: each box ticked by what the checks of its line saw, and by nothing else. A box
/// that no check of the gate looks at is left open, whoever ticked it. Where a line says what must not happen, its box means that it
/// has: it is ticked when its check failed.
/// </summary>
internal static partial class ChecklistReport
{
    // What more checks than this say is counted in their line, not repeated.
    private const int MostTold = 3;
    private const string Unseen = "no check of the gate looks at this";

    /// <summary>Writes the checklist back.</summary>
    /// <exception cref="ReadyOpsException"><c>ChecklistUnrelated</c>: no check comes from it. <c>ChecklistChanged</c>: a check comes from a line that it does not have.</exception>
    public static string Write(IReadOnlyList<GateResult> results, ChecklistSource checklist, GateReportOptions options)
    {
        string file = Path.GetFileName(checklist.File);
        var byLine = results.SelectMany(result => result.Evidence).SelectMany(WithParts)
            .SelectMany(one => LinesIn(file, one), (one, line) => (Evidence: one, Line: line)).ToLookup(one => one.Line, one => one.Evidence);
        if (byLine.Count == 0)
            throw new ReadyOpsException("ChecklistUnrelated", $"None of the checks comes from {file}, so there is nothing to tick in it.", "Give the checklist that ConvertTo-DeploymentGate made the gate of, or leave -Source out.");
        string[] lines = checklist.Text.Split('\n');
        if (byLine.Max(group => group.Key) is var last && last > lines.Length)
        {
            throw new ReadyOpsException("ChecklistChanged", string.Create(CultureInfo.InvariantCulture, $"A check comes from line {last} of {file}, which has {lines.Length} lines by now."),
                "Give the checklist as it was when the gate was made of it, or convert it again.");
        }

        var text = new StringBuilder();
        bool fenced = false;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = ReportText.Lines(lines[i]).Replace('\n', ' ').TrimEnd('\r');
            bool fence = line.TrimStart() is ['`', '`', '`', ..] or ['~', '~', '~', ..];
            text.Append(fence || fenced ? Fenced(line, [.. byLine[i + 1]], checklist.Triggers.Contains(i + 1)) : Rewrite(line, [.. byLine[i + 1]], checklist.Triggers.Contains(i + 1), results));
            if (i < lines.Length - 1) text.Append('\n');
            fenced ^= fence;
        }

        if (text.Length > 0 && text[^1] != '\n') text.Append('\n');
        foreach (GateResult result in results) Append(text, result, file, options);
        return text.ToString();
    }

    private static void Append(StringBuilder text, GateResult result, string file, GateReportOptions options)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n---\n\n## Gate {MarkdownText.Inline(ReportText.Name(result.Gate))}: {ReportText.Status(result)}\n\n");
        MarkdownReport.Decision(text, result);
        Evidence[] others = [.. result.Evidence.Where(one => WithParts(one).All(part => !LinesIn(file, part).Any()))];
        if (others.Length == 0) return;
        text.Append("\n### Checks that are not in the checklist\n\n");
        foreach (Evidence one in others) MarkdownReport.Item(text, one, options);
    }

    private static IEnumerable<Evidence> WithParts(Evidence evidence) => evidence.Parts.SelectMany(WithParts).Prepend(evidence);

    // The folder may be another one by now; the name of the file and the line are what a check knows. It may know several, with commas between.
    private static IEnumerable<int> LinesIn(string file, Evidence evidence) => (evidence.From ?? "").Split(',')
        .Select(from => ReportText.Place(from.Trim(), new GateReportOptions())).OfType<(string File, int Line)>()
        .Where(place => place.Line > 0 && Path.GetFileName(place.File).Equals(file, StringComparison.OrdinalIgnoreCase)).Select(place => place.Line);

    // In a code block nothing is markup, so the note is one of the many that follow a hash.
    private static string Fenced(string line, IReadOnlyList<Evidence> seen, bool trigger)
    {
        if (seen.Count == 0) return line;
        string box = BoxOf(seen, trigger);
        string ticked = Box().IsMatch(line) ? Box().Replace(line, box, 1) : Sign().Replace(line, box + " ", 1);
        return $"{ticked}  # {string.Join("; ", seen.Select(one => $"{one.Verdict}: {ReportText.Line(one.Reason)}"))}";
    }

    private static string Rewrite(string line, IReadOnlyList<Evidence> seen, bool trigger, IReadOnlyList<GateResult> results)
    {
        bool decision = Decision().IsMatch(line);
        if (seen.Count == 0)
        {
            if (decision) return TickDecision(line, results);
            return Box().IsMatch(line) ? Note(Box().Replace(line, "[ ]", 1), $"*{Unseen}*") : line;
        }

        bool passed = seen.All(one => one.Verdict == Verdict.Pass), failed = seen.Any(one => one.Verdict == Verdict.Fail);
        string ticked = decision ? TickDecision(line, passed, failed) : Tick(line, BoxOf(seen, trigger));
        return Note(ticked, seen.Count > MostTold ? Counted(seen) : string.Join("; ", seen.Select(one => seen.Count == 1 ? Told(one) : $"{MarkdownText.Inline(ReportText.Name(one.Check))}: {Told(one)}")));
    }

    private static string Counted(IReadOnlyList<Evidence> seen)
    {
        string count = string.Create(CultureInfo.InvariantCulture, $"{seen.Count(one => one.Verdict == Verdict.Pass)} of {seen.Count} checks passed");
        string open = string.Join(", ", seen.Where(one => one.Verdict != Verdict.Pass).Select(one => $"{MarkdownText.Inline(ReportText.Name(one.Check))} ({one.Verdict})"));
        return open.Length > 0 ? $"{count}, but not {open}" : count;
    }

    private static string Told(Evidence evidence)
    {
        string saying = MarkdownReport.Saying(evidence), verdict = evidence.Verdict.ToString();
        string next = evidence.NextStep.Length > 0 ? $" Next: {MarkdownText.Inline(evidence.NextStep)}" : "";
        return $"**{verdict}**{saying[verdict.Length..]}{next}";
    }

    // A plain bullet gets a box; the sign by which somebody marked it as done gives way to the evidence.
    private static string Tick(string line, string box)
    {
        if (Box().IsMatch(line)) return Box().Replace(line, box, 1);
        return Bullet().Match(line) is { Success: true } bullet ? $"{bullet.Groups[1].Value}{box} {line[bullet.Length..]}" : line;
    }

    private static string BoxOf(IReadOnlyList<Evidence> seen, bool trigger) =>
        (trigger ? seen.Any(one => one.Verdict == Verdict.Fail) : seen.All(one => one.Verdict == Verdict.Pass)) ? "[x]" : "[ ]";

    private static string TickDecision(string line, bool passed, bool failed) =>
        Decision().Replace(line, match => $"[{(IsPass(match) ? passed : failed) switch { true => 'x', false => ' ' }}]{match.Groups[1].Value}{match.Groups[2].Value}");

    // The line that says how the whole gate came out, when it stands alone and there is one gate to say it.
    private static string TickDecision(string line, IReadOnlyList<GateResult> results)
    {
        if (IsRow(line) || results.Count != 1) return TickDecision(line, passed: false, failed: false);
        return Note(TickDecision(line, GateReport.Holds(results[0]), results[0].Status == GateStatus.Failed), $"**{ReportText.Status(results[0])}**: {MarkdownText.Inline(results[0].Reason)}");
    }

    private static bool IsPass(Match match) => match.Groups[2].Value.StartsWith("p", StringComparison.OrdinalIgnoreCase);

    private static bool IsRow(string line) => line.TrimStart().StartsWith('|') && line.TrimEnd().Length > 1 && line.TrimEnd().EndsWith('|');

    // Behind the text of a line, and within the last cell of a row; two blanks at the end break the line and stay there.
    private static string Note(string line, string note)
    {
        string text = line.TrimEnd(), end = line[text.Length..];
        return IsRow(line) ? $"{text[..^1].TrimEnd()} {note} |{end}" : $"{text} — {note}{end}";
    }

    [GeneratedRegex(@"(?<=^\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s+|\|\s*)\[[ xX]\](?=\s|$|\|)")]
    private static partial Regex Box();

    [GeneratedRegex(@"(?<=^\s*(?:[-*+]\s+)?)(?:✅|☑|✔|❌|⏳|🟡|🔴|🟢)\uFE0F?\s*")]
    private static partial Regex Sign();

    [GeneratedRegex(@"\[[ xX]\](\s*)(pass|fail)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Decision();

    [GeneratedRegex(@"^(\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s+)(?:(?:✅|☑|✔|❌|⏳|🟡|🔴|🟢)\uFE0F?\s*)?")]
    private static partial Regex Bullet();
}
