namespace ReadyOps.Core.Rollouts;

/// <summary>A person asked to let the release rise before its time. The tick of the same command answers.</summary>
/// <param name="Full">Whether to the last share at once, or to the next step.</param>
/// <param name="Force">Whether also past signals that do not pass, a pause and hours in which the share does not rise.</param>
/// <param name="Reason">Why.</param>
public sealed record PromotionRequested(bool Full, bool Force, string Reason) : RolloutEvent;

/// <summary>What a person asked for was not done.</summary>
/// <param name="Reason">Why not, in a sentence.</param>
public sealed record PromotionRefused(string Reason) : RolloutEvent;

/// <summary>A step is left, or the first entered, because a person asked for it.</summary>
/// <param name="From">The step before, from 1; 0 before the first.</param>
/// <param name="To">The step entered; one more than there are for the bake.</param>
/// <param name="Reason">Why, as the person said it.</param>
/// <param name="Overridden">What would have held it back, a sentence each.</param>
public sealed record StepPromoted(int From, int To, string Reason, IReadOnlyList<string> Overridden) : RolloutEvent;

/// <summary>A rollout that had the target was told that it has it no longer.</summary>
/// <param name="From">That rollout.</param>
public sealed record TargetTakenOver(string From) : RolloutEvent;

/// <summary>A step could be entered but for something that is to be waited for.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="What">What is waited for, in a few words that stay the same while it does.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="People">Whether people are to approve.</param>
public sealed record StepAwaited(int Step, string What, string Reason, bool People) : RolloutEvent;

/// <summary>What had to pass before a step did.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Checks">What each check said.</param>
public sealed record StepCleared(int Step, IReadOnlyList<string> Checks) : RolloutEvent;

/// <summary>A deadline has passed. It is told once.</summary>
/// <param name="Step">The step that was not left in time, from 1; 0 for the whole rollout.</param>
/// <param name="After">How long it had.</param>
/// <param name="Action">What the document says to do.</param>
public sealed record DeadlinePassed(int Step, TimeSpan After, TroubleAction Action) : RolloutEvent;
