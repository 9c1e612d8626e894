using System.Collections.ObjectModel;

namespace ReadyOps;

/// <summary>A feature flag as its document has it.</summary>
public sealed record FeatureFlag
{
    internal FeatureFlag()
    {
    }

    /// <summary>Its key.</summary>
    public string Key { get; internal init; } = "";

    /// <summary>Whether its state is ENABLED; otherwise every caller's own default counts.</summary>
    public bool Enabled { get; internal init; }

    /// <summary>What it is for: <c>release</c>, <c>operations</c> or <c>emergency</c>; empty where it does not say.</summary>
    public string Kind { get; internal init; } = "";

    /// <summary>Who answers for it; empty where it does not say.</summary>
    public string Owner { get; internal init; } = "";

    /// <summary>What it decides; empty where it does not say.</summary>
    public string Description { get; internal init; } = "";

    /// <summary>From when on it should be removed; <see langword="null"/> where it does not say.</summary>
    public DateTimeOffset? Expires { get; internal init; }

    /// <summary>Whether that moment has passed.</summary>
    public bool IsStale { get; internal init; }

    /// <summary>How it reaches its users, in words.</summary>
    public string Strategy { get; internal init; } = "";

    /// <summary>The flags that it requires, each as <c>key=variant</c>.</summary>
    public IReadOnlyList<string> Requires { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The group in which it never meets another flag, with its slot in per cent; empty for none.</summary>
    public string Group { get; internal init; } = "";

    /// <summary>The variant for those whom no rule gives another; <see langword="null"/> where their own default counts.</summary>
    public string? DefaultVariant { get; internal init; }

    /// <summary>The values by the names of the variants, in their order.</summary>
    public IReadOnlyDictionary<string, object?> Variants { get; internal init; } = ReadOnlyDictionary<string, object?>.Empty;

    /// <summary>The rule in JSON; <see langword="null"/> for none.</summary>
    public string? Targeting { get; internal init; }

    /// <summary>The rollout that owns its share; empty where none does.</summary>
    public string Rollout { get; internal init; } = "";

    /// <summary>Where its document lives, as it was named.</summary>
    public string Location { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Key;
}
