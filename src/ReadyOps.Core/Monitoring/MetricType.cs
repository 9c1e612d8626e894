namespace ReadyOps.Core.Monitoring;

/// <summary>What kind of metric a family is.</summary>
public enum MetricType
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>A count that only grows, or begins again from 0 when its process restarts.</summary>
    Counter,

    /// <summary>Counts of observations by upper bound, their sum and their number.</summary>
    Histogram,
}
