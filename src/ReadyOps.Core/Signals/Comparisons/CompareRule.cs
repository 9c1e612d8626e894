using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>What a comparison of a document compares, and how.</summary>
public sealed record CompareRule
{
    /// <summary>The release.</summary>
    public required CompareSide Canary { get; init; }

    /// <summary>What it is held against.</summary>
    public required CompareSide Baseline { get; init; }

    /// <summary>What is counted or measured.</summary>
    public required CompareKind Kind { get; init; }

    /// <summary>How it is tested.</summary>
    public required ComparisonOptions Options { get; init; }

    /// <summary>How much time one look covers. Looks follow upon each other and never overlap.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long values may still change: younger looks are left for the next time.</summary>
    public TimeSpan Lag { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>For how long after the beginning of each step of a rollout nothing counts, neither for nor against.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Whether no series of events at all means that there were none.</summary>
    public bool AbsentIsZero { get; init; }

    /// <summary>What it takes for a step of a rollout to pass.</summary>
    public ComparePass Pass { get; init; } = ComparePass.NoEvidence;

    /// <summary>The fewest trials, samples or units of exposure of each side that a step of a rollout needs.</summary>
    public double StepMinimum { get; init; }

    /// <summary>What there are so many of, in words.</summary>
    internal string What => Kind switch { CompareKind.Samples => "samples", CompareKind.Shares => "trials", _ => "units of exposure" };
}

/// <summary>What a comparison is of.</summary>
public enum CompareKind
{
    /// <summary>Samples of a value.</summary>
    Samples,

    /// <summary>Events out of trials.</summary>
    Shares,

    /// <summary>Events during an exposure.</summary>
    Rates,
}

/// <summary>What it takes for a step to pass.</summary>
public enum ComparePass
{
    /// <summary>Enough was seen in the step, and nothing shows that the canary is worse.</summary>
    NoEvidence,

    /// <summary>It is shown that the canary is not worse by more than the tolerance.</summary>
    Proven,
}
