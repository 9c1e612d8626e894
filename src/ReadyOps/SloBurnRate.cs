namespace ReadyOps;

/// <summary>
/// One pair of windows: it fails while the error budget burns faster than <see cref="Factor"/> over both. 1 burns exactly the whole
/// budget in a period.
/// </summary>
public sealed record SloBurnRate
{
    internal SloBurnRate()
    {
    }

    /// <summary>Fail, Pass, or why it cannot be told.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>How loudly it calls.</summary>
    public SloSeverity Severity { get; internal init; }

    /// <summary>Whether it takes part in the verdict; one that does not is measured and reported.</summary>
    public bool Decides { get; internal init; }

    /// <summary>The burn rate that both windows may have at most.</summary>
    public decimal Factor { get; internal init; }

    /// <summary>The long window: that what happens matters.</summary>
    public TimeSpan LongWindow { get; internal init; }

    /// <summary>The short window: that it still goes on.</summary>
    public TimeSpan ShortWindow { get; internal init; }

    /// <summary>Burn rate over the long window; nothing where it cannot be told.</summary>
    public decimal? LongBurnRate { get; internal init; }

    /// <summary>Burn rate over the short window; nothing where it cannot be told.</summary>
    public decimal? ShortBurnRate { get; internal init; }

    /// <summary>Events in the long window, as Prometheus estimates them; nothing where the indicator does not count.</summary>
    public decimal? LongEvents { get; internal init; }

    /// <summary>Bad events in the long window.</summary>
    public decimal? LongBadEvents { get; internal init; }

    /// <summary>Events in the short window.</summary>
    public decimal? ShortEvents { get; internal init; }

    /// <summary>Bad events in the short window.</summary>
    public decimal? ShortBadEvents { get; internal init; }

    /// <summary>How far below the factor the lower of both burn rates is; negative when it fails.</summary>
    public decimal? Margin => LongBurnRate is { } longRate && ShortBurnRate is { } shortRate ? Factor - Math.Min(longRate, shortRate) : null;

    /// <summary>The share of the whole budget that is spent within the long window at this factor.</summary>
    public decimal BudgetShare { get; internal init; }

    /// <summary>How long the rest of the budget lasts at the rate of the long window; nothing when it does not end within 10 years.</summary>
    public TimeSpan? TimeToExhaustion { get; internal init; }

    /// <summary>One sentence: what was seen over which windows, against what.</summary>
    public string Reason { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict}: {Reason}";
}
