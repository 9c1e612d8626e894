namespace ReadyOps.Core.Signals.Baselines;

/// <summary>What is compared with a baseline.</summary>
public sealed record BaselineWindow
{
    /// <summary>How long; the last hour, or as long as the baseline where that is shorter.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>Up to when; now when it is not given.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>Nothing from before this moment says anything, and no query looks back behind it: the step of a rollout began then.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether each hour of the week is compared with the same hour of the baseline.</summary>
    public bool SameHourOfWeek { get; init; }
}
