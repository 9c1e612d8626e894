using System.Management.Automation;
using ReadyOps.Core;

namespace ReadyOps;

/// <summary>What every cmdlet shares that ticks rollouts: who acts, and whether commands of documents may run.</summary>
public abstract class RolloutActionCmdlet : RolloutCmdlet
{
    /// <summary>Who acts, for the journal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Actor { get; set; }

    /// <summary>Whether commands written in documents may run.</summary>
    [Parameter]
    public SwitchParameter AllowCommand { get; set; }

    /// <inheritdoc/>
    private protected override EngineContext MakeContext() => CreateContext(Actor, AllowCommand);
}
