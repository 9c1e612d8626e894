using System.Management.Automation;
using ReadyOps.Completers;
using ReadyOps.Core.Flags;

namespace ReadyOps.Commands;

/// <summary>Lists feature flags with what is known about them.</summary>
[Cmdlet(VerbsCommon.Get, "FeatureFlag")]
[OutputType(typeof(FeatureFlag))]
public sealed class GetFeatureFlagCommand : FeatureFlagCmdlet
{
    /// <summary>Which flags.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = ["*"];

    /// <summary>Only those of a kind.</summary>
    [Parameter]
    [ValidateSet("release", "operations", "emergency")]
    public string? Kind { get; set; }

    /// <summary>Whether only those that should have been removed.</summary>
    [Parameter]
    public SwitchParameter Stale { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Key, () =>
    {
        FlagSet set = ReadFlags();
        foreach (string key in FindKeys(set, Key))
        {
            FeatureFlag flag = FlagListing.Describe(set.Find(key)!, Location, Clock.GetUtcNow());
            if ((Kind is null || string.Equals(flag.Kind, Kind, StringComparison.OrdinalIgnoreCase)) && (!Stale || flag.IsStale)) WriteObject(flag);
        }
    });
}
