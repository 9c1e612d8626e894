using System.Collections;
using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;
using static System.FormattableString;

namespace ReadyOps.Commands;

/// <summary>Starts to roll a release out step by step.</summary>
[Cmdlet(VerbsLifecycle.Start, "ProgressiveRollout", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus), typeof(RolloutTimelineEntry))]
public sealed class StartProgressiveRolloutCommand : RolloutActionCmdlet
{
    private readonly List<GateResult> _gates = [];
    private Document? _document;
    private string? _release;
    private IReadOnlyList<RolloutTimelineEntry> _timeline = [];

    /// <summary>The rollout document.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", HelpMessage = "A document of kind Rollout, for example ./rollout.yaml")]
    [SupportsWildcards]
    public string Path { get; set; } = "";

    /// <summary>The rollout document, its path taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath")]
    public string LiteralPath { get; set; } = "";

    /// <summary>The release.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Release { get; set; }

    /// <summary>Values for the variables of the document.</summary>
    [Parameter]
    public IDictionary? Variable { get; set; }

    /// <summary>The gates that must have passed.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public GateResult[]? Gate { get; set; }

    /// <summary>Why, for the journal.</summary>
    [Parameter]
    public string? Reason { get; set; }

    /// <summary>Whether to tick it here until it has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Whether to take the target over from a rollout that has not ended.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing() => Try(Path + LiteralPath, () =>
    {
        // Before the gates of the pipeline are asked: a document that cannot be used should not cost their time.
        bool literal = ParameterSetName == "LiteralPath";
        IReadOnlyList<string> files = Paths.Resolve(this, literal ? LiteralPath : Path, literal);
        if (files.Count > 1)
            throw new ReadyOpsException("PathAmbiguous", $"'{Path}' leads to {files.Count} files, and one rollout has one document.", "Name one of them.");
        if (files.Count == 0) return;
        _release = Release;
        Document document = DocumentLoader.Load(files[0], "Rollout", Variables.Read(Variable, ref _release), read => Rollouts.Preview(read));
        _timeline = Rollouts.Preview(document);
        _document = document;
    });

    /// <inheritdoc/>
    protected override void ProcessRecord() => _gates.AddRange(Gate ?? []);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_document is not null)
        {
            try
            {
                Start(_document);
            }
            catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
            {
                // PowerShell reports the stop itself.
            }
            catch (ReadyOpsException e)
            {
                ThrowTerminatingError(Errors.From(e, _document.File));
            }
        }

        base.EndProcessing();
    }

    private void Start(Document document)
    {
        // A gate that could not be read writes an error and no result; starting then would be starting without it.
        if (MyInvocation.ExpectingInput && _gates.Count == 0)
            throw new ReadyOpsException("GateMissing", "The rollout was not started: it was to wait for a gate, and the pipeline brought no result.", "Look at the errors of Test-DeploymentGate before this one.");
        var start = new RolloutStart { Release = _release, Gates = _gates, Reason = Reason, Force = Force };
        string release = Rollouts.Demand(document, start);

        string shares = string.Join(", ", _timeline.Select(entry => Invariant($"{entry.SharePercent:0.##}%")).Distinct());
        // A freeze ends at a moment, and nobody plans by milliseconds.
        TimeSpan whole = _timeline[^1].After;
        if (whole > TimeSpan.FromSeconds(10)) whole = TimeSpan.FromSeconds(Math.Ceiling(whole.TotalSeconds));
        string what = $"{document.Name} {release}: {shares} in {Quantities.Format(whole)} at least";
        if (!ShouldProcess($"Starting rollout {what}.", $"Start rollout {what}?", "Start rollout", out ShouldProcessReason why))
        {
            if (why == ShouldProcessReason.WhatIf) WriteObject(_timeline, enumerateCollection: true);
            return;
        }

        RolloutStatus status = Await(cancel => Rollouts.StartAsync(document, start, cancel).AsTask());
        WriteVerbose(status.ToString());
        if (Wait && !status.Ended) status = RunToEnd(status.Id) ?? status;
        WriteObject(status);
        if (status.Ended && status.Phase != RolloutPhase.Succeeded) WriteError(Errors.RolloutNotSucceeded(status));
    }
}
