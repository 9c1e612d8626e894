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

    /// <summary>Whether it compares the release with a baseline, which has to have some of the traffic, too.</summary>
    public bool NeedsBaseline => Type == "compare";

    /// <summary>
    /// What a healthy value looks like. For a check, whose own verdict decides, it is <c>== 1</c>: a pass counts 1, a fail 0.
    /// </summary>
    public required Bound Bound { get; init; }

    /// <summary>What a check holds its value against by itself, for people; nothing for any other signal, and for a check without a bound.</summary>
    public Bound? CheckBound { get; init; }

    /// <summary>Breached once every sample over this long broke the bound; <see langword="null"/> for a counting signal. A good sample resets it.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Breached once this many samples in a row broke the bound; <see langword="null"/> for a timed signal. A good sample resets it.</summary>
    public int? Consecutive { get; init; }

    /// <summary>Breached also once this many samples within a time broke the bound, whatever lay between them.</summary>
    public SignalLimit? FailureLimit { get; init; }

    /// <summary>How many good samples in a row, up to the newest, a step needs before this signal can pass in it.</summary>
    public int ConsecutiveSuccesses { get; init; } = 1;

    /// <summary>How many samples may say nothing before the policy for that is due at once; <see langword="null"/> without a limit.</summary>
    public SignalLimit? InconclusiveLimit { get; init; }

    /// <summary>How often, once an interval, its source may fail before the policy for that is due at once; <see langword="null"/> without a limit.</summary>
    public SignalLimit? ErrorLimit { get; init; }

    /// <summary>For how long after the beginning of a step samples are not judged at all, neither for nor against.</summary>
    public TimeSpan InitialDelay { get; init; }

    /// <summary>For how long after the beginning of a step good samples do not count towards leaving it; bad ones count against the release.</summary>
    public TimeSpan WarmUp { get; init; }

    /// <summary>How far its query looks back apart from its window: for so long after a rollout has begun, nothing it gives is of the rollout alone.</summary>
    public TimeSpan Reach { get; init; }

    /// <summary>How much traffic a sample must stand for to say anything; <see langword="null"/> where that is not measured.</summary>
    public double? MinTraffic { get; init; }

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

    /// <summary>Whether a breach takes the release back, and the share cannot rise without its pass; one that is not critical holds and pauses.</summary>
    public bool Critical { get; init; } = true;

    /// <summary>What it counts in the score of those that are not critical.</summary>
    public decimal Weight { get; init; } = 1;

    /// <summary>Whether it is judged on its own, outside a rollout: there is no step, and nothing follows from its verdict.</summary>
    public bool IsStandalone { get; init; }

    /// <summary>Whether it is measured and reported only, and decides nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>What to do when it does not pass for too long.</summary>
    public SignalPolicies Policies { get; init; } = SignalPolicies.Default;

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

    /// <summary>Whether its query has a window that is clipped to the step.</summary>
    public bool HasWindow => Node["query"]?.Text?.Contains(PrometheusSignalSource.WindowVariable, StringComparison.Ordinal) == true;

    /// <summary>The first moment of a step that began then whose samples are judged; those up to it are not.</summary>
    internal DateTimeOffset JudgedAfter(DateTimeOffset stepStart) => stepStart + InitialDelay;

    /// <summary>The moment of a step that began then after which good samples count towards leaving it.</summary>
    internal DateTimeOffset CountedAfter(DateTimeOffset stepStart) => stepStart + (InitialDelay > WarmUp ? InitialDelay : WarmUp);

    /// <summary>Whether a type of signal measures values of its own; any other is that of a check.</summary>
    public static bool IsMetric(string type) => type is "prometheus" or "scrape";
}
