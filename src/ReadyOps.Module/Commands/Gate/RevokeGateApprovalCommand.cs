using System.Management.Automation;
using ReadyOps.Core.Gates;

namespace ReadyOps.Commands;

/// <summary>Withdraws what the same person decided at a gate before.</summary>
[Cmdlet(VerbsSecurity.Revoke, "GateApproval", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(GateApproval))]
public sealed class RevokeGateApprovalCommand : GateApprovalCmdlet
{
    /// <summary>Why.</summary>
    [Parameter]
    public string Reason { get; set; } = "";

    private protected override string Action => "Withdraw the decision";

    private protected override ApprovalRequest Request => new() { Decision = ApprovalDecision.Withdrawn, Reason = Reason };
}
