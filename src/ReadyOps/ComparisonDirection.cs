namespace ReadyOps;

/// <summary>Which change of a metric does harm.</summary>
public enum ComparisonDirection
{
    /// <summary>A change up as well as down.</summary>
    Either,

    /// <summary>Up: errors, latency.</summary>
    Increase,

    /// <summary>Down: throughput, availability, conversion.</summary>
    Decrease,
}
