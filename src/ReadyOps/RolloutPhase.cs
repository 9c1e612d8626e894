namespace ReadyOps;

/// <summary>Where a rollout stands.</summary>
public enum RolloutPhase
{
    /// <summary>Started, and its first share is not set yet.</summary>
    Pending,

    /// <summary>The share rises step by step.</summary>
    Progressing,

    /// <summary>Holding where it is until a person or the recovery of its signals lets it go on; triggers stay armed.</summary>
    Paused,

    /// <summary>At its last share, watched for the bake time; triggers stay armed.</summary>
    Baking,

    /// <summary>Going back to the last good share, until that is verified.</summary>
    RollingBack,

    /// <summary>Baked: every signal held to the end.</summary>
    Succeeded,

    /// <summary>Back at the last good share, verified by reading it back and by the signals.</summary>
    RolledBack,

    /// <summary>Rolled back, but that could not be verified in time: a person must look.</summary>
    Failed,

    /// <summary>A newer release took over the target.</summary>
    Superseded,
}
