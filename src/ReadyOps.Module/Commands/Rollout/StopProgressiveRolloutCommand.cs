using System.Management.Automation;

namespace ReadyOps.Commands;

/// <summary>Aborts rollouts: takes them back to their last good share.</summary>
[Cmdlet(VerbsLifecycle.Stop, "ProgressiveRollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus))]
public sealed class StopProgressiveRolloutCommand : RolloutCommandCmdlet
{
    /// <summary>Why, for the journal.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "Why the rollout is aborted; it goes into the journal.")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>Whether to wait until the rollback is verified.</summary>
    [Parameter]
    public SwitchParameter Wait { get; set; }

    private protected override string Action => "Abort rollout and roll it back";

    private protected override async Task<RolloutStatus> ActAsync(string id, CancellationToken cancel)
    {
        RolloutStatus before = await Rollouts.GetAsync(id, cancel).ConfigureAwait(false);
        if (before.Ended)
            throw new ReadyOpsException("RolloutEnded", $"The rollout '{id}' is {before.Phase}: there is nothing to abort.", before.Phase == RolloutPhase.Succeeded
                ? $"Take it back with Invoke-Rollback -Id {id}." : $"Get-ProgressiveRollout -Id {id} tells how it ended.");
        return await Rollouts.RollBackAsync(id, Reason, cancel).ConfigureAwait(false);
    }

    private protected override RolloutStatus Finish(RolloutStatus status) => Wait && !status.Ended ? RunToEnd(status.Id) ?? status : status;
}
