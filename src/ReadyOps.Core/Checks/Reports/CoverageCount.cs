using System.Globalization;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>How many of how many are covered.</summary>
/// <param name="Covered">Those that were run at least once.</param>
/// <param name="Total">All.</param>
internal readonly record struct CoverageCount(long Covered, long Total)
{
    /// <summary>The share that is covered, 0 to 1; NaN of nothing.</summary>
    public double Rate => Total == 0 ? double.NaN : (double)Covered / Total;

    public static CoverageCount operator +(CoverageCount one, CoverageCount other) => new(one.Covered + other.Covered, one.Total + other.Total);

    /// <summary>As a sentence adds it: <c>812 of 1000 lines</c>.</summary>
    public string Tell(CoverageMetric metric) =>
        string.Create(CultureInfo.InvariantCulture, $"{Covered} of {Total} {(metric == CoverageMetric.Branch ? "branches" : metric == CoverageMetric.Line ? "lines" : "methods")}");
}
