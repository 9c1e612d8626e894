namespace ReadyOps;

/// <summary>What a gate decided about a release, and everything it decided by.</summary>
public sealed record GateResult
{
    // Only the engine makes one: a result that anybody could make would prove nothing.
    internal GateResult()
    {
    }

    /// <summary>Name of the gate.</summary>
    public string Gate { get; internal init; } = "";

    /// <summary>The release it was asked about, if it was told.</summary>
    public string? Release { get; internal init; }

    /// <summary>What it decided.</summary>
    public GateStatus Status { get; internal init; }

    /// <summary>Readiness score, 0–100: the weighted share of checks that passed. Only a pass counts.</summary>
    public double Score { get; internal init; }

    /// <summary>The least score that passes, 0–100.</summary>
    public double PassScore { get; internal init; }

    /// <summary>One sentence: why it decided so.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What the prerequisites said.</summary>
    public IReadOnlyList<Evidence> Prerequisites { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The sections, in the order of the document.</summary>
    public IReadOnlyList<GateSection> Sections { get; internal init => field = value.AsArray(); } = [];

    /// <summary>When it decided (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>From when on it would no longer pass, because evidence runs out (UTC); <see langword="null"/> without an end, and for what did not pass.</summary>
    public DateTimeOffset? ValidUntil { get; internal init; }

    /// <summary>Since when a result that was read from the journal is stale (UTC); <see langword="null"/> while it is not.</summary>
    public DateTimeOffset? StaleSince { get; internal init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; internal init; }

    /// <summary>SHA-256 of the gate document as it was read, in lower-case hex.</summary>
    public string Digest { get; internal init; } = "";

    /// <summary>The journal event that recorded it, <c>stream#sequence</c>; empty when it was not journalled.</summary>
    public string JournalReference { get; internal init; } = "";

    /// <summary>Everything that was seen: prerequisites first, then the sections in order.</summary>
    public IReadOnlyList<Evidence> Evidence => Prerequisites.Concat(Sections.SelectMany(section => section.Evidence)).ToArray();

    /// <summary>What changed since the result before it of the same gate; filled where it was read from the journal.</summary>
    public IReadOnlyList<GateChange> Changes { get; internal init => field = value.AsArray(); } = [];

    /// <summary>How much the score rose since the result before it of the same gate; <see langword="null"/> for the first, and where it was not read from the journal.</summary>
    public double? ScoreChange { get; internal init; }

    /// <summary>Whether its evidence has run out at a moment: it passed, and would no longer.</summary>
    public bool IsStaleAt(DateTimeOffset moment) => ValidUntil <= moment;

    /// <inheritdoc/>
    public override string ToString() => $"{Gate}: {Status}: {Reason}";
}
