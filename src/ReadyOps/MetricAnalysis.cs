namespace ReadyOps;

/// <summary>What a metric's samples over a span amount to, judged as a signal of a rollout would be.</summary>
public sealed record MetricAnalysis
{
    internal MetricAnalysis()
    {
    }

    /// <summary>Name of the metric.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Fail when there was a breach anywhere in the span; otherwise what the samples say at its end.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>One sentence: why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What was asked.</summary>
    public string Query { get; internal init; } = "";

    /// <summary>When the span began (UTC); nothing looks back before it.</summary>
    public DateTimeOffset Start { get; internal init; }

    /// <summary>When it ended (UTC).</summary>
    public DateTimeOffset End { get; internal init; }

    /// <summary>How many samples said anything.</summary>
    public int Samples { get; internal init; }

    /// <summary>How many of them broke the bound.</summary>
    public int Bad { get; internal init; }

    /// <summary>The first breach: the sample that completed it; nothing when there was none.</summary>
    public DateTimeOffset? FirstBreach { get; internal init; }

    /// <summary>How many breaches there were; one that goes on counts once.</summary>
    public int Breaches { get; internal init; }

    /// <summary>Where the metric stood at the end of the span.</summary>
    public SignalStatus Status { get; internal init; } = new();

    /// <summary>Each change of the verdict over the span, the first verdict included.</summary>
    public IReadOnlyList<MetricVerdict> Changes { get; internal init => field = value.AsArray(); } = [];

    /// <summary>What the source warned of.</summary>
    public IReadOnlyList<string> Warnings { get; internal init => field = value.AsArray(); } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Verdict}: {Reason}";
}
