using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>prometheus</c>.</summary>
internal sealed class PrometheusCheckType : CheckType
{
    public override string Name => "prometheus";

    public override string Summary => "The value of a PromQL query keeps a bound, now or over a span before now.";

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("query", CheckMemberKind.Text, "PromQL that gives one value, in base units: seconds, bytes, shares from 0 to 1.") { Required = true },
        new("bound", CheckMemberKind.Bound, "What a healthy value looks like.") { Required = true },
        new("reduce", CheckMemberKind.Text, "How several series become one value: sum, min, max, avg or count. Without it, several series are an error."),
        new("url", CheckMemberKind.Endpoint, "The server, unless it is that of the document."),
        new(Over, CheckMemberKind.Duration, "Looks back over this span before now, as a rollout would over a step: it fails where there was a breach. What follows says what a breach is, and is for spans only.") { Examples = ["30m"] },
        .. SignalMembers.Judged,
        .. SignalMembers.OfQueries,
    ];

    private const string Over = "over";

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        HttpEndpoint endpoint = Endpoint(reader, defaults);
        if (reader.Has(Over)) return CreateOver(reader, endpoint);
        foreach (CheckMember member in SignalMembers.Judged.Concat(SignalMembers.OfQueries))
            if (member.Name != "direction" && reader.Has(member.Name)) reader.Problem(member.Name, $"without '{Over}' the query is asked once, and '{member.Name}' says nothing", "'over' with the span to look back on, such as 30m");
        string query = reader.RequiredText("query");
        Bound bound = SignalMembers.NumberBound(reader);
        SeriesReducer? reduce = reader.Has("reduce") ? reader.Choice("reduce", SeriesReducer.Max) : null;
        return new PrometheusCheck(endpoint, query, bound, reduce, reader.OptionalText("name") ?? "Value");
    }

    private static HttpEndpoint Endpoint(ObjectReader reader, CheckDefaults defaults)
    {
        HttpEndpoint? endpoint = reader.Has("url") ? HttpEndpoint.Read(reader, "url") : defaults.Prometheus;
        if (endpoint is null) reader.Problem("url", "no Prometheus server is named", "'url' here, or 'prometheus' at the top of the document");
        // The server is told to give up a little before the check does, so that a slow query is told from a dead server.
        return (endpoint ?? HttpEndpoint.For("http://invalid.invalid")) with { Timeout = CheckReader.Timeout(reader, defaults.Timeout) };
    }

    private static PrometheusSpanCheck CreateOver(ObjectReader reader, HttpEndpoint endpoint)
    {
        SignalDefinition signal = SignalMembers.Read(reader, new SignalDefinition
        {
            Name = reader.OptionalText("name") ?? "Value",
            Type = "prometheus",
            Bound = SignalMembers.NumberBound(reader),
            Node = reader.Node,
            Path = reader.Path,
        });
        TimeSpan over = reader.Duration(Over, TimeSpan.FromMinutes(30));
        SignalMembers.DemandSpan(reader, Over, signal, over);
        // What is wrong with the query is told now, and not when it is asked.
        SignalMembers.Source(reader, signal, new PrometheusClient(endpoint, new EngineContext()));
        return new PrometheusSpanCheck(endpoint, signal, reader, over);
    }
}

/// <summary>Asks Prometheus once. A server that cannot be asked is an error and says nothing about the release.</summary>
internal sealed class PrometheusCheck(HttpEndpoint endpoint, string query, Bound bound, SeriesReducer? reduce, string what) : ICheck
{
    private const int SeriesNamed = 3;

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        var client = new PrometheusClient(endpoint, context);
        PrometheusAnswer<IReadOnlyList<MetricSample>> answer = await client.QueryAsync(query, null, cancel).ConfigureAwait(false);
        IReadOnlyList<MetricSample> samples = answer.Data;
        if (samples.Count == 0) return Seen(Verdict.NoData, $"The query gives no series: {query}", answer.Warnings);
        if (samples.Count > 1 && reduce is null) return Seen(Verdict.Error, Several(samples), ["Aggregate them in the query, or say 'reduce'.", .. answer.Warnings]);

        double value = reduce is { } reducer ? reducer.Reduce(samples.Select(sample => sample.Value)) : samples[0].Value;
        Observation judged = Judge.Number(what, value, bound) with { Details = [$"Query: {query}", .. answer.Warnings] };
        // An answer that may be partial can clear nobody; what it shows to be broken is still broken.
        return judged.Verdict == Verdict.Pass && answer.Warnings.Count > 0
            ? judged with { Verdict = Verdict.Inconclusive, Reason = $"{judged.Reason.TrimEnd('.')}, but Prometheus warns: {Judge.Cut(answer.Warnings[0]).TrimEnd('.')}." }
            : judged;
    }

    private static string Several(IReadOnlyList<MetricSample> samples)
    {
        string named = string.Join(", ", samples.Take(SeriesNamed).Select(sample => Judge.Cut(MetricSeries.Write(sample.Name, sample.Labels))));
        return string.Create(CultureInfo.InvariantCulture, $"The query gives {samples.Count} series where one value is needed: {named}{(samples.Count > SeriesNamed ? ", …" : "")}.");
    }

    private Observation Seen(Verdict verdict, string reason, IReadOnlyList<string> details) =>
        Observation.Of(verdict, reason) with { Bound = bound, Details = details };
}
