using System.Management.Automation;

namespace ReadyOps.Commands;

/// <summary>Takes running or finished rollouts back to their last good share, and verifies it.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Rollback", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus))]
public sealed class InvokeRollbackCommand : RolloutCommandCmdlet
{
    /// <summary>Why, for the journal.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "Why the release is taken back; it goes into the journal.")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>Whether to return after the share was set, without waiting for the verification.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    private protected override string Action => "Roll back";

    // What has been taken back, or was followed by another release, has nothing left to take back.
    private protected override bool IsMeant(RolloutStatus rollout, IReadOnlyList<RolloutStatus> fitting) =>
        !rollout.Ended || (rollout.Phase == RolloutPhase.Succeeded && !fitting.Any(other => other.Target == rollout.Target && other.StartedAt > rollout.StartedAt));

    private protected override Task<RolloutStatus> ActAsync(string id, CancellationToken cancel) => Rollouts.RollBackAsync(id, Reason, cancel).AsTask();

    private protected override RolloutStatus Finish(RolloutStatus status)
    {
        if (!NoWait && !status.Ended) status = RunToEnd(status.Id) ?? status;
        if (status.Phase == RolloutPhase.Failed) WriteError(Errors.RollbackNotVerified(status));
        return status;
    }
}
