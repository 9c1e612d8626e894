using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Reports;

namespace ReadyOps.Commands;

/// <summary>Writes what gates decided for people and for CI systems.</summary>
[Cmdlet(VerbsData.Export, "GateReport", SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class ExportGateReportCommand : ReadyCmdlet
{
    private readonly List<GateResult> _results = [];
    private GateReportOptions _options = new();
    private string? _file;

    /// <summary>What the gates decided.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public GateResult[] InputObject { get; set; } = [];

    /// <summary>How it is written.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "Markdown, Html, Json, JUnit or Sarif")]
    public GateReportFormat Format { get; set; }

    /// <summary>The file; without it, the text is returned.</summary>
    [Parameter(Position = 2)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The checklist that the gate was made of, to be written back.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>Whether a read-only file is replaced too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Whether a file that is there already stays as it is.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Source is not null && Format != GateReportFormat.Markdown)
            StopHere("SourceNotMarkdown", $"A checklist is written back in Markdown, not in {Format}.", "Use -Format Markdown, or leave -Source out.", Source);
        _options = new GateReportOptions { BaseDirectory = SessionState.Path.CurrentFileSystemLocation.ProviderPath };
        try
        {
            if (Path is not null) _file = Paths.Folder(SessionState, Path);
            if (Source is not null) _options = _options with { Checklist = ChecklistSource.Load(Paths.Folder(SessionState, Source)) };
        }
        catch (Exception e) when (Errors.IsExpected(e))
        {
            ThrowTerminatingError(Errors.From(e, Path ?? Source).First());
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _results.AddRange(InputObject);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        Try(Path, () =>
        {
            string report = GateReport.Write(Format, _results, _options);
            if (_file is null) WriteObject(report);
            else if (ShouldProcess(_file, $"Write a report of {_results.Count} gate result(s) as {Format}")) ReportFile.Write(_file, report, !NoClobber, Force);
        });
    }
}
