namespace ReadyOps;

/// <summary>How the results of gates are written.</summary>
public enum GateReportFormat
{
    /// <summary>A checklist in Markdown, ticked by the evidence.</summary>
    Markdown,

    /// <summary>A page of its own for a browser or a printer.</summary>
    Html,

    /// <summary>The results as the journal holds them.</summary>
    Json,

    /// <summary>JUnit's XML, which CI systems show as tests.</summary>
    JUnit,

    /// <summary>SARIF 2.1.0, which CI systems show as findings.</summary>
    Sarif,
}
