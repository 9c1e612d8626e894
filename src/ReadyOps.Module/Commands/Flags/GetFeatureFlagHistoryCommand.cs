using System.Management.Automation;
using ReadyOps.Completers;

namespace ReadyOps.Commands;

/// <summary>Tells who changed feature flags, when, why, and what was before.</summary>
[Cmdlet(VerbsCommon.Get, "FeatureFlagHistory")]
[OutputType(typeof(FlagChange))]
public sealed class GetFeatureFlagHistoryCommand : FeatureFlagCmdlet
{
    /// <summary>Which flags.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Key { get; set; }

    /// <summary>How many, the newest ones.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Newest { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Key, () =>
    {
        IReadOnlyList<FlagChange> changes = With(CreateContext(), async (service, cancel) =>
        {
            var found = new List<FlagChange>();
            await foreach (FlagChange change in service.HistoryAsync(null, cancel).ConfigureAwait(false)) found.Add(change);
            return found;
        });
        var wanted = new Binding.Wildcards(Key);
        FlagChange[] shown = [.. changes.Where(change => Key is null || change.Differences.Any(difference => wanted.Match(difference.Flag)))];
        foreach (FlagChange change in Newest is { } newest ? shown.TakeLast(newest) : shown) WriteObject(change);
    });
}
