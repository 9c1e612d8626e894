namespace ReadyOps.Core.Reports;

/// <summary>
/// Tells what gates decided, and by what, in the forms that people and CI systems read. Texts of documents, reports and servers
/// stand in the evidence: every form writes them so that they are nothing but text.
/// </summary>
public static class GateReport
{
    /// <summary>Writes one report of all results.</summary>
    /// <param name="format">Its form.</param>
    /// <param name="results">What the gates decided: at least one.</param>
    /// <param name="options">What counts for all forms.</param>
    /// <exception cref="ReadyOpsException"><c>ReportEmpty</c>: there is no result, and a report of nothing would read like a pass.</exception>
    public static string Write(GateReportFormat format, IReadOnlyList<GateResult> results, GateReportOptions options)
    {
        if (results.Count == 0)
            throw new ReadyOpsException("ReportEmpty", "There is no result of a gate to report, and a report of nothing would read like a pass.", "Pass on what Test-DeploymentGate returns.");
        return format switch
        {
            GateReportFormat.Markdown when options.Checklist is { } checklist => ChecklistReport.Write(results, checklist, options),
            GateReportFormat.Markdown => MarkdownReport.Write(results, options),
            GateReportFormat.Html => HtmlReport.Write(results, options),
            GateReportFormat.Json => JsonReport.Write(results),
            GateReportFormat.JUnit => JUnitReport.Write(results, options),
            GateReportFormat.Sarif => SarifReport.Write(results, options),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    /// <summary>Whether the gate passed and still does: a result from the journal may have gone stale since.</summary>
    internal static bool Holds(GateResult result) => result.Status == GateStatus.Passed && result.StaleSince is null;

    /// <summary>
    /// Whether the evidence shows why a gate did not pass. Where it does not (a document that could not be read has none, a result that
    /// has gone stale shows what was seen then), a report of the checks alone would read like a pass, so it needs the decision as well.
    /// </summary>
    internal static bool Explains(GateResult result) =>
        Holds(result) || (result.Status != GateStatus.Passed && result.Evidence.Any(one => one.Verdict is not (Verdict.Pass or Verdict.Skipped)));

    /// <summary>The decision as evidence of its own, for a result that its evidence does not explain.</summary>
    internal static Evidence Decision(GateResult result, string check, string type) => new()
    {
        Check = check,
        Type = type,
        Verdict = result.StaleSince is null ? Verdict.Error : Verdict.Stale,
        Reason = result.StaleSince is null ? result.Reason : $"The gate is {ReportText.Status(result)}. {result.Reason}",
        Time = result.Time,
        Duration = result.Duration,
    };
}
