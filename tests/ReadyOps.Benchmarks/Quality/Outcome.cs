namespace ReadyOps.Benchmarks.Quality;

/// <summary>How a rollout ended under a policy.</summary>
/// <param name="End">How.</param>
/// <param name="Seconds">When, since the start.</param>
/// <param name="Onset">When what is wrong with the release began to show; <see langword="null"/> when it never did.</param>
/// <param name="BlindPromotions">How often the share rose, or the rollout succeeded, without data.</param>
/// <param name="Paused">Whether it waited for a person, or for data, at some time.</param>
internal readonly record struct Outcome(Ending End, double Seconds, double? Onset, int BlindPromotions, bool Paused)
{
    /// <summary>Whether a rollback came although nothing was wrong, or nothing yet.</summary>
    public bool IsFalseRollback => End == Ending.RolledBack && !(Seconds >= Onset);
}

/// <summary>How a rollout ended.</summary>
internal enum Ending
{
    /// <summary>Everybody has the release.</summary>
    Promoted,

    /// <summary>It was taken back.</summary>
    RolledBack,

    /// <summary>It stands where it stands, for a person to decide, or for data.</summary>
    Held,
}

/// <summary>A rule that lets rollouts go on or takes them back.</summary>
internal interface IPolicy
{
    /// <summary>For the table.</summary>
    string Name { get; }

    /// <summary>What it is set to, for the text beside the table.</summary>
    string Settings { get; }

    /// <summary>Runs one rollout.</summary>
    ValueTask<Outcome> RunAsync(World world);
}
