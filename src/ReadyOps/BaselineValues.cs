namespace ReadyOps;

/// <summary>The figures of many samples, in the base of their unit. Percentiles are definition 7 of Hyndman and Fan, the default of R and NumPy.</summary>
public sealed record BaselineValues
{
    internal BaselineValues()
    {
    }

    /// <summary>How many samples there are; one that is not a number is none.</summary>
    public int N { get; internal init; }

    /// <summary>Arithmetic mean.</summary>
    public double Mean { get; internal init; }

    /// <summary>Least value.</summary>
    public double Min { get; internal init; }

    /// <summary>Greatest value.</summary>
    public double Max { get; internal init; }

    /// <summary>Median.</summary>
    public double P50 { get; internal init; }

    /// <summary>90th percentile.</summary>
    public double P90 { get; internal init; }

    /// <summary>95th percentile.</summary>
    public double P95 { get; internal init; }

    /// <summary>99th percentile.</summary>
    public double P99 { get; internal init; }

    /// <summary>One of the figures.</summary>
    public double Of(BaselineStatistic statistic) => statistic switch
    {
        BaselineStatistic.P50 => P50,
        BaselineStatistic.P90 => P90,
        BaselineStatistic.P95 => P95,
        BaselineStatistic.P99 => P99,
        BaselineStatistic.Mean => Mean,
        BaselineStatistic.Min => Min,
        _ => Max,
    };
}
