namespace ReadyOps.Core.Reports;

/// <summary>What counts for reports of every form.</summary>
public sealed record GateReportOptions
{
    /// <summary>The folder that places are told from, usually the root of the repository; <see langword="null"/> to leave them as they are.</summary>
    public string? BaseDirectory { get; init; }

    /// <summary>The checklist that the gate was made of, to write back in Markdown.</summary>
    public ChecklistSource? Checklist { get; init; }
}
