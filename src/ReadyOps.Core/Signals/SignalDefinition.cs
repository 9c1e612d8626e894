using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>One signal of a document: a check followed over time.</summary>
public sealed record SignalDefinition
{
    /// <summary>Its name, unique in the document.</summary>
    public required string Name { get; init; }

    /// <summary>Where its samples come from: <c>prometheus</c>, <c>scrape</c>, or the type of a check.</summary>
    public required string Type { get; init; }

    /// <summary>Whether its samples are the verdicts of a check and no values of their own.</summary>
    public bool IsCheck => !IsMetric(Type);

    /// <summary>
    /// What a healthy value looks like. For a check, whose own verdict decides, it is <c>== 1</c>: a pass counts 1, a fail 0.
    /// </summary>
    public required Bound Bound { get; init; }

    /// <summary>Breached once every sample over this long broke the bound; <see langword="null"/> for a counting signal.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Breached once this many samples in a row broke the bound; <see langword="null"/> for a timed signal.</summary>
    public int? Consecutive { get; init; }

    /// <summary>Time between two samples of a source with a history; the least time that one sample speaks for.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>What <c>${window}</c> stands for in the query, clipped to the start of the step.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the source needs until a value no longer changes: younger samples are left for the next tick.</summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Stale once the newest sample is older than this.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many good samples a step needs before this signal can pass in it.</summary>
    public int MinSamples { get; init; } = 3;

    /// <summary>
    /// Whether a rollback counts as verified only once this signal has recovered. Off for one that looks at the new release
    /// itself even when it gets no traffic.
    /// </summary>
    public bool Recovers { get; init; } = true;

    /// <summary>Whether the same is asked of the stable side, so that a fault of both is not laid on the release.</summary>
    public bool HasStable { get; init; }

    /// <summary>The signal as it is written, for the source's own members.</summary>
    public required DocumentNode Node { get; init; }

    /// <summary>Where it stands in the document, as a JSON Pointer.</summary>
    public required string Path { get; init; }

    /// <summary>Whether a type of signal measures values of its own; any other is that of a check.</summary>
    public static bool IsMetric(string type) => type is "prometheus" or "scrape";
}
