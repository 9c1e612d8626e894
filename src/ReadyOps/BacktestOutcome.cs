namespace ReadyOps;

/// <summary>How a rollout would have come out of a stretch of history.</summary>
public enum BacktestOutcome
{
    /// <summary>The history ended before the rollout did.</summary>
    Unfinished,

    /// <summary>It would have gone through.</summary>
    Succeeded,

    /// <summary>It would have been paused, and the history ended before it went on.</summary>
    Paused,

    /// <summary>It would have been rolled back. What came after the decision is not played: history goes on as if nothing had been taken back.</summary>
    RolledBack,

    /// <summary>Watched at a constant share, it would never have been rolled back.</summary>
    Quiet,

    /// <summary>Watched at a constant share, it would have been rolled back at least once.</summary>
    Alarmed,
}
