using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Documents;

namespace ReadyOps.Commands;

/// <summary>Ticks rollouts once: looks at the world, decides, acts if it must, and writes down why.</summary>
[Cmdlet(VerbsCommon.Step, "ProgressiveRollout", DefaultParameterSetName = "ById", SupportsShouldProcess = true)]
[OutputType(typeof(RolloutStatus))]
public sealed class StepProgressiveRolloutCommand : RolloutActionCmdlet
{
    /// <summary>Which rollouts.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "ById", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Whether to tick every rollout that has not ended.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "All")]
    public SwitchParameter All { get; set; }

    /// <summary>How long to begin new ticks.</summary>
    [Parameter]
    [Duration]
    public TimeSpan? TimeBudget { get; set; }

    private long _began;
    private readonly List<string> _left = [];

    /// <inheritdoc/>
    protected override void BeginProcessing() => _began = Clock.GetTimestamp();

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        foreach (RolloutStatus status in Look(FindIds(All ? ["*"] : Id)))
        {
            // A wildcard means those that can move; a name is looked at even if it has ended.
            if (status.Ended && status.EscalationsPending == 0 && (All || !Id.Contains(status.Id, StringComparer.OrdinalIgnoreCase))) continue;
            if (Clock.GetElapsedTime(_began) >= TimeBudget) _left.Add(status.Id);
            else if (ShouldProcess(status.Id, "Tick rollout")) Tick(status.Id);
        }
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_left.Count > 0)
            WriteWarning($"The time budget of {Quantities.Format(TimeBudget!.Value)} was used up before {string.Join(", ", _left)} could be ticked. Run this again; nothing is lost.");
    }

    private void Tick(string id) => Try(id, () =>
    {
        RolloutStatus status = Await(cancel => Rollouts.TickAsync(id, cancel).AsTask());
        WriteVerbose(status.ToString());
        WriteObject(status);
    });
}
