using System.Management.Automation;

namespace ReadyOps.Commands;

/// <summary>Lets paused rollouts go on.</summary>
[Cmdlet(VerbsLifecycle.Resume, "ProgressiveRollout", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus))]
public sealed class ResumeProgressiveRolloutCommand : RolloutCommandCmdlet
{
    /// <summary>Why, for the journal.</summary>
    [Parameter(Position = 1)]
    public string? Reason { get; set; }

    private protected override string Action => "Resume rollout";

    private protected override bool IsMeant(RolloutStatus rollout, IReadOnlyList<RolloutStatus> fitting) => rollout.Phase == RolloutPhase.Paused;

    private protected override Task<RolloutStatus> ActAsync(string id, CancellationToken cancel) => Rollouts.ResumeAsync(id, Reason, cancel).AsTask();
}
