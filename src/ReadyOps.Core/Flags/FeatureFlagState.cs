namespace ReadyOps.Core.Flags;

/// <summary>How a <see cref="FeatureFlagClient"/> stands, in the words that OpenFeature has for providers.</summary>
public enum FeatureFlagState
{
    /// <summary>Nothing has been read yet: callers get their own defaults.</summary>
    NotReady,

    /// <summary>It serves what the store holds.</summary>
    Ready,

    /// <summary>It serves what it read last: the store is away, or holds something that cannot be used.</summary>
    Stale,

    /// <summary>Nothing could be read yet, for a reason that may pass: callers get their own defaults.</summary>
    Error,

    /// <summary>Nothing could be read yet, for a reason that somebody must remove: callers get their own defaults. It is tried on all the same.</summary>
    Fatal,
}
