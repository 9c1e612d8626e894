using System.Management.Automation;

namespace ReadyOps.Commands;

/// <summary>Pauses rollouts. Their rollback triggers stay armed.</summary>
[Cmdlet(VerbsLifecycle.Suspend, "ProgressiveRollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus))]
public sealed class SuspendProgressiveRolloutCommand : RolloutCommandCmdlet
{
    /// <summary>Why, for the journal.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "Why the rollout is paused; it goes into the journal.")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    private protected override string Action => "Pause rollout";

    private protected override Task<RolloutStatus> ActAsync(string id, CancellationToken cancel) => Rollouts.SuspendAsync(id, Reason, cancel).AsTask();
}
