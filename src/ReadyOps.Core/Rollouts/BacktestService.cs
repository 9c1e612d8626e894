using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Plays rollout documents over history with the engine that runs them: when would it have paused or rolled back, on which
/// sample, and why. Touches nothing.
/// </summary>
/// <param name="context">The surroundings; Prometheus is asked through them.</param>
/// <param name="factory">Makes runnable rollouts of documents; on the real world when it is not given.</param>
public sealed class BacktestService(EngineContext context, RolloutFactory? factory = null)
{
    private readonly RolloutFactory _factory = factory ?? RolloutPlan.Read;

    /// <summary>Plays a document, once for each combination of what is varied; the history is asked for once.</summary>
    /// <returns>One result for each combination, in the order of the values given.</returns>
    /// <exception cref="DocumentException">Everything that is wrong with the document, or with a value to try.</exception>
    /// <exception cref="ReadyOpsException">
    /// <c>HistoryRangeInvalid</c>, <c>HistoryUnreadable</c>, <c>HistoryEmpty</c>, <c>HistoryIncomplete</c>, <c>VariationInvalid</c>
    /// </exception>
    public async Task<IReadOnlyList<BacktestResult>> RunAsync(Document document, BacktestOptions options, CancellationToken cancel)
    {
        var problems = new ProblemList(document.File);
        ObjectReader reader = ObjectReader.For(document, problems);
        RolloutPlan plan = _factory(reader, document.Name, context);
        if (!options.Watch) WindowReader.NoteUnusable(reader, plan.Definition.Windows, options.Start ?? context.Clock.GetUtcNow());
        problems.ThrowIfAny();
        IReadOnlyList<BacktestVariant> variants = BacktestVariant.Of(plan.Definition, options.Vary, document);
        BacktestHistory history = await HistoryAsync(plan, options, cancel).ConfigureAwait(false);
        if (options.IncidentAt is { } incident && (incident < history.Start || incident > history.End))
            throw new ReadyOpsException("HistoryRangeInvalid", $"The incident at {incident.UtcDateTime:u} lies outside the history, from {history.Start.UtcDateTime:u} to {history.End.UtcDateTime:u}.", "Name an -IncidentAt within -Start and -End.");

        var results = new BacktestResult[variants.Count];
        var parallel = new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount };
        await Parallel.ForAsync(0, variants.Count, parallel, async (i, stop) =>
            results[i] = await new BacktestRun(document, plan, variants[i], history, options, context).PlayAsync(stop).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }

    private async Task<BacktestHistory> HistoryAsync(RolloutPlan plan, BacktestOptions options, CancellationToken cancel)
    {
        if (options.SampleFiles.Count > 0) return BacktestHistory.Read(plan, BacktestSamples.Read(options.SampleFiles), options.Start, options.End);
        DateTimeOffset now = context.Clock.GetUtcNow();
        DateTimeOffset start = options.Start ?? throw new ReadyOpsException("HistoryRangeInvalid", "Nobody said when the history begins.", "Name a -Start, for example 7d for a week ago.");
        DateTimeOffset end = options.End ?? now;
        if (end > now) throw new ReadyOpsException("HistoryRangeInvalid", $"The history ends at {end.UtcDateTime:u}, and that is not past yet.", "Name an -End that is past, or none for now.");
        BacktestHistory.DemandSpan(start, end);
        return await BacktestHistory.AskAsync(plan, start, end, cancel).ConfigureAwait(false);
    }
}
