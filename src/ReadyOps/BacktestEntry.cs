namespace ReadyOps;

/// <summary>One thing that would have happened.</summary>
public sealed record BacktestEntry
{
    internal BacktestEntry()
    {
    }

    /// <summary>When it would have been decided (UTC): the time of a tick.</summary>
    public DateTimeOffset At { get; internal init; }

    /// <summary>The event of the rollout's journal, for example <c>StepPassed</c>, <c>RolloutPaused</c>, <c>RollbackStarted</c>.</summary>
    public string Event { get; internal init; } = "";

    /// <summary>The signal it was about, if it was about one.</summary>
    public string? Signal { get; internal init; }

    /// <summary>Time of the first bad sample of the run that led to it.</summary>
    public DateTimeOffset? FirstBadSample { get; internal init; }

    /// <summary>Time of the sample that completed the breach.</summary>
    public DateTimeOffset? BreachedAt { get; internal init; }

    /// <summary>The share after it, in per cent (0–100).</summary>
    public decimal SharePercent { get; internal init; }

    /// <summary>What happened and why, in a sentence.</summary>
    public string Reason { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{At.UtcDateTime:u} {Event}: {Reason}");
}
