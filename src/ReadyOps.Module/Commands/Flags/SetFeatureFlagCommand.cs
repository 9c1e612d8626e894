using System.Management.Automation;
using System.Text.Json.Nodes;
using ReadyOps.Completers;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Strategies;

namespace ReadyOps.Commands;

/// <summary>Changes how feature flags reach their users, and what there is to know about them.</summary>
[Cmdlet(VerbsCommon.Set, "FeatureFlag", SupportsShouldProcess = true, DefaultParameterSetName = Plain)]
[OutputType(typeof(FlagChange))]
public sealed class SetFeatureFlagCommand : FeatureFlagStrategyCmdlet
{
    /// <summary>Which flags.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The key of the flag; Get-FeatureFlag lists them.")]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = [];

    /// <summary>From when on.</summary>
    [Parameter(ParameterSetName = ByOn)]
    [Parameter(ParameterSetName = ByOff)]
    [Parameter(ParameterSetName = ByShare)]
    [Parameter(ParameterSetName = ByTime)]
    [Parameter(ParameterSetName = ByList)]
    [Parameter(ParameterSetName = ByAttribute)]
    public DateTimeOffset? At { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (string key in Key)
        {
            Change(key, $"Change the feature flag '{key}'", editor =>
            {
                FlagEdits.Demand(editor, key);
                FlagSchedules.Collapse(editor, key, Clock.GetUtcNow());
                foreach ((string name, JsonNode? value) in GivenVariants ?? []) editor.SetVariant(key, name, value);
                Write(editor, key, At);
            });
        }
    }
}
