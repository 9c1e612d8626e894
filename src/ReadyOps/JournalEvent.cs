namespace ReadyOps;

/// <summary>One line of a journal.</summary>
public sealed record JournalEvent
{
    internal JournalEvent()
    {
    }

    /// <summary>The journal it belongs to, for example <c>rollouts/checkout-2.4.0</c>.</summary>
    public string Stream { get; internal init; } = "";

    /// <summary>Its number in the stream, from 1, without gaps.</summary>
    public long Sequence { get; internal init; }

    /// <summary>When it was written (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Who caused it: a person, or <c>readyops</c> when it was the engine's own decision.</summary>
    public string Actor { get; internal init; } = "";

    /// <summary>The machine that wrote it.</summary>
    public string Host { get; internal init; } = "";

    /// <summary>What happened, in PascalCase, for example <c>RollbackStarted</c>.</summary>
    public string Type { get; internal init; } = "";

    /// <summary>What belongs to it: texts, numbers, booleans, lists and further dictionaries.</summary>
    public Dictionary<string, object?> Data { get; internal init; } = [];

    /// <summary>Hash of the line before, in lower-case hex.</summary>
    public string PreviousHash { get; internal init; } = "";

    /// <summary>SHA-256 of this line, in lower-case hex.</summary>
    public string Hash { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Stream}#{Sequence} {Type}";
}
