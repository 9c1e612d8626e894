namespace ReadyOps.Core.Rollouts;

/// <summary>How a rollout is to be started.</summary>
public sealed record RolloutStart
{
    /// <summary>The release; the one in the document when it is not said.</summary>
    public string? Release { get; init; }

    /// <summary>The gates that must have passed, if there are any.</summary>
    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    /// <summary>Why, for the journal.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether to take the target over from a rollout that has not ended, and from a share above the first step.</summary>
    public bool Force { get; init; }

    /// <summary>The rollout that it tries again.</summary>
    internal string? RetryOf { get; init; }
}
