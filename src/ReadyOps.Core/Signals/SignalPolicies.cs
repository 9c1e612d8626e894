using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>What to do when a signal does not pass for too long. Meanwhile the share never rises.</summary>
/// <param name="NoData">The source answered and had nothing.</param>
/// <param name="Stale">The newest sample is too old.</param>
/// <param name="Inconclusive">Too few samples, or samples that say nothing.</param>
/// <param name="Error">The source, or the target, cannot be asked.</param>
public sealed record SignalPolicies(TroublePolicy NoData, TroublePolicy Stale, TroublePolicy Inconclusive, TroublePolicy Error)
{
    /// <summary>The bound is broken, on and off or without a break, and never for long enough to be a breach.</summary>
    public TroublePolicy Failing { get; init; } = new(TroubleAction.Pause, TimeSpan.FromHours(1));

    /// <summary>Wait ten minutes, an hour for want of samples or of a breach, then pause and escalate; never roll back a release for what was not seen.</summary>
    public static SignalPolicies Default { get; } = new(
        new(TroubleAction.Pause, TimeSpan.FromMinutes(10)),
        new(TroubleAction.Pause, TimeSpan.FromMinutes(10)),
        new(TroubleAction.Pause, TimeSpan.FromHours(1)),
        new(TroubleAction.Pause, TimeSpan.FromMinutes(10)));

    /// <summary>The members of <c>policies</c>.</summary>
    internal static IReadOnlyList<CheckMember> Members { get; } =
    [
        Member("noData", "There are no samples.", Default.NoData),
        Member("stale", "The last sample is too old.", Default.Stale),
        Member("inconclusive", "There are too few samples, or they say nothing.", Default.Inconclusive),
        Member("error", "Asking failed.", Default.Error),
        Member("failing", "The bound is broken, on and off or without a break, and never for long enough to be a breach.", Default.Failing),
    ];

    /// <summary>The policy for a verdict, or <see langword="null"/> for one that needs none.</summary>
    public TroublePolicy? For(Verdict verdict) => verdict switch
    {
        Verdict.NoData => NoData,
        Verdict.Stale => Stale,
        Verdict.Inconclusive => Inconclusive,
        Verdict.Error => Error,
        Verdict.Fail => Failing,
        _ => null,
    };

    /// <summary>Reads <c>policies</c>; what it does not say is as in the standard.</summary>
    internal static SignalPolicies Read(ObjectReader? reader, SignalPolicies standard) => reader is null ? standard : new(
        Read(reader.Object("noData"), standard.NoData),
        Read(reader.Object("stale"), standard.Stale),
        Read(reader.Object("inconclusive"), standard.Inconclusive),
        Read(reader.Object("error"), standard.Error))
    {
        Failing = Read(reader.Object("failing"), standard.Failing),
    };

    private static TroublePolicy Read(ObjectReader? reader, TroublePolicy standard) =>
        reader is null ? standard : new(reader.Choice("action", standard.Action), reader.Duration("after", standard.After));

    private static CheckMember Member(string name, string description, TroublePolicy standard) => new(name, CheckMemberKind.Object, description)
    {
        Members =
        [
            new("action", CheckMemberKind.Choice, "What to do once it has lasted 'after'; until then the share is held.") { Values = ["hold", "pause", "rollback"], Default = "pause" },
            new("after", CheckMemberKind.Duration, "How long it may last before the action is taken.") { Default = Quantities.Format(standard.After) },
        ],
    };
}

/// <summary>One policy.</summary>
/// <param name="Action">What to do once the deadline has passed.</param>
/// <param name="After">How long to hold before.</param>
public sealed record TroublePolicy(TroubleAction Action, TimeSpan After);
