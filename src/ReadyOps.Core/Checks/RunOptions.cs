namespace ReadyOps.Core.Checks;

/// <summary>How checks are run together.</summary>
public sealed record RunOptions
{
    /// <summary>How many run at the same time at most; at least 1.</summary>
    public int Throttle { get; init; } = 8;
}
