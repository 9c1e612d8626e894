using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>What a caller wants compared otherwise than the baseline says.</summary>
public sealed record BaselineTerms
{
    /// <summary>The metrics to compare; all when empty.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>The tolerance of all metrics; <see langword="null"/> for what the baseline says.</summary>
    public string? Tolerance { get; init; }

    /// <summary>The tolerance of single metrics, by name.</summary>
    public IReadOnlyDictionary<string, string> Tolerances { get; init; } = new Dictionary<string, string>();

    /// <summary>The direction of all metrics.</summary>
    public ComparisonDirection? Direction { get; init; }

    /// <summary>The direction of single metrics, by name.</summary>
    public IReadOnlyDictionary<string, ComparisonDirection> Directions { get; init; } = new Dictionary<string, ComparisonDirection>();

    /// <summary>The figures to compare; those of the baseline when empty.</summary>
    public IReadOnlyList<BaselineStatistic> Statistics { get; init; } = [];

    /// <summary>How many samples both sides need at least.</summary>
    public int? MinSamples { get; init; }

    /// <summary>The baseline on these terms.</summary>
    /// <exception cref="ReadyOpsException"><c>BaselineMetricUnknown</c>, <c>ToleranceInvalid</c></exception>
    internal PerformanceBaseline On(PerformanceBaseline baseline)
    {
        foreach (string name in Metrics.Concat(Tolerances.Keys).Concat(Directions.Keys))
        {
            string[] known = [.. baseline.Metrics.Select(metric => metric.Name)];
            if (!known.Contains(name))
                throw new ReadyOpsException("BaselineMetricUnknown", $"Baseline '{baseline.Name}' has no metric '{name}'{Suggestion.For(name, known)}.", $"There are {string.Join(", ", known)}.");
        }

        return baseline with { Metrics = [.. baseline.Metrics.Where(metric => Metrics.Count == 0 || Metrics.Contains(metric.Name)).Select(On)] };
    }

    private BaselineMetric On(BaselineMetric metric)
    {
        string tolerance = Tolerances.GetValueOrDefault(metric.Name) ?? Tolerance ?? metric.Tolerance;
        if (!BaselineTolerance.TryParse(tolerance, out BaselineTolerance read))
            throw new ReadyOpsException("ToleranceInvalid", $"'{tolerance}' is no tolerance.", $"Give {BaselineTolerance.Expected}.");
        if (!read.Fits(metric.Unit))
            throw new ReadyOpsException("ToleranceInvalid", $"A tolerance of {tolerance} cannot be held against '{metric.Name}', whose unit is '{metric.Unit.ToString().ToLowerInvariant()}'.", "Give a share such as 10%, or a tolerance for each metric.");
        return metric with
        {
            Tolerance = tolerance,
            Direction = Directions.TryGetValue(metric.Name, out ComparisonDirection own) ? own : Direction ?? metric.Direction,
            Statistics = Statistics.Count > 0 ? Statistics : metric.Statistics,
            MinSamples = MinSamples ?? metric.MinSamples,
        };
    }
}
