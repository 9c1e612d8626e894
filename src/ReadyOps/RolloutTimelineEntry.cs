namespace ReadyOps;

/// <summary>One line of the timeline that <c>-WhatIf</c> prints: what would happen when, if every signal passes.</summary>
public sealed record RolloutTimelineEntry
{
    internal RolloutTimelineEntry()
    {
    }

    /// <summary>Time since the start, at the earliest.</summary>
    public TimeSpan After { get; internal init; }

    /// <summary>When that is (UTC), if it started now.</summary>
    public DateTimeOffset At { get; internal init; }

    /// <summary>The share from then on, in per cent (0–100).</summary>
    public decimal SharePercent { get; internal init; }

    /// <summary>What happens.</summary>
    public string Action { get; internal init; } = "";
}
