namespace ReadyOps;

/// <summary>What a rollout document would have done over a stretch of history.</summary>
public sealed record BacktestResult
{
    internal BacktestResult()
    {
    }

    /// <summary>Name of the rollout document.</summary>
    public string Rollout { get; internal init; } = "";

    /// <summary>What was varied, for example <c>errors.bound &lt; 1%, errors.for 5m</c>; empty for the document as it is.</summary>
    public string Variant { get; internal init; } = "";

    /// <summary>The same, by the name of each setting.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; internal init; } = new Dictionary<string, string>();

    /// <summary>Whether the signals were watched at a constant share, instead of the steps being gone through.</summary>
    public bool IsWatch { get; internal init; }

    /// <summary>When the history begins (UTC).</summary>
    public DateTimeOffset Start { get; internal init; }

    /// <summary>Up to when it was played (UTC): its end, or when the rollout had ended.</summary>
    public DateTimeOffset End { get; internal init; }

    /// <summary>How it came out.</summary>
    public BacktestOutcome Outcome { get; internal init; }

    /// <summary>When it would first have been paused.</summary>
    public DateTimeOffset? PausedAt { get; internal init; }

    /// <summary>When it would have been rolled back; where an incident is named, the first time from then on, if there was one.</summary>
    public DateTimeOffset? RolledBackAt { get; internal init; }

    /// <summary>The signal that led to it.</summary>
    public string? Signal { get; internal init; }

    /// <summary>Time of the first bad sample of the run that led to it.</summary>
    public DateTimeOffset? FirstBadSample { get; internal init; }

    /// <summary>Time of the sample that completed the breach.</summary>
    public DateTimeOffset? BreachedAt { get; internal init; }

    /// <summary>From the incident, or from the first bad sample where no incident is named, to the decision to roll back.</summary>
    public TimeSpan? Delay { get; internal init; }

    /// <summary>How many times it would have been rolled back.</summary>
    public int Alarms { get; internal init; }

    /// <summary>
    /// How many of these were false: those before the incident; all of them where a healthy period was watched; unknown for a
    /// rollout where no incident is named.
    /// </summary>
    public int? FalseAlarms { get; internal init; }

    /// <summary>How many times it would have been paused.</summary>
    public int Pauses { get; internal init; }

    /// <summary>Why it came out as it did, in a sentence.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What would have happened, in order of time.</summary>
    public IReadOnlyList<BacktestEntry> Timeline { get; internal init; } = [];

    /// <summary>How many samples of history there were.</summary>
    public long Samples { get; internal init; }

    /// <summary>What this result does not say: signals that have no history, samples without their window, warnings of the backend.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Rollout}{(Variant.Length > 0 ? $" ({Variant})" : "")}: {Outcome}: {Reason}";
}
