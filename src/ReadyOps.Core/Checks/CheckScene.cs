using System.Text.Json;

namespace ReadyOps.Core.Checks;

/// <summary>The gate that a check is asked for: what it is about, and what the check saw before.</summary>
public sealed record CheckScene
{
    /// <summary>Name of the gate; for a check before a step of a rollout, the stream of that rollout.</summary>
    public required string Document { get; init; }

    /// <summary>The release that is asked about, if there is one.</summary>
    public string? Release { get; init; }

    /// <summary>SHA-256 of the gate's document as it was read, in lower-case hex.</summary>
    public required string Digest { get; init; }

    /// <summary>
    /// What the check of that name saw at earlier evaluations of the gate, of any release, the newest first, at most ten, and
    /// behind them the newest that passed when none of the ten did; empty without a journal. "The last run" to compare with is the newest that passed: comparing with one that failed would let
    /// the same regression through the second time.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<IReadOnlyList<EarlierEvidence>>> EarlierAsync { get; init; } = (_, _) => new([]);
}

/// <summary>What a check saw at an earlier evaluation of its gate.</summary>
/// <param name="Time">When (UTC).</param>
/// <param name="Release">Of what release.</param>
/// <param name="Verdict">What it said.</param>
/// <param name="Memory">What it left to compare with.</param>
public sealed record EarlierEvidence(DateTimeOffset Time, string? Release, Verdict Verdict, JsonElement? Memory);
