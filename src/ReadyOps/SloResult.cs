namespace ReadyOps;

/// <summary>Whether a service keeps its objective: what is left of its error budget, and how fast that burns over several windows.</summary>
public sealed record SloResult
{
    internal SloResult()
    {
    }

    /// <summary>The worst of what decides: Fail before Error, NoData and Inconclusive; Pass only when all of it passes.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>What the objective is called.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The share of events that must be good, 0–1: 0.999.</summary>
    public decimal Objective { get; internal init; }

    /// <summary>The rolling period that the objective is about.</summary>
    public TimeSpan Window { get; internal init; }

    /// <summary>The moment it is judged at (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>The error budget; nothing where a rollout asks, which answers for its step and not for the whole period.</summary>
    public ErrorBudget? Budget { get; internal init; }

    /// <summary>Each pair of windows, the fastest first.</summary>
    public IReadOnlyList<SloBurnRate> BurnRates { get; internal init => field = value.AsArray(); } = [];

    /// <summary>One sentence: what decided, by how much, over which windows and of how many events.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What would settle it; empty when it is settled.</summary>
    public string NextStep { get; internal init; } = "";

    /// <summary>Warnings of the server, and what the figures do not say by themselves.</summary>
    public IReadOnlyList<string> Notes { get; internal init => field = value.AsArray(); } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict}: {Reason}";
}
