using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using static System.FormattableString;

namespace ReadyOps.Core.Gates;

/// <summary>What a person wants recorded.</summary>
public sealed record ApprovalRequest
{
    /// <summary>What is decided.</summary>
    public required ApprovalDecision Decision { get; init; }

    /// <summary>The release; the one that the document names when it is not said.</summary>
    public string? Release { get; init; }

    /// <summary>Whether it is meant for a gate that is asked without a release.</summary>
    public bool NoRelease { get; init; }

    /// <summary>The check; not needed where only one asks for approval, or only one for this role.</summary>
    public string? Check { get; init; }

    /// <summary>The role; not needed where the check asks for one only.</summary>
    public string? Role { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>How long an approval counts; what the document says at most.</summary>
    public TimeSpan? ExpiresAfter { get; init; }

    /// <summary>What to sign with, if anything.</summary>
    public ApprovalKey? Key { get; init; }
}

/// <summary>Records what people decide about gates, and reads it.</summary>
/// <param name="store">Where journals live.</param>
/// <param name="context">Clock, secrets, and who acts.</param>
public sealed class ApprovalService(IJournalStore store, EngineContext context)
{
    // By the clock that all who share the store go by: an approval must not run out earlier on one machine than on another.
    private readonly EngineContext _context = context.On(store);

    /// <summary>What would be recorded, unsigned and undated: refuses whatever can be refused without the journal.</summary>
    /// <exception cref="ReadyOpsException">
    /// <c>ReasonMissing</c>, <c>ReleaseMissing</c>, <c>ReleaseAmbiguous</c>, <c>ApprovalNotAsked</c>, <c>CheckUnknown</c>, <c>RoleUnknown</c>, <c>RoleMissing</c>,
    /// <c>CheckAmbiguous</c>, <c>ApproverNotAllowed</c>, <c>SignatureMissing</c>
    /// </exception>
    public GateApproval Demand(GateDefinition gate, ApprovalRequest request)
    {
        if (request.Decision == ApprovalDecision.Denied && string.IsNullOrWhiteSpace(request.Reason))
            throw new ReadyOpsException("ReasonMissing", "It is not said why the release must not go out.", "Say it with -Reason: whoever is blocked reads it.");
        string? release = Release(gate, request);
        ApprovalCheck check = Find(gate, request);
        string? role = Role(check.Demand, request);
        if (!ApprovalRules.IsAsked(check.Demand, _context.Actor))
        {
            throw new ReadyOpsException("ApproverNotAllowed", $"'{_context.Actor}' is not asked at '{check.Demand.Check}' of the gate '{gate.Name}'.",
                $"It asks {string.Join(", ", check.Demand.Approvers)}.");
        }

        if (check.Signed && request.Key is null && request.Decision == ApprovalDecision.Approved)
            throw new ReadyOpsException("SignatureMissing", $"'{check.Demand.Check}' of the gate '{gate.Name}' counts signed approvals only.", "Sign it: -Signature secret:NAME, -Signature ./me.pem, or a SecureString or certificate.");
        return new GateApproval
        {
            Gate = gate.Name,
            Digest = gate.Digest,
            Release = release,
            Check = check.Demand.Check,
            Role = role,
            Person = _context.Actor,
            Decision = request.Decision,
            Reason = request.Reason,
        };
    }

    /// <summary>Records a decision.</summary>
    /// <exception cref="ReadyOpsException">What <see cref="Demand"/> refuses; <c>ApprovalNotFound</c>: nothing of this person is there to withdraw; <c>SignatureNotAccepted</c>.</exception>
    public async Task<GateApproval> RecordAsync(GateDefinition gate, ApprovalRequest request, CancellationToken cancel)
    {
        GateApproval wanted = Demand(gate, request);
        ApprovalCheck check = Find(gate, request);
        return await ApprovalJournal.AppendAsync(gate.Name, store, _context, async decisions =>
        {
            DateTimeOffset now = _context.Clock.GetUtcNow();
            if (request.Decision == ApprovalDecision.Withdrawn) await DemandWithdrawableAsync(wanted, request, check, decisions, cancel).ConfigureAwait(false);

            GateApproval decision = wanted with { Time = now };
            if (request.Decision == ApprovalDecision.Approved)
                decision = decision with { ExpiresAt = ApprovalRules.EndOf(decision with { ExpiresAt = now + request.ExpiresAfter }, check.Demand.ValidFor) };
            return request.Key is null ? decision : await SignAsync(decision, request.Key, check, cancel).ConfigureAwait(false);
        }, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// All decisions about a gate and what they count for now; with the gate's document also whether they are for its text, signed
    /// as they must be, and by people who are asked.
    /// </summary>
    public async Task<IReadOnlyList<GateApproval>> ListAsync(string name, GateDefinition? gate, CancellationToken cancel)
    {
        IReadOnlyList<GateApproval> all = await ApprovalJournal.ReadAsync(name, store, cancel).ConfigureAwait(false);
        Dictionary<string, ApprovalCheck> checks = gate is null ? [] : Checks(gate).ToDictionary(check => check.Demand.Check, StringComparer.Ordinal);
        var weighed = new Dictionary<string, GateApproval>(StringComparer.Ordinal);
        foreach (IGrouping<(string Check, string? Release), GateApproval> group in all.GroupBy(one => (one.Check, one.Release)))
        {
            ApprovalScene scene = new(group.Key.Release, gate?.Digest, "", _context.Clock.GetUtcNow());
            bool known = checks.TryGetValue(group.Key.Check, out ApprovalCheck? check);
            // Who runs the gate is not known here, so four eyes are for the gate to count.
            IReadOnlyList<GateApproval> counted = known ? await WeighAsync(check!, [.. group], scene, cancel).ConfigureAwait(false)
                : ApprovalRules.Weigh(new ApprovalDemand { Check = group.Key.Check }, scene, [.. group], _ => null);
            foreach (GateApproval one in counted)
                weighed[one.JournalReference] = known || gate is null ? one : one with { State = ApprovalState.NotCounted, Note = "the gate has no such check any more" };
        }

        return [.. all.Select(one => weighed[one.JournalReference])];
    }

    /// <summary>The checks of a gate that ask for approval, and the roles that they ask.</summary>
    public static IEnumerable<(string Check, IReadOnlyList<string> Roles)> Asked(GateDefinition gate) => Checks(gate).Select(check => (check.Demand.Check, check.Demand.Roles));

    /// <summary>The checks of a gate that ask for approval.</summary>
    internal static IEnumerable<ApprovalCheck> Checks(GateDefinition gate) => gate.AllChecks.Select(check => check.Check).OfType<ApprovalCheck>();

    // A list is for looking at: a key that cannot be had here must not hide what was decided.
    private async Task<IReadOnlyList<GateApproval>> WeighAsync(ApprovalCheck check, IReadOnlyList<GateApproval> decisions, ApprovalScene scene, CancellationToken cancel)
    {
        try
        {
            return await check.WeighAsync(decisions, scene, _context, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e)
        {
            return ApprovalRules.Weigh(check.Demand, scene, decisions, _ => $"its signature cannot be verified here: {e.Message.TrimEnd('.')}");
        }
    }

    private async Task<GateApproval> SignAsync(GateApproval decision, ApprovalKey key, ApprovalCheck check, CancellationToken cancel)
    {
        (string algorithm, byte[] value) = key.Sign(ApprovalText.Of(decision));
        GateApproval signed = decision with { Signature = algorithm, SignatureValue = value };
        string? problem;
        try
        {
            problem = await check.SignatureProblemAsync(signed, _context, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException)
        {
            // The key to verify with is the gate's; a person who signs need not have it.
            return signed;
        }

        return problem is null ? signed
            : throw new ReadyOpsException("SignatureNotAccepted", Invariant($"The gate would not count it: {problem}."), "Sign with the key that the document names for you in 'signers'. Nothing was recorded.");
    }

    private static string? Release(GateDefinition gate, ApprovalRequest request)
    {
        string? release = request.Release ?? gate.Release;
        if (request.NoRelease && release is not null)
            throw new ReadyOpsException("ReleaseAmbiguous", $"It is said to be for no release, and for '{release}'.", "Say one of the two.");
        return release is not null || request.NoRelease ? release
            : throw new ReadyOpsException("ReleaseMissing", $"It is not said which release of the gate '{gate.Name}' this is about.", "Say it with -Release, or -NoRelease where the gate is asked without one.");
    }

    private static ApprovalCheck Find(GateDefinition gate, ApprovalRequest request)
    {
        ApprovalCheck[] all = [.. Checks(gate)];
        if (all.Length == 0)
            throw new ReadyOpsException("ApprovalNotAsked", $"No check of the gate '{gate.Name}' asks for approval.", "Add a check of type approval to its document.");
        string[] names = [.. all.Select(check => check.Demand.Check)];
        if (request.Check is { } name)
        {
            return all.FirstOrDefault(check => check.Demand.Check == name)
                ?? throw new ReadyOpsException("CheckUnknown", $"No check '{name}' of the gate '{gate.Name}' asks for approval{Hint(name, names)}", $"Those that do: {string.Join(", ", names)}.");
        }

        ApprovalCheck[] fitting = request.Role is null ? all : [.. all.Where(check => check.Demand.Roles.Contains(request.Role, Person.Names))];
        // Whoever may approve in any role may do so in this one, unless the role is a slip for one that is asked for.
        if (fitting.Length == 0) fitting = [.. all.Where(check => check.Demand.Roles.Count == 0 && !Slip(all, request.Role!))];
        if (fitting.Length == 0) throw RoleUnknown(gate.Name, request.Role!, all.SelectMany(check => check.Demand.Roles));
        return fitting.Length == 1 ? fitting[0]
            : throw new ReadyOpsException("CheckAmbiguous", $"{fitting.Length} checks of the gate '{gate.Name}' ask for approval{(request.Role is null ? "" : $" as {request.Role}")}.",
                $"Name one with -Check: {string.Join(", ", fitting.Select(check => check.Demand.Check))}.");
    }

    private static string Hint(string name, IEnumerable<string> candidates) => Suggestion.For(name, candidates) is { Length: > 0 } hint ? hint : ".";

    private static bool Slip(ApprovalCheck[] all, string role) => Suggestion.Nearest(role, all.SelectMany(check => check.Demand.Roles)) is not null;

    private static string? Role(ApprovalDemand demand, ApprovalRequest request)
    {
        if (demand.Roles.Count == 0) return request.Role;
        if (request.Role is { } role)
        {
            return demand.Roles.FirstOrDefault(known => Person.Same(known, role)) ?? throw RoleUnknown(demand.Check, role, demand.Roles);
        }

        // To deny, or to take something back, no particular role is needed.
        return demand.Roles.Count == 1 ? demand.Roles[0] : request.Decision != ApprovalDecision.Approved ? null
            : throw new ReadyOpsException("RoleMissing", $"'{demand.Check}' may be approved in several roles.", $"Say with -Role in which: {string.Join(", ", demand.Roles)}.");
    }

    private static ReadyOpsException RoleUnknown(string where, string role, IEnumerable<string> roles)
    {
        string[] known = [.. roles.Distinct(Person.Names)];
        return new("RoleUnknown", $"'{where}' asks for no approval as '{role}'{Hint(role, known)}", $"It asks for {string.Join(", ", known)}.");
    }

    // Whatever the text of the gate is by now: to take something back must stay possible.
    private async Task DemandWithdrawableAsync(
        GateApproval wanted, ApprovalRequest request, ApprovalCheck check, IReadOnlyList<GateApproval> decisions, CancellationToken cancel)
    {
        GateApproval[] made = [.. decisions.Where(one => one.Check == wanted.Check && one.Release == wanted.Release)];
        var scene = new ApprovalScene(wanted.Release, null, "", _context.Clock.GetUtcNow());
        GateApproval[] standing = [.. (await WeighAsync(check, made, scene, cancel).ConfigureAwait(false)).Where(one =>
            one.Decision != ApprovalDecision.Withdrawn && one.State is ApprovalState.Standing or ApprovalState.NotCounted or ApprovalState.Expired)];
        GateApproval[] own = [.. standing.Where(one => Person.Same(one.Person, wanted.Person))];
        if (check.Signed && request.Key is null && own.Any(one => one.Decision == ApprovalDecision.Denied))
            throw new ReadyOpsException("SignatureMissing", $"'{wanted.Check}' of the gate '{wanted.Gate}' asks for signatures, also to withdraw a denial.", "Sign it with -Signature.");
        if (own.Length > 0) return;
        string[] others = [.. standing.Where(one => one.State == ApprovalState.Standing).Select(one => one.Person).Distinct(Person.Names)];
        throw new ReadyOpsException("ApprovalNotFound", $"'{wanted.Person}' has decided nothing at '{wanted.Check}' of the gate '{wanted.Gate}' that could be withdrawn.", others.Length == 0
            ? "Get-GateApproval shows what was decided."
            : $"What {string.Join(" and ", others)} decided, only {(others.Length == 1 ? others[0] : "they")} can withdraw.");
    }
}
