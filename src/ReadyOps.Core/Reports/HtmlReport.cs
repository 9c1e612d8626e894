using System.Globalization;
using System.Net;
using System.Text;

namespace ReadyOps.Core.Reports;

/// <summary>
/// One page that needs nothing else: no script, nothing fetched, every text encoded. A verdict shows by word and sign as well as by
/// colour, and all of it is there in print.
/// </summary>
internal static class HtmlReport
{
    // What slips through the encoding still could not run or fetch anything.
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'";

    private static readonly Lazy<string> Style = new(() =>
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    });

    public static string Write(IReadOnlyList<GateResult> results, GateReportOptions options)
    {
        var html = new StringBuilder();
        string title = string.Join(", ", results.Select(result => $"{ReportText.Name(result.Gate)}: {ReportText.Status(result)}"));
        html.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <title>{Text(title)}</title>
            <style>
            {Style.Value}</style>
            </head>
            <body>
            <main>

            """);
        foreach (GateResult result in results) Gate(html, result, options);
        html.Append("</main>\n</body>\n</html>\n");
        return html.ToString().ReplaceLineEndings("\n");
    }

    private static void Gate(StringBuilder html, GateResult result, GateReportOptions options)
    {
        (string look, string mark) = result.StaleSince is null ? LookOf(result.Status) : LookOf(Verdict.Stale);
        html.Append(CultureInfo.InvariantCulture, $"""
            <article class="{look}">
            <header>
            <p class="kind">Deployment gate</p>
            <h1>{Text(ReportText.Name(result.Gate))}</h1>
            <p class="status"><span class="chip {look}"><span aria-hidden="true">{mark}</span> {ReportText.Status(result)}</span></p>
            <p class="reason">{Text(result.Reason)}</p>
            {Bar(result)}
            <dl>

            """);
        Fact(html, "Release", result.Release);
        Fact(html, "Score", ReportText.Score(result));
        Fact(html, "Checks", ReportText.Counts(result));
        Fact(html, "Decided", ReportText.Decided(result));
        Fact(html, "Valid until", ReportText.ValidUntil(result));
        Fact(html, "Journal", result.JournalReference);
        Fact(html, "Document", result.Digest.Length > 0 ? $"SHA-256 {result.Digest}" : "");
        html.Append("</dl>\n</header>\n");
        Section(html, "Prerequisites", "", result.Prerequisites, options);
        foreach (GateSection section in result.Sections)
            Section(html, ReportText.Name(section.Name), $"score {ReportText.Number(section.Score)}, weight {ReportText.Number(section.Weight)}", section.Evidence, options);
        html.Append("</article>\n");
    }

    private static string Bar(GateResult result)
    {
        string score = Percent(result.Score), needed = Percent(result.PassScore);
        return $"""<div class="bar" role="img" aria-label="Score {ReportText.Score(result)}"><div class="filled" style="width:{score}%"></div><div class="needed" style="left:{needed}%"></div></div>""";
    }

    private static void Section(StringBuilder html, string name, string note, IReadOnlyList<Evidence> all, GateReportOptions options)
    {
        if (all.Count == 0) return;
        html.Append(CultureInfo.InvariantCulture, $"""
            <section>
            <h2>{Text(name)} <small>{Text(note)}</small></h2>
            <table>
            <thead><tr><th scope="col">Verdict</th><th scope="col">Check</th><th scope="col">Value</th><th scope="col">Bound</th><th scope="col">Why</th></tr></thead>
            <tbody>

            """);
        foreach (Evidence evidence in all) Row(html, evidence, options, 0);
        html.Append("</tbody>\n</table>\n</section>\n");
    }

    private static void Row(StringBuilder html, Evidence evidence, GateReportOptions options, int depth)
    {
        (string look, string mark) = LookOf(evidence.Verdict);
        string place = ReportText.PlaceText(evidence.Source, options);
        if (evidence.Guessed) place += place.Length > 0 ? ", guessed from a checklist" : "guessed from a checklist";
        html.Append(CultureInfo.InvariantCulture, $"""
            <tr{(depth > 0 ? " class=\"part\"" : "")}>
            <td><span class="chip {look}"><span aria-hidden="true">{mark}</span> {evidence.Verdict}</span></td>
            <th scope="row">{Text(ReportText.Name(evidence.Check))}<span class="place">{Text(place)}</span></th>
            <td class="value">{Text(ReportText.Value(evidence))}</td>
            <td class="value">{Text(evidence.Bound?.Text ?? "")}</td>
            <td>{Text(evidence.Reason)}{Below(evidence)}</td>
            </tr>

            """);
        foreach (Evidence part in evidence.Parts) Row(html, part, options, depth + 1);
    }

    private static string Below(Evidence evidence)
    {
        var html = new StringBuilder();
        // What the parts say stands in their own rows.
        if (evidence.Parts.Count == 0 && evidence.Details.Count > 0)
            html.Append("<ul>").AppendJoin("", evidence.Details.Select(detail => $"<li>{Text(detail)}</li>")).Append("</ul>");
        if (evidence.NextStep.Length > 0) html.Append(CultureInfo.InvariantCulture, $"<p class=\"next\">Next: {Text(evidence.NextStep)}</p>");
        return html.ToString();
    }

    private static void Fact(StringBuilder html, string what, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value)) html.Append(CultureInfo.InvariantCulture, $"<div><dt>{what}</dt><dd>{Text(value)}</dd></div>\n");
    }

    private static (string Look, string Mark) LookOf(GateStatus status) => status switch
    {
        GateStatus.Passed => ("good", "✓"),
        GateStatus.Failed => ("bad", "✗"),
        GateStatus.Blocked => ("open", "?"),
        _ => ("skipped", "–"),
    };

    private static (string Look, string Mark) LookOf(Verdict verdict) => verdict switch
    {
        Verdict.Pass => ("good", "✓"),
        Verdict.Fail => ("bad", "✗"),
        Verdict.Skipped => ("skipped", "–"),
        Verdict.Error => ("open", "!"),
        _ => ("open", "?"),
    };

    private static string Percent(double value) => ReportText.Number(Math.Clamp(value, 0, 100));

    private static string Text(string text) => WebUtility.HtmlEncode(ReportText.Line(text));
}
