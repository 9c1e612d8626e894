using System.Collections.ObjectModel;

namespace ReadyOps;

/// <summary>How a flag came to its value for one context: what was asked, what was looked at, which share decided.</summary>
public sealed record FlagExplanation
{
    internal FlagExplanation()
    {
    }

    /// <summary>The value, as every caller with this context gets it.</summary>
    public FlagEvaluation Evaluation { get; internal init; } = new();

    /// <summary>One sentence: what decided.</summary>
    public string Summary { get; internal init; } = "";

    /// <summary>Every operator of the targeting that was evaluated, in the order in which they were finished.</summary>
    public IReadOnlyList<FlagStep> Steps { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The shares that were dealt out by; the last one decided unless a rule came after it.</summary>
    public IReadOnlyList<FlagBucket> Buckets { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The values of the context that were looked at, by their path; <see langword="null"/> for those that are not there.</summary>
    public IReadOnlyDictionary<string, object?> ContextValues { get; internal init; } = ReadOnlyDictionary<string, object?>.Empty;

    /// <inheritdoc/>
    public override string ToString() => Summary;
}
