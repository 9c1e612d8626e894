using ReadyOps.Core.Checks;
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

    /// <summary>The weight of the signals that are not critical which must pass before the share rises, of all of theirs, in per cent (0–100).</summary>
    public decimal PassScore { get; init; } = 100;

    /// <summary>What to do when the target cannot be read, and for signals that say nothing of their own.</summary>
    public required SignalPolicies Policies { get; init; }

    /// <summary>How a rollback is done and verified.</summary>
    public required RollbackDefinition Rollback { get; init; }

    /// <summary>Set for a monitoring window, which raises nothing and reports at checkpoints.</summary>
    public WindowDefinition? Window { get; init; }

    /// <summary>How often it wants to be ticked.</summary>
    public required TimeSpan Tick { get; init; }

    /// <summary>When the share may rise; at any time when it is not said.</summary>
    public RiseWindows? Windows { get; init; }

    /// <summary>What happens when it has not succeeded in time, counted from its start, pauses included.</summary>
    public TroublePolicy? Deadline { get; init; }

    /// <summary>Whether any step names people.</summary>
    internal bool NamesPeople => Steps.Any(step => step.Allow.Count > 0);

    /// <summary>Whom to tell when a person must look; nobody but the log and the journal when it is not said.</summary>
    public EscalationHooks? Escalation { get; init; }
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

    /// <summary>Nobody and then everybody, once the checks before pass; watched for an hour.</summary>
    BlueGreen,

    /// <summary>The steps of the document.</summary>
    Custom,
}

/// <summary>One step.</summary>
/// <param name="Percent">The share, in per cent (0–100).</param>
/// <param name="Hold">How long it is held at least.</param>
public sealed record RolloutStep(decimal Percent, TimeSpan Hold)
{
    /// <summary>The people who get the release from this step on, before and besides the share; those of earlier steps among them.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];

    /// <summary>What must pass before it is entered: checks of any type, approvals of people among them.</summary>
    public IReadOnlyList<CheckDefinition> Before { get; init; } = [];

    /// <summary>What happens when it is not left in time, counted from when it was entered, pauses included.</summary>
    public TroublePolicy? Deadline { get; init; }
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
