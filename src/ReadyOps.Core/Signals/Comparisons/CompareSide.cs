namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>What one side of a comparison is measured by.</summary>
public sealed record CompareSide
{
    /// <summary>What tells a process whose counters begin anew when it starts.</summary>
    private const string ByProcess = "sum by (job, instance) ";

    /// <summary>PromQL that gives samples: one series, or one of each instance; empty for counts.</summary>
    public string Query { get; init; } = "";

    /// <summary>The counter of the events; empty for samples.</summary>
    public string Events { get; init; } = "";

    /// <summary>Whether <see cref="Events"/> counts the good ones, so that the rest of the total is what is compared.</summary>
    public bool CountsGood { get; init; }

    /// <summary>The counter of what the events are out of, or PromQL that gives the exposure during one look.</summary>
    public string Size { get; init; } = "";

    /// <summary>Whether <see cref="Size"/> is a counter.</summary>
    public bool SizeIsCounter { get; init; } = true;

    /// <summary>PromQL that gives the events counted so far, by process.</summary>
    internal string EventsQuery => $"{ByProcess}({Events})";

    /// <summary>PromQL that gives what they are out of.</summary>
    internal string SizeQuery => SizeIsCounter ? $"{ByProcess}({Size})" : Size;

    /// <inheritdoc/>
    public override string ToString() => Query.Length > 0 ? Query : $"{Events} out of {Size}";
}
