using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>baseline</c>.</summary>
internal sealed class BaselineCheckType : CheckType
{
    private static readonly string[] Figures = [.. Enum.GetValues<BaselineStatistic>().Select(BaselineFigures.NameOf)];

    public override string Name => "baseline";

    public override string Summary => "The metrics of a service are still as a baseline that was captured has them.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("path", CheckMemberKind.Path, "A captured document of kind Baseline.") { Required = true, Examples = ["baselines/checkout.yaml"] },
        new("span", CheckMemberKind.Duration, "How long is compared, up to now; as long as the baseline where that is shorter.") { Default = "1h" },
        new("sameHourOfWeek", CheckMemberKind.Flag, "Whether it is compared with the same hour of the week; the baseline must have been captured so.") { Default = "false" },
        new("metrics", CheckMemberKind.Texts, "The metrics to compare; all of the baseline without it.") { Examples = ["latency-p95"] },
        new("tolerance", CheckMemberKind.Text, "How much they may differ, instead of what the baseline says: 10%, 5ms, abs 0.001.") { Examples = ["10%", "5ms"] },
        new("direction", CheckMemberKind.Choice, "Which change does harm, instead of what the baseline says.") { Values = ["either", "increase", "decrease"] },
        new("statistics", CheckMemberKind.Texts, $"Which figures are compared, instead of what the baseline says: {string.Join(", ", Figures)}.") { Examples = ["p95"] },
        new("minimum", CheckMemberKind.Integer, "How many samples both sides need at least, instead of what the baseline says.") { Minimum = 2, Maximum = 1_000_000 },
        new("url", CheckMemberKind.Endpoint, "The Prometheus server, unless it is that of the document or of the baseline."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        HttpEndpoint? endpoint = reader.Has("url") ? HttpEndpoint.Read(reader, "url") : defaults.Prometheus;
        TimeSpan? window = reader.OptionalDuration("span");
        if (window < TimeSpan.FromSeconds(1)) reader.Problem("span", $"{Quantities.Format(window.Value)} is too short", "at least 1s");
        string? tolerance = reader.OptionalText("tolerance");
        if (tolerance is not null && !BaselineTolerance.TryParse(tolerance, out _)) reader.Problem("tolerance", $"this is '{Judge.Cut(tolerance)}'", BaselineTolerance.Expected);
        var terms = new BaselineTerms
        {
            Metrics = reader.Texts("metrics"),
            Tolerance = tolerance,
            Direction = reader.Has("direction") ? reader.Choice("direction", ComparisonDirection.Either) : null,
            Statistics = [.. reader.Texts("statistics").Select(word => Figure(reader, word))],
            MinSamples = reader.Has("minimum") ? reader.Integer("minimum", 10, 2, 1_000_000) : null,
        };
        return new BaselineCheck(reader.RequiredPath("path"), reader.OptionalText("path") ?? "", endpoint, CheckReader.Timeout(reader, defaults.Timeout),
            terms, new BaselineWindow { Window = window, SameHourOfWeek = reader.Flag("sameHourOfWeek") });
    }

    private static BaselineStatistic Figure(ObjectReader reader, string word)
    {
        int index = Array.IndexOf(Figures, word);
        if (index < 0) reader.Problem("statistics", $"there is no figure '{Judge.Cut(word)}'", string.Join(", ", Figures));
        return Enum.GetValues<BaselineStatistic>()[Math.Max(index, 0)];
    }
}

/// <summary>Compares now with a baseline; as a signal of a rollout, what happened since its step began.</summary>
internal sealed class BaselineCheck(string path, string name, HttpEndpoint? endpoint, TimeSpan timeout, BaselineTerms terms, BaselineWindow window) : ICheck
{
    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        if (!FileReading.TryFind(path, out _, out string problem))
            return Observation.Of(Verdict.NoData, $"The baseline {name} {problem}.") with { NextStep = "Capture it with New-PerformanceBaseline." };
        BaselineDocument document;
        try
        {
            document = BaselineReader.Read(DocumentLoader.Load(path, "Baseline"));
        }
        catch (DocumentException e)
        {
            return Observation.Of(Verdict.Error, $"The baseline cannot be used: {e.Problems[0]}") with { Details = [.. e.Problems.Skip(1).Select(one => one.ToString())] };
        }

        if ((endpoint ?? document.Endpoint) is not { } found)
            return Observation.Of(Verdict.Error, "No Prometheus server is named.") with { NextStep = "Write 'url' into the check, or 'prometheus' at the top of the document." };
        var client = new PrometheusClient(found with { Timeout = timeout }, context);
        return Of(await new BaselineService(context).CompareAsync(document.Baseline, terms, window with { Since = context.Since }, client, null, cancel).ConfigureAwait(false));
    }

    private static Observation Of(BaselineComparison result)
    {
        BaselineDifference? worst = result.Metrics.FirstOrDefault(one => one.Verdict == result.Verdict);
        return Observation.Of(result.Verdict, result.Reason, worst?.Current, worst?.Unit ?? Unit.None) with
        {
            Bound = worst?.Bound,
            Margin = worst?.Margin,
            NextStep = result.NextStep,
            Details = [.. result.Metrics.Where(one => one != worst).Select(one => one.ToString()), .. result.Notes],
        };
    }
}
