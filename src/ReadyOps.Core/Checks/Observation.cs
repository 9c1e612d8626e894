using System.Text.Json;

namespace ReadyOps.Core.Checks;

/// <summary>What one look at the world gave; <see cref="CheckRunner"/> makes <see cref="Evidence"/> of it.</summary>
public sealed record Observation
{
    /// <summary>What it says.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>What was seen: a number in base units (seconds, bytes, 0–1), a text, or nothing.</summary>
    public object? Value { get; init; }

    /// <summary>The bound the value was held against, if there was one.</summary>
    public Bound? Bound { get; init; }

    /// <summary>How far inside the bound the value is, in base units; negative outside.</summary>
    public double? Margin { get; init; }

    /// <summary>What the value counts.</summary>
    public Unit Unit { get; init; }

    /// <summary>One sentence: what was seen, against what, and therefore what.</summary>
    public required string Reason { get; init; }

    /// <summary>More to read when it did not pass.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>The command, or one sentence, that would make it pass; empty when there is none.</summary>
    public string NextStep { get; init; } = "";

    /// <summary>Until when it holds, where what was seen says so itself; <see langword="null"/> without an end.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>What the parts of a group saw.</summary>
    public IReadOnlyList<Evidence> Parts { get; init; } = [];

    /// <summary>Of a comparison, everything that it says it by.</summary>
    public MetricComparison? Comparison { get; init; }

    /// <summary>What it leaves for the next evaluation of the gate to compare with; one of more than 64 KiB is dropped.</summary>
    public JsonElement? Memory { get; init; }

    /// <summary>An observation of something that is not measured against a bound.</summary>
    public static Observation Of(Verdict verdict, string reason, object? value = null, Unit unit = Unit.None) =>
        new() { Verdict = verdict, Reason = reason, Value = value, Unit = unit };

    /// <summary>An observation that itself failed.</summary>
    public static Observation Failed(Exception cause) => cause is ReadyOpsException { NextStep.Length: > 0 } expected
        ? Of(Verdict.Error, expected.Message) with { NextStep = expected.NextStep }
        : Of(Verdict.Error, cause is ReadyOpsException ? cause.Message : $"The check broke off: {cause.Message}");

    /// <summary>
    /// Several observations as one that passes only when all do. The reason is that of the worst; the others are told in
    /// <see cref="Details"/>. A failure that was seen goes before a look that failed: it stays a failure whatever the rest says.
    /// </summary>
    /// <param name="all">At least one; of equals the first counts.</param>
    public static Observation Worst(IReadOnlyList<Observation> all)
    {
        Observation worst = all.OrderBy(one => Rank(one.Verdict)).First();
        if (all.Count == 1) return worst;
        IEnumerable<string> others = all.Where(one => !ReferenceEquals(one, worst)).Select(one => $"{one.Verdict}: {one.Reason}");
        return worst with { Details = [.. worst.Details, .. others] };
    }

    internal static int Rank(Verdict verdict) => verdict switch
    {
        Verdict.Fail => 0,
        Verdict.Error => 1,
        Verdict.Stale => 2,
        Verdict.NoData => 3,
        Verdict.Inconclusive => 4,
        Verdict.Skipped => 5,
        _ => 6,
    };
}
