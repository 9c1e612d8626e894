namespace ReadyOps;

/// <summary>The percentiles and rates that a service had over a span, and where they come from.</summary>
public sealed record PerformanceBaseline
{
    internal PerformanceBaseline()
    {
    }

    /// <summary>What it is called.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>What it is for; empty when nobody said.</summary>
    public string Description { get; internal init; } = "";

    /// <summary>The file it was written to or read from; empty when there is none.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The release that was running; empty when nobody said.</summary>
    public string Release { get; internal init; } = "";

    /// <summary>The samples are from after this moment (UTC).</summary>
    public DateTimeOffset Start { get; internal init; }

    /// <summary>And up to this one (UTC).</summary>
    public DateTimeOffset End { get; internal init; }

    /// <summary>How long is captured.</summary>
    public TimeSpan Span { get; internal init; }

    /// <summary>Whether each hour of the week is captured on its own, too.</summary>
    public bool SameHourOfWeek { get; internal init; }

    /// <summary>Whose hours they are: the name of a time zone.</summary>
    public string TimeZone { get; internal init; } = "UTC";

    /// <summary>In how many weeks an hour of the week must have been seen before it is compared with.</summary>
    public int MinWeeks { get; internal init; } = 3;

    /// <summary>When it was captured (UTC); nothing for one that is only planned.</summary>
    public DateTimeOffset? CapturedAt { get; internal init; }

    /// <summary>Who captured it.</summary>
    public string CapturedBy { get; internal init; } = "";

    /// <summary>On which machine.</summary>
    public string Host { get; internal init; } = "";

    /// <summary>Which Prometheus was asked, without credentials.</summary>
    public string Endpoint { get; internal init; } = "";

    /// <summary>Its version; empty for a backend that does not say.</summary>
    public string PrometheusVersion { get; internal init; } = "";

    /// <summary>The commit that was built from; empty for a backend that does not say.</summary>
    public string PrometheusRevision { get; internal init; } = "";

    /// <summary>SHA-256 over the queries, the measurements and where they come from, in lower-case hex.</summary>
    public string Digest { get; internal init; } = "";

    /// <summary>Its metrics, in the order of the document.</summary>
    public IReadOnlyList<BaselineMetric> Metrics { get; internal init => field = value.AsArray(); } = [];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
