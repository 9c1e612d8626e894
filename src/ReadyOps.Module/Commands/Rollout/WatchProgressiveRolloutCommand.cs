using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Completers;

namespace ReadyOps.Commands;

/// <summary>Follows a rollout that others tick until it has ended.</summary>
[Cmdlet(VerbsCommon.Watch, "ProgressiveRollout")]
[OutputType(typeof(RolloutStatus))]
public sealed class WatchProgressiveRolloutCommand : RolloutCmdlet
{
    /// <summary>Which rollout.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    public string Id { get; set; } = "";

    /// <summary>How long to wait between two looks.</summary>
    [Parameter]
    [Duration]
    public TimeSpan Pace { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (Pace < TimeSpan.FromMilliseconds(10))
            StopHere("PaceInvalid", "The pace is too short: a look needs time.", "Give a -Pace of at least 10ms.");
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        IReadOnlyList<string> ids = FindIds([Id]);
        if (ids.Count > 1) ids = [.. Look(ids).Where(status => !status.Ended).Select(status => status.Id)];
        if (ids.Count > 1) WriteError(Errors.RolloutAmbiguous(Id, ids));
        if (ids.Count != 1) return;
        foreach (RolloutStatus status in Pull(cancel => Rollouts.WatchAsync(ids[0], Pace, cancel)))
        {
            Show(status);
            WriteObject(status);
        }
    });
}
