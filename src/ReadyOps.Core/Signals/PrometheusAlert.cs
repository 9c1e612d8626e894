namespace ReadyOps.Core.Signals;

/// <summary>An alert that Prometheus holds as pending or firing.</summary>
public sealed record PrometheusAlert
{
    /// <summary>Name of the alerting rule.</summary>
    public string Name { get; init; } = "";

    /// <summary><c>pending</c> or <c>firing</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>Since when its expression has been true (UTC).</summary>
    public DateTimeOffset? ActiveAt { get; init; }

    /// <summary>Value of its expression.</summary>
    public double Value { get; init; }

    /// <summary>Labels, <c>alertname</c> included.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
