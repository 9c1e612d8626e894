namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>Asks Prometheus for looks, with one query for each counter and side.</summary>
/// <param name="client">Asks Prometheus.</param>
/// <param name="rule">What is compared.</param>
internal sealed class CompareMeter(PrometheusClient client, CompareRule rule) : ICompareFeed
{
    /// <inheritdoc/>
    public async ValueTask<CompareAnswer> LooksAsync(long first, long last, CancellationToken cancel)
    {
        try
        {
            return rule.Kind == CompareKind.Samples ? await SamplesAsync(first, last, cancel).ConfigureAwait(false) : await CountsAsync(first, last, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e)
        {
            return new CompareAnswer([], e.Message);
        }
    }

    private async Task<CompareAnswer> SamplesAsync(long first, long last, CancellationToken cancel)
    {
        (CounterGrid Grid, IReadOnlyList<string> Warnings)[] answers = await Task.WhenAll(
            AskAsync(rule.Baseline.Query, first, last, cancel), AskAsync(rule.Canary.Query, first, last, cancel)).ConfigureAwait(false);
        string[] warnings = [.. answers.SelectMany(answer => answer.Warnings).Distinct()];
        var looks = new List<CompareLook>();
        for (long moment = first; moment <= last; moment++)
        {
            IReadOnlyList<double> baseline = answers[0].Grid.At(moment), canary = answers[1].Grid.At(moment);
            looks.Add(new CompareLook(At(moment))
            {
                BaselineValues = baseline,
                CanaryValues = canary,
                Missing = baseline.Count == 0 ? $"the baseline has no sample: {rule.Baseline}" : canary.Count == 0 ? $"the canary has no sample: {rule.Canary}" : null,
                Warning = warnings.FirstOrDefault(),
            });
        }

        return new CompareAnswer(looks, Warnings: warnings);
    }

    private async Task<CompareAnswer> CountsAsync(long first, long last, CancellationToken cancel)
    {
        // The count of a look is from the moment before it on.
        (CounterGrid Grid, IReadOnlyList<string> Warnings)[] answers = await Task.WhenAll(
            AskAsync(rule.Baseline.EventsQuery, first - 1, last, cancel), AskAsync(rule.Baseline.SizeQuery, first - 1, last, cancel),
            AskAsync(rule.Canary.EventsQuery, first - 1, last, cancel), AskAsync(rule.Canary.SizeQuery, first - 1, last, cancel)).ConfigureAwait(false);
        string[] warnings = [.. answers.SelectMany(answer => answer.Warnings).Distinct()];
        var baseline = new CounterSteps(rule.Baseline, answers[0].Grid, answers[1].Grid, rule);
        var canary = new CounterSteps(rule.Canary, answers[2].Grid, answers[3].Grid, rule);
        var looks = new List<CompareLook>();
        for (long moment = first; moment <= last; moment++)
        {
            looks.Add(new CompareLook(At(moment))
            {
                Baseline = baseline.Count(moment, out string? without),
                Canary = canary.Count(moment, out string? missing),
                Missing = without is not null ? $"of the baseline {without}" : missing is not null ? $"of the canary {missing}" : null,
                Warning = warnings.FirstOrDefault(),
            });
        }

        return new CompareAnswer(looks, Warnings: warnings);
    }

    private DateTimeOffset At(long moment) => DateTimeOffset.UnixEpoch + (moment * rule.Interval);

    private async Task<(CounterGrid Grid, IReadOnlyList<string> Warnings)> AskAsync(string query, long first, long last, CancellationToken cancel)
    {
        string asked = query.Replace(PrometheusSignalSource.WindowVariable, PrometheusSignalSource.Write(rule.Interval), StringComparison.Ordinal);
        PrometheusAnswer<IReadOnlyList<MetricSeries>> answer = await client.QueryRangeAsync(asked, At(first), At(last), rule.Interval, cancel).ConfigureAwait(false);
        return (new CounterGrid(answer.Data, first, last, rule.Interval), answer.Warnings);
    }
}
