namespace ReadyOps.Core.Documents;

/// <summary>A document that was read, whose variables were put in, and that fits the schema of its kind.</summary>
public sealed record Document
{
    /// <summary>The file, as the caller named it; a label where the text did not come from a file.</summary>
    public required string File { get; init; }

    /// <summary>The folder that relative paths in it start from.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary><c>Gate</c>, <c>Rollout</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>Its <c>name:</c>.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 over the bytes it was read from, in lower-case hex.</summary>
    public required string Digest { get; init; }

    /// <summary>The whole of it.</summary>
    public required DocumentNode Root { get; init; }
}
