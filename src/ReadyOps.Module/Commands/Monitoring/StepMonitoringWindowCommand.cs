using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Monitoring;
using ReadyOps.Core.Reports;

namespace ReadyOps.Commands;

/// <summary>Ticks monitoring windows once, and reports at the checkpoints that are due.</summary>
[Cmdlet(VerbsCommon.Step, "MonitoringWindow", DefaultParameterSetName = "ById", SupportsShouldProcess = true)]
[OutputType(typeof(MonitoringWindow))]
public sealed class StepMonitoringWindowCommand : RolloutActionCmdlet
{
    private readonly List<string> _left = [];
    private long _began;

    /// <summary>Which windows.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ById", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MonitoringWindowIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Whether to tick every window that has not ended.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "All")]
    public SwitchParameter All { get; set; }

    /// <summary>How long to begin new ticks.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? TimeBudget { get; set; }

    /// <summary>Where reports that are not there yet are written.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReportFolder { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => _began = Clock.GetTimestamp();

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        var windows = new MonitoringService(Rollouts);
        foreach (string id in FindIds(All ? ["*"] : Id)) Try(id, () => Step(windows, id));
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_left.Count > 0)
            WriteWarning($"The time budget of {Quantities.Format(TimeBudget!.Value)} was used up before {string.Join(", ", _left)} could be ticked. Run this again; nothing is lost.");
    }

    private void Step(MonitoringService windows, string id)
    {
        bool named = !All && Id.Contains(id, StringComparer.OrdinalIgnoreCase);
        // One that is named must be a window; a wildcard means the windows that can move.
        MonitoringWindow? window = Await<MonitoringWindow?>(async cancel => named ? await windows.GetAsync(id, cancel) : await windows.FindAsync(id, cancel));
        if (window is null || (window.Ended && !named)) return;
        if (Clock.GetElapsedTime(_began) >= TimeBudget)
        {
            _left.Add(id);
            return;
        }

        if (!ShouldProcess(id, "Tick monitoring window")) return;
        window = Await(cancel => windows.TickAsync(id, cancel).AsTask());
        WriteVerbose(window.ToString());
        if (ReportFolder is not null) WriteReports(window, Paths.Folder(SessionState, ReportFolder));
        WriteObject(window);
    }

    // Those of a call that died before it wrote them are made up for by the next.
    private static void WriteReports(MonitoringWindow window, string folder)
    {
        ReportFile.MakeFolder(folder);
        foreach (MonitoringCheckpoint reached in window.Checkpoints)
        {
            string file = Path.Combine(folder, CheckpointReport.FileName(window, reached));
            if (!File.Exists(file)) ReportFile.Write(file, CheckpointReport.Write(window, reached), replace: false, force: false);
        }
    }
}
