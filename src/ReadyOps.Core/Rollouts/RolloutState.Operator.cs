using System.Collections.Immutable;
using System.Globalization;

namespace ReadyOps.Core.Rollouts;

/// <summary>What persons asked for, and what waits for them.</summary>
public sealed partial record RolloutState
{
    /// <summary>The promotion that a person asked for, until it is done or refused.</summary>
    public PromotionRequested? PromotionAsked { get; init; }

    /// <summary>The rollouts that this one took the target from and that were not told yet.</summary>
    public ImmutableList<string> TakingOver { get; init; } = [];

    /// <summary>What the next step waits for; <see langword="null"/> when nothing was noted.</summary>
    public StepAwaited? Awaited { get; init; }

    /// <summary>Whether people were called to approve the next step.</summary>
    public bool PeopleCalled { get; init; }

    /// <summary>Whether it was told that the whole takes too long.</summary>
    public bool DeadlineTold { get; init; }

    /// <summary>Whether it was told that the present step takes too long.</summary>
    public bool StepDeadlineTold { get; init; }

    /// <summary>Whether it was told that the disk of the journal is full.</summary>
    public bool DiskFullTold { get; init; }

    /// <summary>The people who were last named and read back.</summary>
    public IReadOnlyList<string> Allowed { get; init; } = [];

    /// <summary>What each of several targets exposed at the drift that was noted last.</summary>
    public string? DriftShares { get; init; }

    /// <summary>What each of several targets exposed at the drift that a person saw and decided to undo.</summary>
    public string? DriftToUndoShares { get; init; }

    /// <summary>Shares of several targets as a text that is the same for the same shares.</summary>
    internal static string? Signature(IReadOnlyList<TargetShare>? shares, IReadOnlyList<string>? allowed = null)
    {
        IEnumerable<string> each = (shares ?? []).Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Target} {share.Percent:0.###}%"));
        string text = string.Join(", ", allowed is null ? each : each.Append(allowed.Count > 0 ? $"named: {string.Join(", ", allowed)}" : "nobody named"));
        return text.Length > 0 ? text : null;
    }

    /// <summary>The times that a person was called, and whom that reached.</summary>
    public ImmutableList<Escalation> Escalations { get; init; } = [];

    /// <summary>When hooks want to be tried next; <see langword="null"/> when none is left.</summary>
    internal DateTimeOffset? NextEscalationAt(EscalationHooks? hooks) => hooks is null ? null : Escalations.Min(escalation => escalation.NextAt(hooks));

    /// <summary>Whether any hook is to be tried now.</summary>
    internal bool IsEscalationDue(EscalationHooks? hooks, DateTimeOffset now) => hooks is not null && Escalations.Any(escalation => escalation.IsDue(hooks, now));

    private RolloutState WithEscalation(int number, Func<Escalation, Escalation> change) =>
        this with { Escalations = [.. Escalations.Select(escalation => escalation.Number == number ? change(escalation) : escalation)] };

    private RolloutState TakeFromOperator(RolloutEvent happened) => happened switch
    {
        PromotionRequested e => this with { PromotionAsked = e },
        PromotionRefused => this with { PromotionAsked = null },
        StepPromoted e => this with { PromotionAsked = null, Reason = $"Promoted: {e.Reason}" },
        TargetTakenOver e => this with { TakingOver = TakingOver.Remove(e.From) },
        StepAwaited e => this with { Awaited = e, PeopleCalled = PeopleCalled || e.People },
        StepCleared => this with { Awaited = null },
        DeadlinePassed e => e.Step == 0 ? this with { DeadlineTold = true } : this with { StepDeadlineTold = true },
        EscalationSent e => WithEscalation(e.Number, escalation => escalation with { Done = escalation.Done.Add(e.Hook) }),
        EscalationNotSent { RetryAt: { } again } e => WithEscalation(e.Number, escalation => escalation with { Tries = escalation.Tries.SetItem(e.Hook, (e.Attempt, again)) }),
        EscalationNotSent e => WithEscalation(e.Number, escalation => escalation with { Done = escalation.Done.Add(e.Hook) }),
        _ => this,
    };
}
