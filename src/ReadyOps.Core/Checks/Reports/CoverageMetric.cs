namespace ReadyOps.Core.Checks.Reports;

/// <summary>What coverage counts.</summary>
internal enum CoverageMetric
{
    /// <summary>Lines that hold code.</summary>
    Line,

    /// <summary>Ways out of decisions.</summary>
    Branch,

    /// <summary>Methods or functions.</summary>
    Method,
}
