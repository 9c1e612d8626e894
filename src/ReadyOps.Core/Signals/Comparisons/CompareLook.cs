using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>What both sides showed during one span of time.</summary>
/// <param name="Time">The end of the span.</param>
internal sealed record CompareLook(DateTimeOffset Time)
{
    /// <summary>What the baseline counted.</summary>
    public EventCount Baseline { get; init; }

    /// <summary>What the canary counted.</summary>
    public EventCount Canary { get; init; }

    /// <summary>The samples of the baseline, one of each series.</summary>
    public IReadOnlyList<double> BaselineValues { get; init; } = [];

    /// <summary>The samples of the canary.</summary>
    public IReadOnlyList<double> CanaryValues { get; init; } = [];

    /// <summary>Why there is nothing to compare; <see langword="null"/> when there is.</summary>
    public string? Missing { get; init; }

    /// <summary>What was warned of: the answer may be partial, and one side of it more than the other.</summary>
    public string? Warning { get; init; }
}

/// <summary>What was answered about several looks.</summary>
/// <param name="Looks">One for each moment asked for, in order of time.</param>
/// <param name="Error">Why the source could not be asked, or does not say what it should.</param>
/// <param name="Warnings">What it warned of.</param>
internal sealed record CompareAnswer(IReadOnlyList<CompareLook> Looks, string? Error = null, IReadOnlyList<string>? Warnings = null);

/// <summary>Where looks come from: Prometheus, or what was recorded of it.</summary>
internal interface ICompareFeed
{
    /// <summary>
    /// The looks that end at multiples of the interval since the Unix epoch. Never throws for a source that is down, slow or talks
    /// nonsense.
    /// </summary>
    /// <param name="first">The multiple of the first look.</param>
    /// <param name="last">The multiple of the last look, not before the first.</param>
    /// <param name="cancel">Stops waiting.</param>
    ValueTask<CompareAnswer> LooksAsync(long first, long last, CancellationToken cancel);
}
