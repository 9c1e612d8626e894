namespace ReadyOps;

/// <summary>What a gate decided. There is no zero: a value that nobody set must not read as a pass.</summary>
public enum GateStatus
{
    /// <summary>Every critical check passed and the readiness score is at or above the bound.</summary>
    Passed = 1,

    /// <summary>Something was seen that must not be.</summary>
    Failed,

    /// <summary>Nothing bad was seen, but something needed for a pass was not seen at all.</summary>
    Blocked,

    /// <summary>A prerequisite is unmet, so the gate did not look.</summary>
    Skipped,
}
