namespace ReadyOps;

/// <summary>What a service may still get wrong under its objective.</summary>
public sealed record ErrorBudget
{
    internal ErrorBudget()
    {
    }

    /// <summary>Whether enough of it is left; only <see cref="Verdict.Pass"/> is a pass.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>What the objective is called.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The share of events that must be good, 0–1: 0.999.</summary>
    public decimal Objective { get; internal init; }

    /// <summary>The rolling period that the objective is about.</summary>
    public TimeSpan Window { get; internal init; }

    /// <summary>The end of that period (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>The share of events that were good over the period, 0–1; nothing where it cannot be told.</summary>
    public decimal? Attained { get; internal init; }

    /// <summary>The share of the budget that is spent: 1 is all of it, and it may be more.</summary>
    public decimal? Consumed { get; internal init; }

    /// <summary>The share of the budget that is left; negative when more was spent than there was.</summary>
    public decimal? Remaining => 1 - Consumed;

    /// <summary>The share of the budget that must be left, 0–1.</summary>
    public decimal Minimum { get; internal init; }

    /// <summary>How fast it burns now, over <see cref="BurnRateWindow"/>: 1 spends exactly all of it in a period.</summary>
    public decimal? BurnRate { get; internal init; }

    /// <summary>The window of <see cref="BurnRate"/>.</summary>
    public TimeSpan BurnRateWindow { get; internal init; }

    /// <summary>
    /// How long the rest lasts at <see cref="BurnRate"/>: zero when nothing is left, nothing when it does not end within 10 years or
    /// cannot be told. That old errors leave the period meanwhile is not counted on.
    /// </summary>
    public TimeSpan? TimeToExhaustion { get; internal init; }

    /// <summary>Events over the period, as Prometheus estimates them; nothing where the indicator does not count.</summary>
    public decimal? Events { get; internal init; }

    /// <summary>Bad events over the period.</summary>
    public decimal? BadEvents { get; internal init; }

    /// <summary>How many bad events that many events may have.</summary>
    public decimal? AllowedBadEvents => Events * (1 - Objective);

    /// <summary>One sentence: what is left, of how much, and for how long.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What would settle it; empty when it is settled.</summary>
    public string NextStep { get; internal init; } = "";

    /// <summary>Warnings of the server, and what the figures do not say by themselves.</summary>
    public IReadOnlyList<string> Notes { get; internal init => field = value.AsArray(); } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict}: {Reason}";
}
