using System.Globalization;
using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Gates;

/// <summary>Says what weighed decisions amount to, and which command would be next.</summary>
internal sealed class ApprovalAnswer(ApprovalDemand demand, bool signed, string file, string stateFolder, ApprovalScene scene, string? rollout = null)
{
    public Observation Of(IReadOnlyList<GateApproval> weighed)
    {
        GateApproval[] standing = [.. weighed.Where(one => one.State == ApprovalState.Standing)];
        GateApproval[] approvals = [.. standing.Where(one => one.Decision == ApprovalDecision.Approved)];
        int expired = weighed.Where(one => one.State == ApprovalState.Expired).Select(one => one.Person).Distinct(Person.Names).Count();
        var seen = new Observation
        {
            Verdict = Verdict.Pass,
            Reason = "",
            Value = approvals.Length,
            Bound = new Bound(string.Create(CultureInfo.InvariantCulture, $">= {demand.Required}"), BoundOperator.GreaterOrEqual, Unit.None, [demand.Required]),
            Margin = approvals.Length - demand.Required,
            Details = [.. weighed.Select(Line)],
        };

        if (standing.FirstOrDefault(one => one.Decision == ApprovalDecision.Denied) is { } denial)
        {
            return seen with
            {
                Verdict = Verdict.Fail,
                Reason = $"{denial.Person} denied {Release}{As(denial)} on {ApprovalRules.Moment(denial.Time)}: {Sentence(denial.Reason)}",
                NextStep = Command("Revoke", denial),
            };
        }

        string count = string.Create(CultureInfo.InvariantCulture, $"{approvals.Length} of {demand.Required} {(demand.Required == 1 ? "approval" : "approvals")} of {Release}{Roles}");
        if (approvals.Length >= demand.Required)
        {
            return seen with
            {
                Reason = $"{count}: {string.Join(", ", approvals.Select(one => $"{one.Person}{(one.ExpiresAt is { } end ? $" until {ApprovalRules.Moment(end)}" : "")}"))}.",
                ValidUntil = Validity.Until(approvals.Select(one => one.ExpiresAt), demand.Required),
            };
        }

        bool stale = approvals.Length + expired >= demand.Required;
        string[] notes = [.. weighed.Where(one => one.State is ApprovalState.Expired or ApprovalState.NotCounted || (one.State == ApprovalState.Withdrawn && one.Decision == ApprovalDecision.Approved))
            .Reverse().Take(2).Select(one => $"that of {one.Person} does not count: {one.Note}")];
        return seen with
        {
            Verdict = stale ? Verdict.Stale : Verdict.NoData,
            Reason = $"{count}{(notes.Length > 0 ? $"; {string.Join("; ", notes)}" : "")}.",
            NextStep = Command("Approve", null),
        };
    }

    private string Release => scene.Release is { } release ? $"release {Judge.Cut(release)}" : "no particular release";

    private string Roles => demand.Roles.Count == 0 ? "" : $" as {string.Join(" or ", demand.Roles)}";

    private string Command(string verb, GateApproval? denial)
    {
        string release = scene.Release is { } name ? $"-Release {ShellText.Argument(name)}" : "-NoRelease";
        string role = demand.Roles.Count > 0 && denial is null ? $" -Role {ShellText.Argument(demand.Roles[0])}" : "";
        string actor = denial is null ? "" : $" -Actor {ShellText.Argument(denial.Person)}";
        string signature = signed ? " -Signature <key>" : "";
        string subject = rollout is null ? $"{ShellText.PathParameter(file)} {release}" : $"-Id {ShellText.Argument(rollout)}";
        return $"{verb}-GateApproval {subject} -Check {ShellText.Argument(demand.Check)}{role}{actor} -Reason '…'{signature}{State}";
    }

    // The usual folder needs no word; any other would be missed by the command.
    private string State
    {
        get
        {
            bool usual = !Path.IsPathRooted(stateFolder) || Path.GetFileName(stateFolder) == ".readyops"
                || stateFolder == Environment.GetEnvironmentVariable(Journal.JournalFolder.Variable);
            return usual ? "" : $" -StatePath {ShellText.Argument(stateFolder)}";
        }
    }

    private static string Line(GateApproval one)
    {
        string verb = one.Decision switch { ApprovalDecision.Approved => "approved", ApprovalDecision.Denied => "denied", _ => "withdrew" };
        string until = one.Decision == ApprovalDecision.Approved && one.ExpiresAt is { } end ? $" until {ApprovalRules.Moment(end)}" : "";
        string why = one.Reason.Length > 0 ? $": {Judge.Cut(one.Reason)}" : "";
        string note = one.Note.Length > 0 ? $" [{one.State}: {one.Note}]" : "";
        return $"{one.Person} {verb}{As(one)} on {ApprovalRules.Moment(one.Time)}{until}{(one.Signature.Length > 0 ? $" (signed, {one.Signature})" : "")}{why}{note}";
    }

    private static string As(GateApproval one) => one.Role is { } role ? $" as {Judge.Cut(role)}" : "";

    private static string Sentence(string reason)
    {
        string text = Judge.Cut(reason);
        return text.EndsWith('.') ? text : text + ".";
    }
}
