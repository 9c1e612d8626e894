using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Checks;

/// <summary>Looks back over a span: passes only where a rollout would have seen no breach, and enough good samples up to the end.</summary>
internal sealed class PrometheusSpanCheck(HttpEndpoint endpoint, SignalDefinition signal, ObjectReader reader, TimeSpan over) : ICheck
{
    private const int ChangesTold = 10;

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        DateTimeOffset end = context.Clock.GetUtcNow();
        ISignalSource source = SignalMembers.Source(reader, signal, new PrometheusClient(endpoint, context));
        MetricAnalysis seen = await MetricAnalyzer.AnalyzeAsync(signal, source, end - over, end, cancel).ConfigureAwait(false);
        return new Observation
        {
            Verdict = seen.Verdict,
            Reason = seen.Reason.Length > 0 ? char.ToUpperInvariant(seen.Reason[0]) + seen.Reason[1..] : "",
            Value = seen.Status.Value,
            Bound = signal.Bound,
            Margin = seen.Status.Margin,
            Unit = signal.Bound.Unit,
            Details =
            [
                $"Query: {seen.Query}",
                string.Create(CultureInfo.InvariantCulture, $"Over {Quantities.Format(over)} to {end.UtcDateTime:u}: {seen.Samples} samples, {seen.Bad} of them bad, {seen.Breaches} breaches."),
                .. seen.Changes.TakeLast(ChangesTold).Select(change => change.ToString()),
                .. seen.Warnings,
            ],
        };
    }
}
