using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Core.Rollouts;

/// <summary>Takes the signals of a rollout for the metrics of a baseline.</summary>
public static class RolloutBaseline
{
    /// <summary>Every signal that is a PromQL query becomes a metric; which change does harm follows from its bound.</summary>
    /// <param name="document">A document of kind Rollout.</param>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    /// <exception cref="ReadyOpsException"><c>BaselineMetricsMissing</c>: it has no such signal.</exception>
    public static BaselineDocument Read(Document document)
    {
        var problems = new ProblemList(document.File);
        var reader = ObjectReader.For(document, problems);
        RolloutDefinition rollout = RolloutReader.Read(reader, document.Name);
        HttpEndpoint? prometheus = reader.Has("prometheus") ? HttpEndpoint.Read(reader, "prometheus") : null;
        problems.ThrowIfAny();
        SignalDefinition[] asked = [.. rollout.Signals.Where(signal => signal.Type == "prometheus")];
        if (asked.Length == 0)
            throw new ReadyOpsException("BaselineMetricsMissing", $"Rollout '{document.Name}' has no signal that is a PromQL query, so there is nothing to capture.", "Name the metrics with -Query, or in a document of kind Baseline.");
        var baseline = new PerformanceBaseline
        {
            Name = document.Name,
            Release = rollout.Release ?? "",
            Span = TimeSpan.FromHours(1),
            Metrics = [.. asked.Select(signal => Metric(signal, new ObjectReader(signal.Node, signal.Path, document.BaseDirectory, problems)))],
        };
        problems.ThrowIfAny();
        return new BaselineDocument(baseline, prometheus);
    }

    private static BaselineMetric Metric(SignalDefinition signal, ObjectReader reader) => new()
    {
        Name = signal.Name,
        Query = reader.RequiredText("query"),
        Reduce = reader.Has("reduce") ? reader.Choice("reduce", SeriesReducer.Sum).ToString().ToLowerInvariant() : "",
        Unit = signal.Bound.Unit,
        Interval = signal.Interval,
        Window = signal.Window,
        Direction = signal.Bound.Operator switch
        {
            BoundOperator.Less or BoundOperator.LessOrEqual => ComparisonDirection.Increase,
            BoundOperator.Greater or BoundOperator.GreaterOrEqual => ComparisonDirection.Decrease,
            _ => ComparisonDirection.Either,
        },
        Statistics = [BaselineStatistic.P50, BaselineStatistic.P95],
        MinSamples = 10,
    };
}
