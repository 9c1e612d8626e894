using System.Management.Automation;
using ReadyOps.Completers;

namespace ReadyOps;

/// <summary>What every cmdlet shares that tells rollouts what a person wants.</summary>
public abstract class RolloutCommandCmdlet : RolloutActionCmdlet
{
    /// <summary>Which rollouts.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RolloutIdCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Whether to return where the rollout stands now.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What the user is asked about, for example <c>Pause rollout</c>.</summary>
    private protected abstract string Action { get; }

    /// <summary>Whether a wildcard means this rollout, of all that it fits; a rollout that is named is always meant.</summary>
    private protected virtual bool IsMeant(RolloutStatus rollout, IReadOnlyList<RolloutStatus> fitting) => !rollout.Ended;

    /// <summary>Does it to one rollout.</summary>
    private protected abstract Task<RolloutStatus> ActAsync(string id, CancellationToken cancel);

    /// <summary>What comes after it; returns where the rollout stands then.</summary>
    private protected virtual RolloutStatus Finish(RolloutStatus status) => status;

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Id, () =>
    {
        RolloutStatus[] fitting = [.. Look(FindIds(Id))];
        RolloutStatus[] meant = [.. fitting.Where(rollout => Id.Contains(rollout.Id, StringComparer.OrdinalIgnoreCase) || IsMeant(rollout, fitting))];
        // Silence would look like success, and a slip in a name is soon made.
        if (meant.Length == 0 && Id.Any(WildcardPattern.ContainsWildcardCharacters))
            WriteWarning($"{Action}: nothing was done. {(fitting.Length == 0 ? "No rollout fits" : FormattableString.Invariant($"None of the {fitting.Length} rollout(s) can be meant that fit"))} '{string.Join("', '", Id)}'.");
        foreach (RolloutStatus before in meant)
        {
            if (ShouldProcess(FormattableString.Invariant($"{before.Id} ({before.Phase} at {before.SharePercent:0.##}%)"), Action)) Act(before.Id);
        }
    });

    private void Act(string id) => Try(id, () =>
    {
        RolloutStatus status = Await(cancel => ActAsync(id, cancel));
        WriteVerbose(status.ToString());
        status = Finish(status);
        if (PassThru) WriteObject(status);
    });
}
