namespace ReadyOps.Core.Flags;

/// <summary>One flag as it is written.</summary>
public sealed record FlagDefinition
{
    /// <summary>Its key.</summary>
    public required string Key { get; init; }

    /// <summary>Whether it is switched on.</summary>
    public required bool Enabled { get; init; }

    /// <summary>The variants in their order, by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, FlagValue>> Variants { get; init; }

    /// <summary>The variant for those whom no rule gives another; <see langword="null"/> where their own default counts.</summary>
    public string? DefaultVariant { get; init; }

    /// <summary>The targeting as it is written, in JSON; <see langword="null"/> for none.</summary>
    public string? Targeting { get; init; }

    /// <summary>Its own metadata, without those of the set.</summary>
    public required IReadOnlyDictionary<string, object> Metadata { get; init; }

    /// <summary>The whole definition as it is written, in JSON.</summary>
    public required string Json { get; init; }

    /// <summary>Line in the document, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Column in the document, from 1.</summary>
    public required int Column { get; init; }

    /// <summary>What it is for: <c>release</c>, <c>operations</c> or <c>emergency</c>; empty where it does not say.</summary>
    public string Kind => Text(FlagMetadataKeys.Kind);

    /// <summary>Who answers for it; empty where it does not say.</summary>
    public string Owner => Text(FlagMetadataKeys.Owner);

    /// <summary>What it decides; empty where it does not say.</summary>
    public string Description => Text(FlagMetadataKeys.Description);

    /// <summary>The rollout that owns its share; empty where none does.</summary>
    public string Rollout => Text(FlagMetadataKeys.Rollout);

    /// <summary>When it is stale and should be removed; <see langword="null"/> where it does not say.</summary>
    public DateTimeOffset? Expires => FlagMetadataKeys.TryReadMoment(Text(FlagMetadataKeys.Expires), out DateTimeOffset moment) ? moment : null;

    private string Text(string key) => Metadata.TryGetValue(key, out object? value) && value is string text ? text : "";
}
