namespace ReadyOps;

/// <summary>One figure of one metric beside its baseline.</summary>
public sealed record BaselineDifference
{
    internal BaselineDifference()
    {
    }

    /// <summary>Pass within the tolerance, Fail outside; why it cannot be told; Skipped for what the baseline does not know.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>The metric.</summary>
    public string Metric { get; internal init; } = "";

    /// <summary>Which figure of its samples.</summary>
    public BaselineStatistic Statistic { get; internal init; }

    /// <summary>Of which hour of the week: <c>Mon 09:00</c>; empty where the hour does not matter.</summary>
    public string Hour { get; internal init; } = "";

    /// <summary>What its values count.</summary>
    public Unit Unit { get; internal init; }

    /// <summary>What it was, in base units.</summary>
    public double? Baseline { get; internal init; }

    /// <summary>What it is, in base units.</summary>
    public double? Current { get; internal init; }

    /// <summary>What it may be.</summary>
    public Bound? Bound { get; internal init; }

    /// <summary>How far inside the bound it is, in base units; negative outside.</summary>
    public double? Margin { get; internal init; }

    /// <summary>Current ÷ baseline; nothing where the baseline is 0.</summary>
    public double? Ratio => Baseline is { } was && was != 0 && Current is { } now && double.IsFinite(now) ? now / was : null;

    /// <summary>How many samples the baseline has.</summary>
    public int BaselineN { get; internal init; }

    /// <summary>How many samples there are now.</summary>
    public int N { get; internal init; }

    /// <summary>The samples are from after this moment (UTC).</summary>
    public DateTimeOffset Start { get; internal init; }

    /// <summary>And up to this one (UTC).</summary>
    public DateTimeOffset End { get; internal init; }

    /// <summary>One sentence: what was seen, against what, and therefore what.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What would settle it; empty when it is settled.</summary>
    public string NextStep { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict}: {Reason}";
}
