using System.Management.Automation;
using ReadyOps.Completers;
using ReadyOps.Core.Flags;

namespace ReadyOps.Commands;

/// <summary>Switches feature flags off: their state, or the default variant of those for emergencies.</summary>
[Cmdlet(VerbsLifecycle.Disable, "FeatureFlag", SupportsShouldProcess = true)]
[OutputType(typeof(FlagChange))]
public sealed class DisableFeatureFlagCommand : FeatureFlagChangeCmdlet
{
    /// <summary>Which flags.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The key of the flag; Get-FeatureFlag lists them.")]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string key in Key) Change(key, $"Switch the feature flag '{key}' off", editor => FlagEdits.Switch(editor, key, on: false, Clock.GetUtcNow()));
    }
}
