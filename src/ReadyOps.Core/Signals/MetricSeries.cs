namespace ReadyOps.Core.Signals;

/// <summary>One time series over a span.</summary>
public sealed record MetricSeries
{
    /// <summary>Name of the metric, if the series has one.</summary>
    public string Name { get; init; } = "";

    /// <summary>Labels of the series, without the name.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its samples, in order of time. A moment at which the series has no value has no sample.</summary>
    public IReadOnlyList<MetricSample> Samples { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => Write(Name, Labels);

    /// <summary>A series as PromQL writes it: <c>name{label="value"}</c>, labels in order of their names.</summary>
    internal static string Write(string name, IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count == 0 && name.Length > 0) return name;
        return $"{name}{{{string.Join(", ", labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key}=\"{Escape(l.Value)}\""))}}}";
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
