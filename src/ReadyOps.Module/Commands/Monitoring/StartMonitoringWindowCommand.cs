using System.Collections;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Monitoring;
using ReadyOps.Core.Rollouts;
using static System.FormattableString;

namespace ReadyOps.Commands;

/// <summary>Starts to watch a release after it has reached its share.</summary>
[Cmdlet(VerbsLifecycle.Start, "MonitoringWindow", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(MonitoringWindow), typeof(RolloutTimelineEntry))]
public sealed class StartMonitoringWindowCommand : RolloutActionCmdlet
{
    /// <summary>The document of the window.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", HelpMessage = "A document of kind Monitor, for example ./monitor.yaml")]
    [SupportsWildcards]
    public string Path { get; set; } = "";

    /// <summary>The document of the window, its path taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    public string LiteralPath { get; set; } = "";

    /// <summary>The release that is watched.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Values for the variables of the document.</summary>
    [Parameter]
    public IDictionary? Variable { get; set; }

    /// <summary>Why, for the journal.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>Whether to tick it here until it has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Whether to take the target over from a rollout or window that has not ended.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Path + LiteralPath, () =>
    {
        bool literal = ParameterSetName == "LiteralPath";
        IReadOnlyList<string> files = Paths.Resolve(this, literal ? LiteralPath : Path, literal);
        if (files.Count > 1)
            throw new ReadyOpsException("PathAmbiguous", $"'{Path}' leads to {files.Count} files, and one window has one document.", "Name one of them.");
        if (files.Count == 0) return;
        string? release = Release;
        Document document = DocumentLoader.Load(files[0], "Monitor", Variables.Read(Variable, ref release), read => Rollouts.Preview(read));
        Start(document, new RolloutStart { Release = release, Reason = Reason, Force = Force });
    });

    private void Start(Document document, RolloutStart start)
    {
        IReadOnlyList<RolloutTimelineEntry> timeline = Rollouts.Preview(document);
        string release = Rollouts.Demand(document, start);
        string what = Invariant($"{document.Name} {release}: {timeline.Count - 2} checkpoints in {Quantities.Format(timeline[^1].After)}");
        if (!ShouldProcess($"Starting monitoring window {what}.", $"Start monitoring window {what}?", "Start monitoring window", out ShouldProcessReason why))
        {
            if (why == ShouldProcessReason.WhatIf) WriteObject(timeline, enumerateCollection: true);
            return;
        }

        var windows = new MonitoringService(Rollouts);
        MonitoringWindow window = Await(cancel => windows.StartAsync(document, start, cancel).AsTask());
        WriteVerbose(window.ToString());
        if (Wait && !window.Ended) window = RunToEnd(windows, window);
        WriteObject(window);
        if (window.Ended && window.Phase != RolloutPhase.Succeeded) WriteError(Errors.WindowNotSucceeded(window));
    }

    private MonitoringWindow RunToEnd(MonitoringService windows, MonitoringWindow window)
    {
        WaitFor(window.Id, () =>
        {
            foreach (MonitoringWindow now in Pull(cancel => windows.RunAsync(window.Id, cancel)))
            {
                window = now;
                double percent = 100.0 * now.Checkpoints.Count / now.CheckpointCount;
                Progress.Show($"Monitoring window {now.Id}", Invariant($"{now.Phase}, checkpoint {now.Checkpoints.Count} of {now.CheckpointCount}: {now.Reason}"), percent, null);
            }
        });
        return window;
    }
}
