using System.Globalization;
using System.Runtime.ExceptionServices;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Gates;

/// <summary>The check type <c>approval</c>.</summary>
internal sealed class ApprovalCheckType : CheckType
{
    private const int MostPeople = 100;

    public override string Name => "approval";

    public override string Summary => "Enough people have approved this release, and nobody has denied it.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("role", CheckMemberKind.Texts, "The role that may approve, or a list of them; anybody without it.") { Examples = ["security"] },
        new("approvers", CheckMemberKind.Texts, "The people who may approve or deny; anybody without it.") { Examples = ["alice"] },
        new("required", CheckMemberKind.Integer, "How many different people must approve.") { Default = "1", Minimum = 1, Maximum = MostPeople },
        new("fourEyes", CheckMemberKind.Flag, "Whether the one who asks the gate cannot approve it as well.") { Default = "false" },
        new("signers", CheckMemberKind.Objects, "Whose signatures count, and how they are known. With it, an approval without one of these signatures counts for nothing.") { Members = ApprovalSigner.Members },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        var demand = new ApprovalDemand
        {
            Check = reader.OptionalText("name") ?? "",
            Roles = Names(reader, "role"),
            Approvers = Names(reader, "approvers"),
            Required = reader.Integer("required", 1, 1, MostPeople),
            ValidFor = reader.OptionalDuration(CheckReader.ValidForName),
            FourEyes = reader.Flag("fourEyes"),
        };
        ApprovalSigner[] signers = [.. reader.Objects("signers").Select(ApprovalSigner.Read)];
        if (reader.Has("signers") && signers.Length == 0) reader.Problem("signers", "nobody is named, so nobody could approve", "at least one signer");
        int possible = signers.Length > 0 ? signers.Select(signer => signer.Person).Distinct(Person.Names).Count(person => ApprovalRules.IsAsked(demand, person))
            : demand.Approvers.Count > 0 ? demand.Approvers.Count : int.MaxValue;
        if (possible < demand.Required)
            reader.Problem("required", string.Create(CultureInfo.InvariantCulture, $"{demand.Required} must approve, and only {possible} may"), "no more than the people who may approve");
        return new ApprovalCheck(demand, signers, reader.Problems.File);
    }

    private static string[] Names(ObjectReader reader, string member)
    {
        IReadOnlyList<string> names = reader.Texts(member);
        if (names.Any(string.IsNullOrWhiteSpace)) reader.Problem(member, "a name is empty", "a name");
        else if (reader.Has(member) && names.Count == 0) reader.Problem(member, "the list is empty, so nobody could approve", "at least one name, or no such member");
        return [.. names.Distinct(Person.Names)];
    }
}

/// <summary>Looks in the journal for what people decided.</summary>
/// <param name="demand">What is asked of them.</param>
/// <param name="signers">Whose signatures count; none are needed when there is none.</param>
/// <param name="file">The document, for the command that would approve.</param>
internal sealed class ApprovalCheck(ApprovalDemand demand, IReadOnlyList<ApprovalSigner> signers, string file) : ICheck
{
    /// <summary>What is asked of people.</summary>
    public ApprovalDemand Demand => demand;

    /// <summary>Whether approvals must be signed.</summary>
    public bool Signed => signers.Count > 0;

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        if (context.Scene is not { } scene) return Observation.Of(Verdict.Error, "Approvals belong to a gate, and this was asked outside of one.");
        if (context.Journals is not { } store) return Observation.Of(Verdict.Error, "Approvals are kept in the journal, and this gate was asked without one.");
        IReadOnlyList<GateApproval> decisions = await ApprovalJournal.ReadAsync(scene.Document, store, cancel).ConfigureAwait(false);
        var where = new ApprovalScene(scene.Release, scene.Digest, context.Actor, context.Clock.GetUtcNow());
        return new ApprovalAnswer(demand, Signed, file, store.Location, where, ApprovalJournal.RolloutOf(scene.Document)).Of(await WeighAsync(decisions, where, context, cancel).ConfigureAwait(false));
    }

    /// <summary>What each decision counts for here; those about other checks and other releases are left out.</summary>
    public async Task<IReadOnlyList<GateApproval>> WeighAsync(IReadOnlyList<GateApproval> decisions, ApprovalScene scene, EngineContext context, CancellationToken cancel)
    {
        GateApproval[] mine = [.. decisions.Where(one => one.Check == demand.Check && one.Release == scene.Release)];
        var problems = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (GateApproval one in mine) problems[one.JournalReference] = await SignatureProblemAsync(one, context, cancel).ConfigureAwait(false);
        return ApprovalRules.Weigh(demand, scene, mine, one => problems[one.JournalReference]);
    }

    /// <summary>Why the signature of a decision does not do; <see langword="null"/> when it does or none is needed.</summary>
    /// <exception cref="ReadyOpsException">A key or a certificate cannot be had.</exception>
    public async ValueTask<string?> SignatureProblemAsync(GateApproval decision, EngineContext context, CancellationToken cancel)
    {
        if (!Signed) return null;
        if (decision.Signature.Length == 0) return "it is not signed";
        string? problem = $"no signature of {decision.Person} is accepted here";
        ExceptionDispatchInfo? missing = null;
        foreach (ApprovalSigner signer in signers.Where(signer => Person.Same(signer.Person, decision.Person)))
        {
            try
            {
                problem = await signer.ProblemAsync(decision, context, cancel).ConfigureAwait(false);
                if (problem is null) return null;
            }
            catch (ReadyOpsException e)
            {
                // While keys are changed a person has two, and one of them is gone before it leaves the document.
                missing ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        missing?.Throw();
        return problem;
    }
}
