using System.Management.Automation;
using ReadyOps.Completers;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Commands;

/// <summary>Tries a release again that was rolled back: a new rollout of the very document of the old one.</summary>
[Cmdlet(VerbsLifecycle.Restart, "ProgressiveRollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus), typeof(RolloutTimelineEntry))]
public sealed class RestartProgressiveRolloutCommand : RolloutActionCmdlet
{
    /// <summary>Which rollout.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <summary>Why, for the journal.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "Why it is tried again, for example what was mended; it goes into the journal.")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>The gates that must have passed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public GateResult[]? Gate { get; set; }

    /// <summary>Whether to tick it here until it has ended.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    /// <summary>Whether to do without a gate, and after a rollback that could not be verified.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        foreach (string id in FindIds(Id)) Try(id, () => Retry(id));
    });

    private void Retry(string id)
    {
        var start = new RolloutStart { Gates = Gate ?? [], Reason = Reason, Force = Force };
        (Document document, RolloutStart again) = Await(cancel => Rollouts.DemandRetryAsync(id, start, cancel).AsTask());
        Rollouts.Demand(document, again);
        IReadOnlyList<RolloutTimelineEntry> timeline = Rollouts.Preview(document);
        string what = $"release {again.Release} of {document.Name} again, as it was in {id}";
        if (!ShouldProcess($"Starting {what}.", $"Start {what}?", "Restart rollout", out ShouldProcessReason why))
        {
            if (why == ShouldProcessReason.WhatIf) WriteObject(timeline, enumerateCollection: true);
            return;
        }

        RolloutStatus status = Await(cancel => Rollouts.RetryAsync(id, start, cancel).AsTask());
        WriteVerbose(status.ToString());
        if (Wait && !status.Ended) status = RunToEnd(status.Id) ?? status;
        WriteObject(status);
        if (status.Ended && status.Phase != RolloutPhase.Succeeded) WriteError(Errors.RolloutNotSucceeded(status));
    }
}
