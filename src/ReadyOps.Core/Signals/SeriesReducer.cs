namespace ReadyOps.Core.Signals;

/// <summary>How several series become one value, as the aggregations of PromQL do.</summary>
public enum SeriesReducer
{
    /// <summary>All added up; NaN if any is.</summary>
    Sum,

    /// <summary>The smallest; NaN only if all are.</summary>
    Min,

    /// <summary>The largest; NaN only if all are.</summary>
    Max,

    /// <summary>The arithmetic mean; NaN if any is.</summary>
    Avg,

    /// <summary>How many series there are.</summary>
    Count,
}
