namespace ReadyOps.Core.Signals;

/// <summary>What a <see cref="ScrapeMeasure"/> makes of the series.</summary>
public enum ScrapeMeasureKind
{
    /// <summary>The sum of the values.</summary>
    Gauge,

    /// <summary>The increase per second.</summary>
    Rate,

    /// <summary>One increase over another.</summary>
    Ratio,

    /// <summary>A quantile of a histogram's increase.</summary>
    Quantile,
}
