namespace ReadyOps;

/// <summary>One metric of a baseline: what is asked, how it is compared, and, once captured, what it was like.</summary>
public sealed record BaselineMetric
{
    internal BaselineMetric()
    {
    }

    /// <summary>What it is called.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it is for; empty when nobody said.</summary>
    public string Description { get; internal init; } = "";

    /// <summary>PromQL; <c>${window}</c> in it stands for <see cref="Window"/>.</summary>
    public string Query { get; internal init; } = "";

    /// <summary>How several series become one value (sum, min, max, avg, count); empty where several are an error.</summary>
    public string Reduce { get; internal init; } = "";

    /// <summary>What its values count.</summary>
    public Unit Unit { get; internal init; }

    /// <summary>How far apart its samples are.</summary>
    public TimeSpan Interval { get; internal init; }

    /// <summary>What <c>${window}</c> stands for.</summary>
    public TimeSpan Window { get; internal init; }

    /// <summary>How much it may differ: <c>10%</c>, <c>5ms</c>, <c>abs 0.001</c>.</summary>
    public string Tolerance { get; internal init; } = "10%";

    /// <summary>Which change does harm.</summary>
    public ComparisonDirection Direction { get; internal init; }

    /// <summary>Which figures are compared.</summary>
    public IReadOnlyList<BaselineStatistic> Statistics { get; internal init => field = value.AsArray(); } = [];

    /// <summary>How many samples both sides need at least.</summary>
    public int MinSamples { get; internal init; }

    /// <summary>What it was like; nothing before it is captured.</summary>
    public BaselineValues? Values { get; internal init; }

    /// <summary>How many samples there would be without gaps.</summary>
    public int Expected { get; internal init; }

    /// <summary>How many stretches without a sample there are.</summary>
    public int Gaps { get; internal init; }

    /// <summary>The longest of them.</summary>
    public TimeSpan LongestGap { get; internal init; }

    /// <summary>How many samples were not a number.</summary>
    public int Empty { get; internal init; }

    /// <summary>What Prometheus warned of: the values may be of a part of the data.</summary>
    public IReadOnlyList<string> Warnings { get; internal init => field = value.AsArray(); } = [];

    /// <summary>SHA-256 over the samples; empty before it is captured.</summary>
    public string Digest { get; internal init; } = "";

    /// <summary>What it was like in each hour of the week that has samples; empty where that was not captured.</summary>
    public IReadOnlyList<BaselineHour> Hours { get; internal init => field = value.AsArray(); } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
