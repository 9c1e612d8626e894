namespace ReadyOps;

/// <summary>Whether a service is still as it was when its baseline was captured.</summary>
public sealed record BaselineComparison
{
    internal BaselineComparison()
    {
    }

    /// <summary>The worst of its metrics: Fail before Error, NoData and Inconclusive; Pass only when all of them pass.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>The baseline.</summary>
    public string Baseline { get; internal init; } = "";

    /// <summary>Its file; empty when there is none.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The release that the baseline was captured of; empty when nobody said.</summary>
    public string Release { get; internal init; } = "";

    /// <summary>When the baseline was captured (UTC).</summary>
    public DateTimeOffset? CapturedAt { get; internal init; }

    /// <summary>What is compared with it is from after this moment (UTC).</summary>
    public DateTimeOffset Start { get; internal init; }

    /// <summary>And up to this one (UTC).</summary>
    public DateTimeOffset End { get; internal init; }

    /// <summary>Each figure of each metric.</summary>
    public IReadOnlyList<BaselineDifference> Metrics { get; internal init => field = value.AsArray(); } = [];

    /// <summary>One sentence: what decided.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What would settle it; empty when it is settled.</summary>
    public string NextStep { get; internal init; } = "";

    /// <summary>Warnings of the server, and what the figures do not say by themselves.</summary>
    public IReadOnlyList<string> Notes { get; internal init => field = value.AsArray(); } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict}: {Reason}";
}
