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

/// <summary>Reduces.</summary>
internal static class SeriesReducers
{
    /// <summary>One value of several, at least one; in one order whatever the backend's, so that rounding is the same each time.</summary>
    public static double Reduce(this SeriesReducer reducer, IEnumerable<double> values)
    {
        double[] numbers = [.. values.Order()];
        IEnumerable<double> known = numbers.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN);
        return reducer switch
        {
            SeriesReducer.Sum => numbers.Sum(),
            SeriesReducer.Avg => numbers.Average(),
            SeriesReducer.Min => known.Min(),
            SeriesReducer.Max => known.Max(),
            _ => numbers.Length,
        };
    }
}
