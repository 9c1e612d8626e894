using System.Management.Automation;
using ReadyOps.Core.Documents;

namespace ReadyOps;

/// <summary>All error records of the module: which id and category a failure has, and what to do next.</summary>
internal static class Errors
{
    /// <summary>Whether a failure is one that the engine says in its own words.</summary>
    public static bool IsExpected(Exception e) => e is ReadyOpsException or DocumentException;

    /// <summary>The records of an expected failure: one for each problem of a document, and one for anything else.</summary>
    public static IEnumerable<ErrorRecord> From(Exception e, object? item) => e switch
    {
        DocumentException document => document.Problems.Select(problem => Invalid(document, problem)),
        ReadyOpsException failure => [From(failure, item)],
        _ => [new ErrorRecord(e, "Unexpected", ErrorCategory.NotSpecified, item)],
    };

    /// <summary>The record of a failure.</summary>
    public static ErrorRecord From(ReadyOpsException failure, object? item) =>
        new(failure, failure.Id, CategoryOf(failure.Id), item) { ErrorDetails = Details(failure.Message, failure.NextStep) };

    /// <summary>A gate that did not pass: an error of its own, because every object is truthy in PowerShell.</summary>
    public static ErrorRecord GateNotPassed(GateResult result) => From(
        new ReadyOpsException("GateNotPassed", $"Gate '{result.Gate}' is {result.Status}{Score(result)}: {result.Reason}", GateNextStep(result)), result);

    /// <summary>An output that does not keep its contract: an error of its own, because every object is truthy in PowerShell.</summary>
    public static ErrorRecord ContractNotKept(ContractResult result) => From(
        new ReadyOpsException("ContractNotKept", $"{result.ToString().TrimEnd('.')}. It does not keep the contract '{result.Contract}'.", $"All {result.Errors.Count} error(s) are in the Errors of the result."), result);

    /// <summary>An objective that does not pass: an error of its own, because every object is truthy in PowerShell.</summary>
    public static ErrorRecord SloNotKept(SloResult result) => From(
        new ReadyOpsException("SloNotKept", $"'{result.Name}' is {result.Verdict}: {result.Reason}", result.NextStep.Length > 0 ? result.NextStep : "Look at the BurnRates and the Budget of the result."), result);

    /// <summary>A metric that does not pass over its span: an error of its own, because every object is truthy in PowerShell.</summary>
    public static ErrorRecord MetricNotPassed(MetricAnalysis result) => From(
        new ReadyOpsException("MetricNotPassed", $"'{result.Name}' is {result.Verdict}: {result.Reason}", "Look at the Changes and the Status of the result."), result);

    /// <summary>An error budget that could not be asked for.</summary>
    public static ErrorRecord ErrorBudgetUnknown(ErrorBudget budget) => From(
        new ReadyOpsException("ErrorBudgetUnavailable", $"The error budget of '{budget.Name}' cannot be told: {budget.Reason}", budget.NextStep), budget);

    /// <summary>A service that is not as its baseline: an error of its own, because every object is truthy in PowerShell.</summary>
    public static ErrorRecord BaselineNotKept(BaselineComparison result) => From(
        new ReadyOpsException("BaselineNotKept", $"'{result.Baseline}' is {result.Verdict}: {result.Reason}", result.NextStep.Length > 0 ? result.NextStep : "Look at the Metrics of the result."), result);

    /// <summary>A journal that is not what was written.</summary>
    public static ErrorRecord JournalDamaged(JournalVerification verification) => From(
        new ReadyOpsException("JournalDamaged", $"Journal '{verification.Stream}' is damaged{(verification.BadLine is { } line ? $" at line {line}" : "")}: {verification.Reason}",
            "The journal itself was not changed. Compare it with a backup, and keep the damaged file as evidence."), verification);

    /// <summary>A path that leads to no file.</summary>
    public static ErrorRecord PathNotFound(string path, string why) => From(
        new ReadyOpsException("PathNotFound", $"'{path}' leads to no file: {why}", "Give the path of a document; wildcards are allowed with -Path, and -LiteralPath takes the name as it is."), path);

    /// <summary>No rollout of that id.</summary>
    public static ErrorRecord RolloutNotFound(string id, string location, IReadOnlyCollection<string> known) => From(
        new ReadyOpsException("RolloutNotFound", $"There is no rollout '{id}' in {location}.", known.Count == 0
            ? "There are none at all: look at -StatePath and $env:READYOPS_STATE."
            : $"Get-ProgressiveRollout lists those that there are, for example {known.Last()}."), id);

    /// <summary>A pattern that fits several rollouts where one is meant.</summary>
    public static ErrorRecord RolloutAmbiguous(string id, IReadOnlyCollection<string> ids) => From(
        new ReadyOpsException("RolloutAmbiguous", $"'{id}' fits {ids.Count} rollouts that have not ended: {string.Join(", ", ids.Take(5))}.", "Name one of them."), id);

    /// <summary>A rollout that ended otherwise than it was meant to.</summary>
    public static ErrorRecord RolloutNotSucceeded(RolloutStatus status) => From(
        new ReadyOpsException("RolloutNotSucceeded", $"Rollout '{status.Id}' is {status.Phase}: {status.Reason}", $"Read what led to it: Get-DeploymentJournal -Stream rollouts/{status.Id}."), status);

    /// <summary>A monitoring window that is no success.</summary>
    public static ErrorRecord WindowNotSucceeded(MonitoringWindow window) => From(
        new ReadyOpsException("MonitoringWindowNotSucceeded", $"Monitoring window '{window.Id}' is {window.Phase}: {window.Reason}", $"Read its reports: (Get-MonitoringWindow -Id {window.Id}).Checkpoints."), window);

    /// <summary>A rollback that could not be verified.</summary>
    public static ErrorRecord RollbackNotVerified(RolloutStatus status) => From(
        new ReadyOpsException("RollbackNotVerified", $"The rollback of '{status.Id}' could not be verified: {status.Reason}", $"Look at {status.Target} yourself, now."), status);

    /// <summary>Nothing of a gate of that name in the journals.</summary>
    public static ErrorRecord GateNotFound(string name, string what, string location, IReadOnlyCollection<string> known) => From(
        new ReadyOpsException("GateNotFound", $"There is no {what} '{name}' in {location}{(Suggestion.For(name, known) is { Length: > 0 } hint ? hint : ".")}", known.Count == 0
            ? "There are none at all: look at -StatePath and $env:READYOPS_STATE."
            : $"There are some of {string.Join(", ", known.Take(5))}{(known.Count > 5 ? ", …" : "")}."), name);

    /// <summary>No journal of that name.</summary>
    public static ErrorRecord StreamNotFound(string stream, string location, IReadOnlyCollection<string> known) => From(
        new ReadyOpsException("JournalNotFound", $"There is no journal '{stream}' in {location}.", known.Count == 0
            ? "There are none at all: look at -StatePath and $env:READYOPS_STATE."
            : $"There are {string.Join(", ", known.Take(5))}{(known.Count > 5 ? ", …" : "")}."), stream);

    private static ErrorRecord Invalid(DocumentException e, DocumentProblem problem) =>
        new(new DocumentException([problem]), "DocumentInvalid", ErrorCategory.ParserError, problem)
        {
            ErrorDetails = Details(problem.ToString(), problem.Expected.Length > 0
                ? $"At line {problem.Line}, column {problem.Column} of {Named(problem)}: {problem.Expected}. Nothing of the document was applied ({e.Problems.Count} problem(s))."
                : $"Correct {Named(problem)}. Nothing of it was applied ({e.Problems.Count} problem(s))."),
        };

    private static string Named(DocumentProblem problem) => problem.File.Length > 0 ? $"'{problem.File}'" : "the text";

    private static ErrorDetails Details(string message, string nextStep) => new(message) { RecommendedAction = nextStep };

    private static string Score(GateResult result) =>
        result.Status == GateStatus.Skipped ? "" : FormattableString.Invariant($" (score {result.Score:0.#} of {result.PassScore:0.#} needed)");

    private static string GateNextStep(GateResult result)
    {
        Evidence[] open = [.. result.Evidence.Where(e => e.Verdict is not (Verdict.Pass or Verdict.Skipped))];
        // Of several, the one that the reason names.
        Evidence? first = open.FirstOrDefault(e => result.Reason.Contains($"'{e.Check}'", StringComparison.Ordinal)) ?? open.FirstOrDefault();
        if (first is { NextStep.Length: > 0 }) return first.NextStep;
        return first is null
            ? "Look at the Sections of the result."
            : $"Begin with check '{first.Check}'{(first.Source is { } source ? $" ({source})" : "")}{(result.Reason.Contains(first.Reason, StringComparison.Ordinal) ? "." : $": {first.Reason}")}";
    }

    // Ids end in what went wrong, so a rule by ending serves every id that the engine has or will have.
    private static ErrorCategory CategoryOf(string id) => id switch
    {
        "GateNotPassed" or "GateStale" or "GateSuperseded" or "ContractNotKept" or "SloNotKept" or "BaselineNotKept" or "MetricNotPassed" => ErrorCategory.InvalidResult,
        "GateForOtherRelease" => ErrorCategory.InvalidArgument,
        _ when Ends(id, "NotFound", "Missing", "Unknown") => ErrorCategory.ObjectNotFound,
        _ when Ends(id, "Damaged", "Invalid", "Malformed") => ErrorCategory.InvalidData,
        _ when Ends(id, "Unreachable", "Broken", "TlsFailed") => ErrorCategory.ConnectionError,
        _ when Ends(id, "Unavailable", "Down") => ErrorCategory.ResourceUnavailable,
        _ when Ends(id, "TooLarge", "TooManyPoints") => ErrorCategory.LimitsExceeded,
        _ when Ends(id, "Unreadable") => ErrorCategory.ReadError,
        _ when Ends(id, "NotWritten") => ErrorCategory.WriteError,
        _ when Ends(id, "Timeout", "TimedOut") => ErrorCategory.OperationTimeout,
        _ when Ends(id, "Busy", "Locked", "Taken", "InUse") => ErrorCategory.ResourceBusy,
        _ when Ends(id, "NotAllowed", "Denied") => ErrorCategory.PermissionDenied,
        _ when Ends(id, "Exists") => ErrorCategory.ResourceExists,
        _ => ErrorCategory.InvalidOperation,
    };

    private static bool Ends(string id, params ReadOnlySpan<string> endings)
    {
        foreach (string ending in endings)
            if (id.EndsWith(ending, StringComparison.Ordinal)) return true;
        return false;
    }
}
