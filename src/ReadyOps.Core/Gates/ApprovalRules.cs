using System.Globalization;

namespace ReadyOps.Core.Gates;

/// <summary>What a check asks people for.</summary>
internal sealed record ApprovalDemand
{
    /// <summary>Name of the check.</summary>
    public required string Check { get; init; }

    /// <summary>The roles that may approve; any when there is none.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The people who may; anybody when there is none.</summary>
    public IReadOnlyList<string> Approvers { get; init; } = [];

    /// <summary>How many people must approve; at least 1.</summary>
    public int Required { get; init; } = 1;

    /// <summary>How long an approval counts at most.</summary>
    public TimeSpan? ValidFor { get; init; }

    /// <summary>Whether whoever asks the gate cannot approve it as well.</summary>
    public bool FourEyes { get; init; }
}

/// <summary>For what and when decisions are weighed.</summary>
/// <param name="Release">The release that is asked about.</param>
/// <param name="Digest">The text of the gate; <see langword="null"/> where no text is at hand and any will do.</param>
/// <param name="Runner">Who asks the gate.</param>
/// <param name="Now">When.</param>
internal readonly record struct ApprovalScene(string? Release, string? Digest, string Runner, DateTimeOffset Now);

/// <summary>
/// Weighs decisions of people: pure. Whatever lifts something (an approval; a denial that is withdrawn) must be beyond doubt: for
/// this release and this text, signed where that is asked for, not dated in the future, and later than what it lifts both by its
/// place in the journal and by its time, so that neither a clock that is wrong nor an old line that is appended again lifts
/// anything. Whatever blocks (a denial, a withdrawn approval) counts in any case.
/// </summary>
internal static class ApprovalRules
{
    /// <summary>What each decision about a check and a release counts for, in order.</summary>
    /// <param name="demand">What the check asks for.</param>
    /// <param name="scene">For what and when.</param>
    /// <param name="decisions">The decisions about this check and this release, in the order of the journal.</param>
    /// <param name="signatureProblem">Why the signature of a decision does not do; <see langword="null"/> when it does or none is needed.</param>
    public static IReadOnlyList<GateApproval> Weigh(
        ApprovalDemand demand, ApprovalScene scene, IReadOnlyList<GateApproval> decisions, Func<GateApproval, string?> signatureProblem)
    {
        string?[] problems = [.. decisions.Select(one => Problem(demand, scene, one, signatureProblem(one)))];
        bool[] doubtful = [.. decisions.Select(one => one.Time > scene.Now || signatureProblem(one) is not null)];
        return [.. decisions.Select((one, i) => one.Decision switch
        {
            ApprovalDecision.Approved => Approval(demand, scene, decisions, problems, i),
            ApprovalDecision.Denied => Denial(demand, decisions, doubtful, i),
            _ => one,
        })];
    }

    /// <summary>Until when an approval counts.</summary>
    public static DateTimeOffset? EndOf(GateApproval approval, TimeSpan? validFor)
    {
        DateTimeOffset? end = validFor is { } time ? approval.Time + time : null;
        return approval.ExpiresAt is { } own && !(own > end) ? own : end;
    }

    /// <summary>When, as a sentence tells it.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Whether a person may decide at all.</summary>
    public static bool IsAsked(ApprovalDemand demand, string person) => demand.Approvers.Count == 0 || demand.Approvers.Contains(person, Person.Names);

    private static string? Problem(ApprovalDemand demand, ApprovalScene scene, GateApproval approval, string? signature) =>
        approval.Decision != ApprovalDecision.Approved ? null
        : !IsAsked(demand, approval.Person) ? $"{approval.Person} is not asked for approval here"
        : demand.Roles.Count > 0 && (approval.Role is null || !demand.Roles.Contains(approval.Role, Person.Names)) ? "it was given in another role than the check asks for"
        : scene.Digest is not null && approval.Digest != scene.Digest ? "it was given for another text of the gate, which has changed since"
        : signature is not null ? signature
        : approval.Time > scene.Now ? $"it is dated {Moment(approval.Time)}, which is still to come"
        : demand.FourEyes && Person.Same(approval.Person, scene.Runner) ? $"{approval.Person} asks the gate, and somebody else must approve it"
        : null;

    private static GateApproval Approval(ApprovalDemand demand, ApprovalScene scene, IReadOnlyList<GateApproval> all, string?[] problems, int at)
    {
        GateApproval approval = all[at] with { ExpiresAt = EndOf(all[at], demand.ValidFor) };
        if (problems[at] is { } problem) return approval with { State = ApprovalState.NotCounted, Note = problem };
        for (int i = 0; i < all.Count; i++)
        {
            if (i == at || !Person.Same(all[i].Person, approval.Person)) continue;
            bool blocks = all[i].Decision != ApprovalDecision.Approved && (i > at || all[i].Time > approval.Time);
            if (blocks) return approval with { State = ApprovalState.Withdrawn, Note = $"{Verb(all[i])} on {Moment(all[i].Time)}" };
        }

        for (int i = 0; i < all.Count; i++)
        {
            bool newer = i != at && all[i].Decision == ApprovalDecision.Approved && problems[i] is null && Person.Same(all[i].Person, approval.Person)
                && (all[i].Time > approval.Time || (all[i].Time == approval.Time && i > at));
            if (newer) return approval with { State = ApprovalState.Replaced, Note = $"given anew on {Moment(all[i].Time)}" };
        }

        return approval.ExpiresAt <= scene.Now
            ? approval with { State = ApprovalState.Expired, Note = $"it expired on {Moment(approval.ExpiresAt.Value)}" }
            : approval;
    }

    // For the release, whatever the text: editing the document must not lift a denial.
    private static GateApproval Denial(ApprovalDemand demand, IReadOnlyList<GateApproval> all, bool[] doubtful, int at)
    {
        GateApproval denial = all[at];
        if (!IsAsked(demand, denial.Person)) return denial with { State = ApprovalState.NotCounted, Note = $"{denial.Person} is not asked for approval here" };
        for (int i = at + 1; i < all.Count; i++)
        {
            if (!Person.Same(all[i].Person, denial.Person)) continue;
            if (all[i].Decision == ApprovalDecision.Denied) return denial with { State = ApprovalState.Replaced, Note = $"denied again on {Moment(all[i].Time)}" };
            if (doubtful[i] || all[i].Time < denial.Time) continue;
            return denial with { State = all[i].Decision == ApprovalDecision.Withdrawn ? ApprovalState.Withdrawn : ApprovalState.Replaced, Note = $"{Verb(all[i])} on {Moment(all[i].Time)}" };
        }

        return denial;
    }

    private static string Verb(GateApproval decision) => decision.Decision switch
    {
        ApprovalDecision.Approved => "approved",
        ApprovalDecision.Denied => "denied",
        _ => "withdrawn",
    };
}
