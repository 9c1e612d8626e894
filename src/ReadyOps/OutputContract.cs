namespace ReadyOps;

/// <summary>A contract of a folder: a JSON Schema that outputs are held against.</summary>
public sealed record OutputContract
{
    internal OutputContract()
    {
    }

    /// <summary>What it is called: the name of its file without <c>.schema.json</c>, <c>.json</c>, <c>.yaml</c> or <c>.yml</c>.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>Its title, or nothing.</summary>
    public string Title { get; internal init; } = "";

    /// <summary>What it is for, in its own words.</summary>
    public string Description { get; internal init; } = "";

    /// <summary>Its <c>$id</c>, or nothing.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>The draft of JSON Schema it is written in, for example <c>2020-12</c>.</summary>
    public string Draft { get; internal init; } = "";

    /// <summary>Whether it can be used: it is JSON or YAML, keeps its meta-schema, and every reference leads somewhere.</summary>
    public bool Valid { get; internal init; }

    /// <summary>What is wrong with it, each with file, line and column.</summary>
    public IReadOnlyList<string> Problems { get; internal init => field = value.AsArray(); } = [];

    /// <summary>What may be a slip, for example a keyword that no draft knows.</summary>
    public IReadOnlyList<string> Warnings { get; internal init => field = value.AsArray(); } = [];

    /// <summary>Its file.</summary>
    public string Path { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Valid ? Name : $"{Name} (broken)";
}
