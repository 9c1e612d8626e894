using System.Management.Automation;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Strategies;

namespace ReadyOps.Commands;

/// <summary>Adds a feature flag to a document, and makes the document where there is none.</summary>
[Cmdlet(VerbsCommon.New, "FeatureFlag", SupportsShouldProcess = true, DefaultParameterSetName = Plain)]
[OutputType(typeof(FlagChange))]
public sealed class NewFeatureFlagCommand : FeatureFlagStrategyCmdlet
{
    /// <summary>Its key.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "The key that programs ask for, for example new-checkout.")]
    [ValidateNotNullOrEmpty]
    public string Key { get; set; } = "";

    /// <inheritdoc/>
    protected override void ProcessRecord() => Change(Key, $"Add the feature flag '{Key}'", editor =>
    {
        editor.Add(Key, FlagEdits.Definition(GivenVariants, DefaultVariant));
        if (ParameterSetName == Plain && Variants is null && DefaultVariant is null) FlagStrategies.Apply(editor, Key, new AllAtOnce(false));
        Write(editor, Key, at: null);
    });
}
