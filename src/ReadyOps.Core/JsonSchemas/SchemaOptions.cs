namespace ReadyOps.Core.JsonSchemas;

/// <summary>How a schema is read.</summary>
public sealed record SchemaOptions
{
    /// <summary>The draft of schemas that do not say theirs by <c>$schema</c>; 2020-12 by default.</summary>
    public SchemaDraft? DefaultDraft { get; init; }

    /// <summary>Whether <c>format</c> asserts; by default it only says what is meant, as 2019-09 and 2020-12 have it.</summary>
    public bool AssertFormat { get; init; }

    /// <summary>Where schemas that this one refers to are found.</summary>
    public SchemaRegistry? Registry { get; init; }

    /// <summary>What to call the schema in messages, as the caller named it. One named <c>.yaml</c> or <c>.yml</c> is read as YAML.</summary>
    public string File { get; init; } = "";

    /// <summary>Formats of the caller's own, which always assert.</summary>
    public IReadOnlyDictionary<string, SchemaFormat>? Formats { get; init; }
}
