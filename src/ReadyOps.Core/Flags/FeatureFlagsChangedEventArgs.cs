namespace ReadyOps.Core.Flags;

/// <summary>What another document brought, flag by flag; OpenFeature calls it PROVIDER_CONFIGURATION_CHANGED.</summary>
public sealed class FeatureFlagsChangedEventArgs : EventArgs
{
    internal FeatureFlagsChangedEventArgs()
    {
    }

    /// <summary>The version of the document, as its store names it.</summary>
    public string Version { get; internal init; } = "";

    /// <summary>The flags that were not there before, in the order of the document.</summary>
    public IReadOnlyList<string> Added { get; internal init; } = [];

    /// <summary>The flags that are gone.</summary>
    public IReadOnlyList<string> Removed { get; internal init; } = [];

    /// <summary>
    /// The flags that are written otherwise than before, or all that were there before where what they share (evaluators, metadata of the
    /// set) is.
    /// </summary>
    public IReadOnlyList<string> Changed { get; internal init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Version}: {Added.Count} added, {Removed.Count} removed, {Changed.Count} changed";
}
