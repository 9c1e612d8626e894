using System.Text.Json;

namespace ReadyOps;

/// <summary>What a check saw, and why it says what it says.</summary>
public sealed record Evidence
{
    internal Evidence()
    {
    }

    /// <summary>Name of the check, unique in its document.</summary>
    public string Check { get; internal init; } = "";

    /// <summary>Type of the check, for example <c>http</c>.</summary>
    public string Type { get; internal init; } = "";

    /// <summary>What it says.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>What was seen: a number in base units (seconds, bytes, 0–1), a text, or nothing.</summary>
    public object? Value { get; internal init; }

    /// <summary>The bound the value was held against, if there was one.</summary>
    public Bound? Bound { get; internal init; }

    /// <summary>How far inside the bound the value is, in base units; negative outside.</summary>
    public double? Margin { get; internal init; }

    /// <summary>What the value counts.</summary>
    public Unit Unit { get; internal init; }

    /// <summary>One sentence: what was seen, against what, and therefore what.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>More to read when it did not pass: failed tests by name, warnings of the source, attempts.</summary>
    public IReadOnlyList<string> Details { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The command, or one sentence, that would make it pass; empty when there is none.</summary>
    public string NextStep { get; internal init; } = "";

    /// <summary>What the parts of a group saw; empty for any other check.</summary>
    public IReadOnlyList<Evidence> Parts { get; internal init => field = value.AsArray(); } = [];

    /// <summary>Of a comparison, everything that it says it by: shift, interval, ratio, p and the n of both sides; otherwise nothing.</summary>
    public MetricComparison? Comparison { get; internal init; }

    /// <summary>Until when a pass holds (UTC); <see langword="null"/> without an end.</summary>
    public DateTimeOffset? ValidUntil { get; internal init; }

    /// <summary>When it was looked at (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>How long looking took, retries included.</summary>
    public TimeSpan Duration { get; internal init; }

    /// <summary>How often it was tried; 1 without retries, 0 when it was skipped.</summary>
    public int Attempts { get; internal init; } = 1;

    /// <summary>Where the check is written, <c>file:line</c>.</summary>
    public string? Source { get; internal init; }

    /// <summary>Where the check comes from, for example the line of a checklist.</summary>
    public string? From { get; internal init; }

    /// <summary>Whether the check was guessed from a checklist and nobody has confirmed it yet.</summary>
    public bool Guessed { get; internal init; }

    /// <summary>What it leaves for the next evaluation to compare with.</summary>
    internal JsonElement? Memory { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Check}: {Verdict}: {Reason}";
}
