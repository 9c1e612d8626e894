namespace ReadyOps.Core.Rollouts;

/// <summary>
/// What makes a rollout a monitoring window: it raises nothing, watches a share that is reached already, and reports at
/// checkpoints until it is over. Its triggers are those of every rollout.
/// </summary>
/// <param name="Checkpoints">When it reports, from its start; rising, the last is its end.</param>
/// <param name="MaxGap">For how long nothing may be seen of a signal before the window can no longer say that it held.</param>
/// <param name="TakesBack">Whether a breach takes the release back; without a target it only ends the window.</param>
public sealed record WindowDefinition(IReadOnlyList<TimeSpan> Checkpoints, TimeSpan MaxGap, bool TakesBack)
{
    /// <summary>How long it lasts.</summary>
    public TimeSpan Length => Checkpoints[^1];

    /// <summary>How far a checkpoint lies from the one before it.</summary>
    /// <param name="number">Its number, from 1.</param>
    public TimeSpan Spacing(int number) => Checkpoints[number - 1] - (number > 1 ? Checkpoints[number - 2] : TimeSpan.Zero);
}
