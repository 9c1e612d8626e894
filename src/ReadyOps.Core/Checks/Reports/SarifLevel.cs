namespace ReadyOps.Core.Checks.Reports;

/// <summary>How much a result of a scan matters, as SARIF has it.</summary>
internal enum SarifLevel
{
    /// <summary>Not a problem.</summary>
    None,

    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>A problem.</summary>
    Warning,

    /// <summary>A serious problem.</summary>
    Error,
}
