using System.Management.Automation;
using ReadyOps.Core;
using ReadyOps.Core.Flags;

namespace ReadyOps;

/// <summary>What every cmdlet shares that changes flags: who, why, and the difference before anything is written.</summary>
public abstract class FeatureFlagChangeCmdlet : FeatureFlagCmdlet
{
    /// <summary>Why.</summary>
    [Parameter(Mandatory = true, HelpMessage = "Why it is changed; whoever reads the history during an incident needs it.")]
    [ValidateNotNullOrEmpty]
    public string Reason { get; set; } = "";

    /// <summary>Who acts, for the journal.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Actor { get; set; }

    /// <summary>Whether to return what was changed.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Makes a change, after showing what it would change to whoever asks for that.</summary>
    /// <param name="item">What it is about.</param>
    /// <param name="action">What the user is asked about, for example <c>Remove the feature flag 'a'</c>.</param>
    /// <param name="edit">The change.</param>
    private protected void Change(object item, string action, Action<FlagEditor> edit) => Try(item, () =>
    {
        EngineContext context = CreateContext(Actor);
        FlagChange preview = With(context, (service, cancel) => service.PreviewAsync(Reason, edit, cancel).AsTask());
        string what = $"{action} in {preview.Location}";
        string all = preview.Differences.Count == 0 ? "no difference" : string.Join(Environment.NewLine, preview.Differences.Select(difference => $"  {difference}"));
        if (!ShouldProcess($"{what}:{Environment.NewLine}{all}", $"{all}{Environment.NewLine}{what}?", "Feature flags", out ShouldProcessReason why))
        {
            if (PassThru && why == ShouldProcessReason.WhatIf) WriteObject(preview);
            return;
        }

        FlagChange change = With(context, (service, cancel) => service.ChangeAsync(Reason, edit, cancel).AsTask());
        WriteVerbose(change.Applied ? $"{change.JournalReference}: {change}" : $"{change.Location} is so already: nothing was written.");
        if (PassThru) WriteObject(change);
    });
}
