using System.Management.Automation;
using System.Text;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Reports;

namespace ReadyOps.Commands;

/// <summary>Writes feature flags as a document of flagd, to a file or as text.</summary>
[Cmdlet(VerbsData.Export, "FeatureFlag", SupportsShouldProcess = true)]
[OutputType(typeof(string))]
public sealed class ExportFeatureFlagCommand : FeatureFlagCmdlet
{
    /// <summary>Which flags.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = ["*"];

    /// <summary>The file to write; without it, the document is returned.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Whether a file that is there already is replaced.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Key, () =>
    {
        EngineContext context = CreateContext();
        string location = Location;
        FlagStoreContent content = Await(async cancel =>
        {
            IFlagStore store = FlagStores.Open(location, context);
            await using (store.ConfigureAwait(false)) return await store.ReadAsync(cancel).ConfigureAwait(false);
        });
        FlagSet set = FlagSet.Load(content.Utf8, location, FlagSetOptions.AsFlagd);
        IReadOnlyList<string> keys = FindKeys(set, Key);
        if (keys.Count == 0 && set.Keys.Count > 0)
            throw new ReadyOpsException("FlagMissing", $"No flag of {location} is like {string.Join(", ", Key)}, so nothing was written.", "Get-FeatureFlag lists those that there are.");
        string json = Encoding.UTF8.GetString(keys.Count == set.Keys.Count ? content.Utf8.ToArray() : FlagEdits.Select(content.Utf8, location, key => keys.Contains(key, StringComparer.Ordinal)));
        if (OutFile is null) WriteObject(json);
        else if (ShouldProcess(Paths.Folder(SessionState, OutFile), $"Export {keys.Count} feature flag(s)")) ReportFile.Write(Paths.Folder(SessionState, OutFile), json, Force, Force);
    });
}
