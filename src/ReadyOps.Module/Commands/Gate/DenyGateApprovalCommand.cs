using System.Management.Automation;
using ReadyOps.Core.Gates;

namespace ReadyOps.Commands;

/// <summary>Denies a release at a gate, until the same person withdraws that or approves.</summary>
[Cmdlet(VerbsLifecycle.Deny, "GateApproval", DefaultParameterSetName = "Path", SupportsShouldProcess = true)]
[OutputType(typeof(GateApproval))]
public sealed class DenyGateApprovalCommand : GateApprovalCmdlet
{
    /// <summary>Why.</summary>
    [Parameter(Mandatory = true, Position = 1, HelpMessage = "Why the release must not go out; whoever is blocked reads it")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    private protected override string Action => "Deny";

    private protected override ApprovalRequest Request => new() { Decision = ApprovalDecision.Denied, Reason = Reason };
}
