namespace ReadyOps;

/// <summary>One value of one time series.</summary>
public sealed record MetricSample
{
    internal MetricSample()
    {
    }

    /// <summary>Name of the metric, if the series has one.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Labels of the series, without the name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; internal init; } = new Dictionary<string, string>();

    /// <summary>When the value was seen (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>The value; NaN and infinities are kept. NaN for a native histogram.</summary>
    public double Value { get; internal init; }

    /// <summary>The native histogram, where the series has one at this moment instead of a number.</summary>
    public MetricHistogram? Histogram { get; internal init; }
}
