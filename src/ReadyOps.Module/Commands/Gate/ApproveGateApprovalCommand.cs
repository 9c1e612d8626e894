using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;

namespace ReadyOps.Commands;

/// <summary>Approves a release at a gate that asks for it.</summary>
[Cmdlet(VerbsLifecycle.Approve, "GateApproval", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(GateApproval))]
public sealed class ApproveGateApprovalCommand : GateApprovalCmdlet
{
    /// <summary>Why.</summary>
    [Parameter]
    public string Reason { get; set; } = "";

    /// <summary>How long it counts.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? ExpiresAfter { get; set; }

    private protected override string Action => "Approve";

    private protected override ApprovalRequest Request => new() { Decision = ApprovalDecision.Approved, Reason = Reason, ExpiresAfter = ExpiresAfter };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (ExpiresAfter is { } time && (time <= TimeSpan.Zero || time > Quantities.LongestDuration))
            StopHere("ExpiryInvalid", $"An approval cannot count for {Quantities.Format(time)}.", "Give -ExpiresAfter a duration above zero and up to ten years, such as 24h.", time);
    }
}
