using System.Management.Automation;

namespace ReadyOps.Commands;

/// <summary>Raises the share of rollouts before its time: to the next step, or to the last one.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "RolloutPromotion", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus))]
public sealed class InvokeRolloutPromotionCommand : RolloutCommandCmdlet
{
    /// <summary>Why, for the journal.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "Why the release may rise before its time; it goes into the journal.")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>Whether to go to the last share at once.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>Whether to pass what would hold it back.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string Action => $"Promote rollout {(Full ? "in full" : "one step")}{(Force ? ", whatever its signals say" : "")}";

    private protected override Task<RolloutStatus> ActAsync(string id, CancellationToken cancel) => Rollouts.PromoteAsync(id, Full, Force, Reason, cancel).AsTask();
}
