using System.Management.Automation;
using ReadyOps.Binding;
using ReadyOps.Core.Flags;

namespace ReadyOps.Commands;

/// <summary>Puts the feature flags of another document in, and tells the difference.</summary>
[Cmdlet(VerbsData.Import, "FeatureFlag", SupportsShouldProcess = true)]
[OutputType(typeof(FlagChange))]
public sealed class ImportFeatureFlagCommand : FeatureFlagChangeCmdlet
{
    /// <summary>The documents whose flags to put in.</summary>
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "A flag document in JSON, for example ./flags-from-staging.json.")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Source { get; set; } = [];

    /// <summary>Whether flags that it does not have are removed.</summary>
    [Parameter]
    public SwitchParameter Replace { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string[] files = [.. Source.SelectMany(path => Paths.Resolve(this, path, literal: false))];
        if (Replace && files.Length > 1)
            StopHere("FlagImportAmbiguous", $"-Replace takes one document, and {files.Length} were given: each would remove the flags of the others.", "Give one, or leave out -Replace.");
        foreach (string file in files)
        {
            Try(file, () =>
            {
                byte[] utf8 = File.ReadAllBytes(file);
                // All that is wrong with it, with lines and columns, before its flags are mixed with others.
                _ = FlagSet.Load(utf8, file);
                Change(file, $"Import the feature flags of {file}", editor => FlagEdits.Import(editor, utf8, file, Replace));
            });
        }
    }
}
