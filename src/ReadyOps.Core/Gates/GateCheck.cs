using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Gates;

/// <summary>The check type <c>gate</c>.</summary>
internal sealed class GateCheckType : CheckType
{
    private const string SameRelease = "same";
    private const string AnyRelease = "any";
    private const int DigestLength = 64;

    public override string Name => "gate";

    public override string Summary => "Another gate has passed for this release, and not too long ago.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("gate", CheckMemberKind.Text, "The name of the other gate.") { Required = true, Examples = ["staging"] },
        new("maxAge", CheckMemberKind.Duration, "How old its result may be; an older one is stale.") { Required = true, Examples = ["24h"] },
        new("release", CheckMemberKind.Choice, "Which release it must have been asked about: the one that this gate is asked about, or any.") { Default = SameRelease, Values = [SameRelease, AnyRelease] },
        new("digest", CheckMemberKind.Text, "The SHA-256 that the document of the other gate must have had, in hex; any without it."),
        new("allowSkipped", CheckMemberKind.Flag, "Whether it may have been skipped because a prerequisite of it was unmet.") { Default = "false" },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        TimeSpan maxAge = reader.Duration("maxAge", TimeSpan.Zero);
        if (!reader.Has("maxAge")) reader.Problem("maxAge", "'maxAge' is missing", "how old the result may be, for example 24h");
        string release = reader.OptionalText("release") ?? SameRelease;
        if (release is not (SameRelease or AnyRelease)) reader.Problem("release", $"this is '{release}'", $"{SameRelease} or {AnyRelease}");
        string? digest = reader.OptionalText("digest")?.ToLowerInvariant();
        if (digest is not null && (digest.Length != DigestLength || !digest.All(char.IsAsciiHexDigit))) reader.Problem("digest", "this is no SHA-256", "64 hexadecimal digits");
        return new GateCheck(reader.RequiredText("gate"), maxAge)
        {
            AnyRelease = release == AnyRelease,
            Digest = digest,
            AllowSkipped = reader.Flag("allowSkipped"),
        };
    }
}

/// <summary>Looks up the newest result of another gate. A newer result that did not pass goes before an older one that did.</summary>
/// <param name="gate">Name of the other gate.</param>
/// <param name="maxAge">How old its result may be.</param>
internal sealed class GateCheck(string gate, TimeSpan maxAge) : ICheck
{
    /// <summary>Whether a result for any release will do, and not just one for the release that is asked about.</summary>
    public bool AnyRelease { get; init; }

    /// <summary>The text that the other gate must have had, if that is asked for.</summary>
    public string? Digest { get; init; }

    /// <summary>Whether a gate that was skipped will do.</summary>
    public bool AllowSkipped { get; init; }

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        if (context.Scene is not { } scene) return Observation.Of(Verdict.Error, "Results of other gates are looked up for a gate, and this was asked outside of one.");
        if (context.Journals is not { } store) return Observation.Of(Verdict.Error, "Results of other gates are kept in the journal, and this gate was asked without one.");
        if (scene.Document == gate) return Observation.Of(Verdict.Error, $"The gate '{gate}' cannot vouch for itself.");
        // Without a release, what was asked about none would pass for all of them.
        if (!AnyRelease && scene.Release is null)
        {
            return Observation.Of(Verdict.Error, $"The result of the gate '{gate}' is wanted for the same release, and this gate was asked without one.")
                with { NextStep = "Ask the gate with -Release, or write 'release: any' if any release will do." };
        }

        IReadOnlyList<JournalLine> lines = await JournalProof.ReadAsync(store, GateJournal.StreamOf(gate), cancel).ConfigureAwait(false);
        foreach (JournalLine line in lines.Where(line => line.Type == GateJournal.EventType).Reverse())
        {
            GateResult result = GateJournal.Read(GateJournal.StreamOf(gate), line);
            if (result.Gate == gate && (AnyRelease || result.Release == scene.Release)) return Judge(result, context.Clock.GetUtcNow(), scene);
        }

        string release = AnyRelease ? "" : $" for release {Checks.Judge.Cut(scene.Release!)}";
        return Observation.Of(Verdict.NoData, $"The journal in {store.Location} holds no result of the gate '{gate}'{release}.") with { NextStep = Again(scene) };
    }

    private Observation Judge(GateResult result, DateTimeOffset now, CheckScene scene)
    {
        TimeSpan age = now - result.Time;
        string release = result.Release is null ? "no release" : $"release {Checks.Judge.Cut(result.Release)}";
        string told = $"The gate '{gate}' {Said(result.Status)} for {release} on {ApprovalRules.Moment(result.Time)} ({result.JournalReference})";
        var seen = Observation.Of(Verdict.Pass, told + ".", Math.Round(age.TotalSeconds), Unit.Seconds) with
        {
            Bound = new Bound($"<= {Quantities.Format(maxAge)}", BoundOperator.LessOrEqual, Unit.Seconds, [maxAge.TotalSeconds]),
            Margin = (maxAge - age).TotalSeconds,
            ValidUntil = Validity.Earlier(result.Time + maxAge, result.ValidUntil),
            NextStep = Again(scene),
        };
        bool good = result.Status == GateStatus.Passed || (result.Status == GateStatus.Skipped && AllowSkipped);
        if (!good) return seen with { Verdict = result.Status == GateStatus.Failed ? Verdict.Fail : Verdict.NoData, Reason = $"{told}: {result.Reason}" };
        if (Digest is not null && result.Digest != Digest)
            return seen with { Verdict = Verdict.Fail, Reason = $"{told}, by another text than the one that is asked for ({Short(result.Digest)} instead of {Short(Digest)})." };
        if (age < TimeSpan.Zero) return seen with { Verdict = Verdict.Error, Reason = $"{told}, which is still to come: the clocks disagree." };
        if (age > maxAge) return seen with { Verdict = Verdict.Stale, Reason = $"{told}, {Quantities.Format(age.TotalSeconds, Unit.Seconds)} ago, and it may be {Quantities.Format(maxAge)} old." };
        if (result.IsStaleAt(now)) return seen with { Verdict = Verdict.Stale, Reason = $"{told}, and what it saw is stale since {ApprovalRules.Moment(result.ValidUntil!.Value)}." };
        return seen with { NextStep = "" };
    }

    private string Again(CheckScene scene) => scene.Release is { } release && !AnyRelease
        ? $"Run Test-DeploymentGate with the document of the gate '{gate}' and -Release {ShellText.Argument(release)}."
        : $"Run Test-DeploymentGate with the document of the gate '{gate}'.";

    private static string Said(GateStatus status) => status switch
    {
        GateStatus.Passed => "passed",
        GateStatus.Failed => "failed",
        GateStatus.Skipped => "was skipped",
        _ => "was blocked",
    };

    private static string Short(string digest) => digest.Length > 12 ? string.Create(CultureInfo.InvariantCulture, $"{digest.AsSpan(0, 12)}…") : digest;
}
