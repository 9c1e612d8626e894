using System.Collections;
using System.Management.Automation;
using System.Text.Json;
using ReadyOps.Binding;
using ReadyOps.Completers;
using ReadyOps.Core.Flags;

namespace ReadyOps.Commands;

/// <summary>Tells what flags say for somebody, and how they come to it.</summary>
[Cmdlet(VerbsDiagnostic.Test, "FeatureFlag")]
[OutputType(typeof(FlagExplanation))]
public sealed class TestFeatureFlagCommand : FeatureFlagCmdlet
{
    /// <summary>Which flags.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FlagKeyCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Key { get; set; } = ["*"];

    /// <summary>For whom: the targeting keys.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[]? TargetingKey { get; set; }

    /// <summary>The attributes that rules may ask for.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary? Context { get; set; }

    /// <summary>When.</summary>
    [Parameter]
    public DateTimeOffset? At { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Try(Key, () =>
    {
        FlagSet set = ReadFlags();
        FlagContext context = ReadContext();
        foreach (string key in FindKeys(set, Key))
        {
            foreach (string? whom in TargetingKey ?? (string?[])[null])
                WriteObject(set.Explain(key, whom is null ? context : context.With("targetingKey", whom), At ?? Clock.GetUtcNow()));
        }
    });

    private FlagContext ReadContext()
    {
        if (Context is null) return default;
        using JsonDocument json = JsonDocument.Parse(ObjectJson.Write(Context));
        return FlagContext.FromJson(json.RootElement);
    }
}
