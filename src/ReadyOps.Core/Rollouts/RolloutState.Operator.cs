using System.Collections.Immutable;

namespace ReadyOps.Core.Rollouts;

/// <summary>What persons asked for, and what waits for them.</summary>
public sealed partial record RolloutState
{
    /// <summary>The promotion that a person asked for, until it is done or refused.</summary>
    public PromotionRequested? PromotionAsked { get; init; }

    /// <summary>The rollouts that this one took the target from and that were not told yet.</summary>
    public ImmutableList<string> TakingOver { get; init; } = [];

    private RolloutState TakeFromOperator(RolloutEvent happened) => happened switch
    {
        PromotionRequested e => this with { PromotionAsked = e },
        PromotionRefused => this with { PromotionAsked = null },
        StepPromoted e => this with { PromotionAsked = null, Reason = $"Promoted: {e.Reason}" },
        TargetTakenOver e => this with { TakingOver = TakingOver.Remove(e.From) },
        _ => this,
    };
}
