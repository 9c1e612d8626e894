using System.Management.Automation;
using ReadyOps.Completers;

namespace ReadyOps.Commands;

/// <summary>Removes feature flags from their document.</summary>
[Cmdlet(VerbsCommon.Remove, "FeatureFlag", SupportsShouldProcess = true)]
[OutputType(typeof(FlagChange))]
public sealed class RemoveFeatureFlagCommand : FeatureFlagChangeCmdlet
{
    /// <summary>Which flags.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The key of the flag; Get-FeatureFlag lists them.")]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string key in Key) Change(key, $"Remove the feature flag '{key}'", editor => editor.Remove(key));
    }
}
