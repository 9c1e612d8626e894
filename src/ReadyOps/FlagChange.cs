namespace ReadyOps;

/// <summary>A change of a flag document: who made it, why, and what it changed.</summary>
public sealed record FlagChange
{
    internal FlagChange()
    {
    }

    /// <summary>Where the document lives.</summary>
    public string Location { get; internal init; } = "";

    /// <summary>When it was made (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Who made it.</summary>
    public string Actor { get; internal init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>Whether it took effect; one that was overtaken by another, or could not be written, did not.</summary>
    public bool Applied { get; internal init; }

    /// <summary>Why it did not take effect; empty where it did.</summary>
    public string Problem { get; internal init; } = "";

    /// <summary>SHA-256 of the document before, in lower-case hex; empty for the first.</summary>
    public string DigestBefore { get; internal init; } = "";

    /// <summary>SHA-256 of the document after, in lower-case hex.</summary>
    public string DigestAfter { get; internal init; } = "";

    /// <summary>What it changed.</summary>
    public IReadOnlyList<FlagDifference> Differences { get; internal init => field = value.AsArray(); } = [];

    /// <summary>Where it is written down: <c>flags/name#sequence</c>; empty where nothing was to be changed.</summary>
    public string JournalReference { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z {Actor}: {Reason}: {string.Join("; ", Differences)}";
}
