using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>Judges metrics over a span that is past, as a rollout would have judged a step.</summary>
/// <param name="context">The surroundings; Prometheus is asked through them.</param>
/// <param name="factory">Makes runnable rollouts of documents; on the real world when it is not given.</param>
public sealed class MetricAnalysisService(EngineContext context, RolloutFactory? factory = null)
{
    private readonly RolloutFactory _factory = factory ?? RolloutPlan.Read;

    /// <summary>Judges one metric that is written as a signal of type <c>prometheus</c> would be.</summary>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    /// <exception cref="ReadyOpsException"><c>HistoryRangeInvalid</c></exception>
    public async Task<MetricAnalysis> AnalyzeAsync(ObjectReader metric, PrometheusClient client, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        SignalDefinition signal = SignalReader.Read(metric, SignalPolicies.Default);
        IQuerySource source = SignalMembers.Source(metric, signal, client);
        metric.Problems.ThrowIfAny();
        DemandPast(start, end);
        return await MetricAnalyzer.AnalyzeAsync(signal, source, start, end, cancel).ConfigureAwait(false);
    }

    /// <summary>Judges signals of a rollout document, in their order.</summary>
    /// <param name="document">The document.</param>
    /// <param name="wanted">Which signals, by name.</param>
    /// <param name="start">When the span begins.</param>
    /// <param name="end">When it ends.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>One result a signal; one without a history is told as that.</returns>
    /// <exception cref="DocumentException">Everything that is wrong with the document.</exception>
    /// <exception cref="ReadyOpsException"><c>HistoryRangeInvalid</c>, <c>SignalNotFound</c></exception>
    public async Task<IReadOnlyList<MetricAnalysis>> AnalyzeAsync(
        Document document, Func<string, bool> wanted, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        var problems = new ProblemList(document.File);
        RolloutPlan plan = _factory(ObjectReader.For(document, problems), document.Name, context);
        problems.ThrowIfAny();
        DemandPast(start, end);
        SignalDefinition[] signals = [.. plan.Definition.Signals.Where(signal => wanted(signal.Name))];
        if (signals.Length == 0)
            throw new ReadyOpsException("SignalNotFound", $"{document.Name} has no such signal.", $"The signals are {string.Join(", ", plan.Definition.Signals.Select(signal => signal.Name))}.");

        var results = new List<MetricAnalysis>();
        foreach (SignalDefinition signal in signals)
        {
            results.Add(plan.Parts.Sources[signal.Name] is IQuerySource source
                ? await MetricAnalyzer.AnalyzeAsync(signal, source, start, end, cancel).ConfigureAwait(false)
                : WithoutHistory(signal, start, end));
        }

        return results;
    }

    private void DemandPast(DateTimeOffset start, DateTimeOffset end)
    {
        BacktestHistory.DemandSpan(start, end);
        if (end > context.Clock.GetUtcNow() + TimeSpan.FromSeconds(1))
            throw new ReadyOpsException("HistoryRangeInvalid", $"The span ends at {end.UtcDateTime:u}, and that is not past yet.", "Name an -End that is past, or none for now.");
    }

    private static MetricAnalysis WithoutHistory(SignalDefinition signal, DateTimeOffset start, DateTimeOffset end)
    {
        string reason = $"{signal.Name} has no history: a signal of type '{signal.Type}' sees only the present.";
        return new MetricAnalysis
        {
            Name = signal.Name,
            Verdict = Verdict.NoData,
            Reason = reason,
            Start = start,
            End = end,
            Status = new SignalStatus { Signal = signal.Name, Verdict = Verdict.NoData, Reason = reason },
        };
    }
}
