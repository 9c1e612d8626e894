using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;

namespace ReadyOps.Commands;

/// <summary>Tells where rollouts stand, and why.</summary>
[Cmdlet(VerbsCommon.Get, "ProgressiveRollout", DefaultParameterSetName = "ById")]
[OutputType(typeof(RolloutStatus))]
public sealed class GetProgressiveRolloutCommand : RolloutCmdlet
{
    /// <summary>Which rollouts, by their id.</summary>
    [Parameter(Position = 0, ParameterSetName = "ById", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    public string[] Id { get; set; } = ["*"];

    /// <summary>Which rollouts, by the name of their document.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "ByName")]
    [SupportsWildcards]
    public string[]? Name { get; set; }

    /// <summary>Whether to leave out those that have ended.</summary>
    [Parameter]
    public SwitchParameter Active { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        var names = new Wildcards(Name);
        foreach (RolloutStatus status in Look(FindIds(Id)))
            if (names.Match(status.Name) && !(Active && status.Ended)) WriteObject(status);
    });
}
