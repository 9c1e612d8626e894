using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>A rollout as a team writes it down.</summary>
public sealed record RolloutDefinition
{
    /// <summary>Name of the document.</summary>
    public required string Name { get; init; }

    /// <summary>The release, unless the caller names another.</summary>
    public string? Release { get; init; }

    /// <summary>How fast the share rises.</summary>
    public required RolloutStrategy Strategy { get; init; }

    /// <summary>The steps, at least one; the shares rise.</summary>
    public required IReadOnlyList<RolloutStep> Steps { get; init; }

    /// <summary>How long the last share is watched before the rollout has succeeded.</summary>
    public required TimeSpan Bake { get; init; }

    /// <summary>The signals, names unique.</summary>
    public required IReadOnlyList<SignalDefinition> Signals { get; init; }

    /// <summary>What to do when a signal says neither pass nor fail.</summary>
    public required RolloutPolicies Policies { get; init; }

    /// <summary>How a rollback is done and verified.</summary>
    public required RollbackDefinition Rollback { get; init; }

    /// <summary>How often it wants to be ticked.</summary>
    public required TimeSpan Tick { get; init; }
}

/// <summary>How fast the share rises.</summary>
public enum RolloutStrategy
{
    /// <summary>0, 5, 10, 25, 50, 75 and 100 % over seven days, then 48 hours of baking.</summary>
    Safe,

    /// <summary>5, 25, 50 and 100 % over three days, then 24 hours of baking.</summary>
    Fast,

    /// <summary>100 % at once, watched for one minute.</summary>
    Instant,

    /// <summary>The steps of the document.</summary>
    Custom,
}

/// <summary>One step.</summary>
/// <param name="Percent">The share, in per cent (0–100).</param>
/// <param name="Hold">How long it is held at least.</param>
public sealed record RolloutStep(decimal Percent, TimeSpan Hold);

/// <summary>What to do when a signal says neither pass nor fail. Meanwhile the share never rises.</summary>
/// <param name="NoData">The source answered and had nothing.</param>
/// <param name="Stale">The newest sample is too old.</param>
/// <param name="Inconclusive">Too few samples.</param>
/// <param name="Error">The source, or the target, cannot be asked.</param>
public sealed record RolloutPolicies(TroublePolicy NoData, TroublePolicy Stale, TroublePolicy Inconclusive, TroublePolicy Error)
{
    /// <summary>Wait ten minutes, an hour for want of samples, then pause and escalate; never roll back a release for what was not seen.</summary>
    public static RolloutPolicies Default { get; } = new(
        new(TroubleAction.Pause, TimeSpan.FromMinutes(10)),
        new(TroubleAction.Pause, TimeSpan.FromMinutes(10)),
        new(TroubleAction.Pause, TimeSpan.FromHours(1)),
        new(TroubleAction.Pause, TimeSpan.FromMinutes(10)));

    /// <summary>The policy for a verdict, or <see langword="null"/> for one that needs none.</summary>
    public TroublePolicy? For(Verdict verdict) => verdict switch
    {
        Verdict.NoData => NoData,
        Verdict.Stale => Stale,
        Verdict.Inconclusive => Inconclusive,
        Verdict.Error => Error,
        _ => null,
    };
}

/// <summary>One policy.</summary>
/// <param name="Action">What to do once the deadline has passed.</param>
/// <param name="After">How long to hold before.</param>
public sealed record TroublePolicy(TroubleAction Action, TimeSpan After);

/// <summary>What to do about a signal that says neither pass nor fail.</summary>
public enum TroubleAction
{
    /// <summary>Hold the share where it is for as long as it takes.</summary>
    Hold,

    /// <summary>Pause and escalate; go on by itself when every signal passes again.</summary>
    Pause,

    /// <summary>Roll back.</summary>
    Rollback,
}

/// <summary>How a rollback is done and verified.</summary>
/// <param name="Percent">The last good share, in per cent (0–100).</param>
/// <param name="Settle">How long the signals are watched at that share before it counts as verified.</param>
/// <param name="Deadline">How long the share may take to be back, and then the signals to recover, before a person is called.</param>
public sealed record RollbackDefinition(decimal Percent, TimeSpan Settle, TimeSpan Deadline)
{
    /// <summary>To 0 %, watched for a minute, verified within 15.</summary>
    public static RollbackDefinition Default { get; } = new(0, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15));
}
