namespace ReadyOps;

/// <summary>One journal that was copied to another store, byte for byte.</summary>
public sealed record JournalCopy
{
    internal JournalCopy()
    {
    }

    /// <summary>The journal.</summary>
    public string Stream { get; internal init; } = "";

    /// <summary>What it came to.</summary>
    public JournalCopyOutcome Outcome { get; internal init; }

    /// <summary>How many events the journal had at the source.</summary>
    public long Events { get; internal init; }

    /// <summary>How many of them were not at the destination before.</summary>
    public long Copied { get; internal init; }

    /// <summary>Hash of the last of them, the same in both, in lower-case hex.</summary>
    public string LastHash { get; internal init; } = "";

    /// <summary>The store it was copied from.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>The store it was copied to.</summary>
    public string Destination { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Stream}: {Outcome}";
}
