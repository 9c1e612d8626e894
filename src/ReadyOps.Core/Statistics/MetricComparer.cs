namespace ReadyOps.Core.Statistics;

/// <summary>
/// Compares a canary with its baseline. Deterministic; every threshold is relative to the data, so that the unit of the data makes no
/// difference. The rule is <see cref="Judgement"/>; docs/statistics.md has the formulas and their sources.
/// </summary>
public static class MetricComparer
{
    /// <summary>Compares two sets of samples.</summary>
    /// <param name="baseline">The samples of the baseline; their order matters to the sequential test only.</param>
    /// <param name="canary">The samples of the canary.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>: the options cannot be kept, or the method is not one for samples.</exception>
    public static MetricComparison Compare(IReadOnlyList<double> baseline, IReadOnlyList<double> canary, ComparisonOptions options)
    {
        options.Check();
        switch (options.Method)
        {
            case ComparisonMethod.Auto or ComparisonMethod.MannWhitney:
                return SampleComparison.Compare(baseline, canary, options);
            case ComparisonMethod.Sequential:
                if (baseline.Count != canary.Count)
                    throw ComparisonOptions.Invalid($"The sequential test takes samples in pairs of the same moment, and there are {baseline.Count} and {canary.Count}.", "Give both sides sampled at the same moments, in order of time.");
                var sequence = new SequentialSamples(options);
                for (int i = 0; i < baseline.Count; i++) sequence.Observe([baseline[i]], [canary[i]]);
                return sequence.Read();
            default:
                throw ComparisonOptions.Invalid($"{options.Method} compares counts, not samples.", "Give -BaselineCount and -CanaryCount, or take MannWhitney or Sequential.");
        }
    }

    /// <summary>Compares shares: how many of so many trials were events.</summary>
    /// <param name="baseline">Events and trials of the baseline, one or several looks in order of time.</param>
    /// <param name="canary">Those of the canary.</param>
    /// <param name="options">How.</param>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>: counts or options that cannot be meant.</exception>
    public static MetricComparison CompareShares(IReadOnlyList<EventCount> baseline, IReadOnlyList<EventCount> canary, ComparisonOptions options) =>
        CompareCounts(baseline, canary, options, shares: true);

    /// <summary>Compares rates: how many events happened during so much exposure.</summary>
    /// <inheritdoc cref="CompareShares"/>
    public static MetricComparison CompareRates(IReadOnlyList<EventCount> baseline, IReadOnlyList<EventCount> canary, ComparisonOptions options) =>
        CompareCounts(baseline, canary, options, shares: false);

    private static MetricComparison CompareCounts(IReadOnlyList<EventCount> baseline, IReadOnlyList<EventCount> canary, ComparisonOptions options, bool shares)
    {
        options.Check();
        foreach (EventCount count in baseline.Concat(canary)) CountComparison.Check(count, shares);
        switch (options.Method)
        {
            case ComparisonMethod.MannWhitney:
            case ComparisonMethod.Fisher or ComparisonMethod.TwoProportion when !shares:
                throw ComparisonOptions.Invalid($"{options.Method} does not compare rates of events over exposures.", "Take PoissonRate or Sequential.");
            case ComparisonMethod.Sequential:
                if (baseline.Count != canary.Count)
                    throw ComparisonOptions.Invalid($"The sequential test takes counts in pairs of the same span, and there are {baseline.Count} and {canary.Count}.", "Give both sides counted over the same spans, in order of time.");
                var sequence = new SequentialCounts(options, shares);
                for (int i = 0; i < baseline.Count; i++) sequence.Observe(baseline[i], canary[i]);
                return sequence.Read();
            default:
                return CountComparison.Compare(Sum(baseline), Sum(canary), options, shares);
        }
    }

    private static EventCount Sum(IReadOnlyList<EventCount> counts) => counts.Aggregate(default(EventCount), (sum, one) => sum + one);
}
