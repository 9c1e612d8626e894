namespace ReadyOps.Core.Flags;

/// <summary>What a document came to.</summary>
internal sealed class FlagSetContent
{
    public required string File { get; init; }

    /// <summary>The document in JSON; what is evaluated seldom is read from here again.</summary>
    public required byte[] Json { get; init; }

    public required List<CompiledFlag> Flags { get; init; }

    /// <summary>The shared rules, <c>$evaluators</c>.</summary>
    public required Dictionary<string, FlagValue> Evaluators { get; init; }

    public required FlagObject Metadata { get; init; }

    public required FlagBucketing Bucketing { get; init; }

    public required IReadOnlyList<DocumentProblem> Warnings { get; init; }
}
