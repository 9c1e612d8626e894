using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Slos;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>slo</c>.</summary>
internal sealed class SloCheckType : CheckType
{
    private static readonly string[] Kinds = ["errors", "good", "ratio", "histogram"];

    private static readonly CheckMember[] PairMembers =
    [
        new("long", CheckMemberKind.Duration, "The long window: that what happens matters.") { Required = true, Examples = ["1h"] },
        new("short", CheckMemberKind.Duration, "The short window: that it still goes on.") { Required = true, Examples = ["5m"] },
        new("factor", CheckMemberKind.Number, "The burn rate that both may have at most. Either this or 'budget'.") { Minimum = 0 },
        new("budget", CheckMemberKind.Share, "The share of the budget that the long window may spend; the factor follows from it.") { Examples = ["2%"] },
        new("severity", CheckMemberKind.Choice, "How loudly it calls.") { Default = "page", Values = ["page", "ticket"] },
    ];

    public override string Name => "slo";

    public override string Summary => "A service keeps its objective: some of its error budget is left, and it does not burn too fast over any pair of windows.";

    public override bool AsSignal => true;

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("objective", CheckMemberKind.Share, "The share of events that must be good.") { Required = true, Examples = ["99.9%"] },
        new("period", CheckMemberKind.Duration, "The rolling period that the objective is about.") { Default = "30d" },
        new("errors", CheckMemberKind.Text, "Counts bad events: a counter, or PromQL with ${window}. Beside 'total'.") { Examples = ["http_requests_total{code=~\"5..\"}"] },
        new("good", CheckMemberKind.Text, "Counts good events, instead of 'errors': a counter, or PromQL with ${window}. Beside 'total'."),
        new("total", CheckMemberKind.Text, "Counts all events: a counter, or PromQL with ${window}.") { Examples = ["http_requests_total"] },
        new("ratio", CheckMemberKind.Text, "The share of bad events from 0 to 1, instead of 'errors': PromQL with ${window}. Only a 'total' beside it tells how many events there are."),
        new("histogram", CheckMemberKind.Text, "A latency objective instead: a classic histogram, without _bucket.") { Examples = ["http_request_duration_seconds{job=\"api\"}"] },
        new("threshold", CheckMemberKind.Text, "Within which time of 'histogram' a request is good; a boundary of its buckets.") { Examples = ["300ms"] },
        new("minimumBudget", CheckMemberKind.Share, "The share of the error budget that must be left.") { Default = "0%", Examples = ["10%"] },
        new("burnRates", CheckMemberKind.Objects, "Pairs of windows, instead of those that follow from the period: for 30d 14.4 over 1h and 5m, 6 over 6h and 30m, 3 over 1d and 2h, 1 over 3d and 6h.") { Members = PairMembers },
        new("severity", CheckMemberKind.Choice, "The least severity of a pair that decides; the others are measured and reported.") { Default = "ticket", Values = ["page", "ticket"] },
        new("minEvents", CheckMemberKind.Integer, "A long window with fewer events says nothing.") { Default = "10", Minimum = 1, Maximum = 1_000_000_000 },
        new("minErrors", CheckMemberKind.Integer, "Fewer bad events convict nobody, so that one failed request at low traffic does not.") { Default = "2", Minimum = 1, Maximum = 1_000_000 },
        new("allowShortHistory", CheckMemberKind.Flag, "Whether windows that reach back before the first data are judged by what there is.") { Default = "false" },
        new("absentIsZero", CheckMemberKind.Flag, "Whether no series of 'errors' at all means no errors; a query with a slip finds none either.") { Default = "false" },
        new("noData", CheckMemberKind.Choice, "What no data means: it holds, or it fails. It never passes.") { Default = "hold", Values = ["hold", "fail"] },
        new("url", CheckMemberKind.Endpoint, "The Prometheus server, unless it is that of the document."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        HttpEndpoint? endpoint = reader.Has("url") ? HttpEndpoint.Read(reader, "url") : defaults.Prometheus;
        if (endpoint is null) reader.Problem("url", "no Prometheus server is named", "'url' here, or 'prometheus' at the top of the document");
        endpoint = (endpoint ?? HttpEndpoint.For("http://invalid.invalid")) with { Timeout = CheckReader.Timeout(reader, defaults.Timeout) };
        return new SloCheck(endpoint, Read(reader));
    }

    private static SloDefinition Read(ObjectReader reader)
    {
        if (!reader.Has("objective")) reader.RequiredText("objective");
        TimeSpan period = reader.Duration("period", TimeSpan.FromDays(30));
        var standIn = SloIndicator.OfErrors("errors", "total");
        var slo = new SloDefinition
        {
            Name = reader.OptionalText("name") ?? "",
            Objective = reader.Percent("objective", 99) / 100,
            Window = period,
            Indicator = Told(reader, standIn, () => Indicator(reader)),
            Rules = [.. reader.Objects("burnRates").Select(pair => Pair(pair, period))],
            Severity = reader.Choice("severity", SloSeverity.Ticket),
            MinimumBudget = reader.Percent("minimumBudget", 0) / 100,
            MinimumEvents = reader.Integer("minEvents", 10, 1, 1_000_000_000),
            MinimumErrors = reader.Integer("minErrors", 2, 1, 1_000_000),
            AllowShortHistory = reader.Flag("allowShortHistory"),
            AbsentIsZero = reader.Flag("absentIsZero"),
            NoDataFails = NoDataFails(reader),
        };
        return Told(reader, slo, () =>
        {
            slo.Validate();
            return slo;
        });
    }

    private static bool NoDataFails(ObjectReader reader)
    {
        string word = reader.OptionalText("noData") ?? "hold";
        if (word is not ("hold" or "fail")) reader.Problem("noData", $"this is '{Judge.Cut(word)}'", "one of hold, fail");
        return word == "fail";
    }

    private static SloIndicator Indicator(ObjectReader reader)
    {
        string[] kinds = [.. Kinds.Where(reader.Has)];
        if (kinds.Length != 1) throw new SloException(kinds.Length == 0 ? "errors" : kinds[1], "it takes one way to tell bad events", "one of 'errors', 'good', 'ratio' and 'histogram'");
        string of = reader.RequiredText(kinds[0]);
        if (kinds[0] == "histogram") return SloIndicator.OfLatency(of, reader.OptionalText("threshold") ?? throw new SloException("threshold", "'threshold' is missing", "a latency such as 300ms"));
        if (kinds[0] == "ratio") return SloIndicator.OfRatio(of, reader.OptionalText("total"));
        string total = reader.OptionalText("total") ?? throw new SloException("total", "'total' is missing", "what counts all events");
        return kinds[0] == "errors" ? SloIndicator.OfErrors(of, total) : SloIndicator.OfGood(of, total);
    }

    private static BurnRateRule Pair(ObjectReader reader, TimeSpan period)
    {
        if (reader.Has("factor") == reader.Has("budget")) reader.Problem("factor", "this does not say one burn rate", "either 'factor' or 'budget'");
        TimeSpan longWindow = Needed(reader, "long", TimeSpan.FromHours(1)), shortWindow = Needed(reader, "short", TimeSpan.FromMinutes(5));
        decimal factor = reader.Has("budget")
            ? BurnRateRule.FactorOf(reader.Percent("budget", 2) / 100, period, longWindow > TimeSpan.Zero ? longWindow : period)
            : (decimal)reader.Number("factor", 1, 0, 1_000_000);
        return new BurnRateRule(reader.Choice("severity", SloSeverity.Page), longWindow, shortWindow, factor);
    }

    private static TimeSpan Needed(ObjectReader reader, string name, TimeSpan standIn)
    {
        if (!reader.Has(name)) reader.RequiredText(name);
        return reader.Duration(name, standIn);
    }

    private static T Told<T>(ObjectReader reader, T standIn, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SloException e)
        {
            reader.Problem(e.Member == "window" ? "period" : e.Member, e.Problem, e.Expected);
            return standIn;
        }
    }
}

/// <summary>Judges an objective now; as a signal of a rollout by what happened since its step began.</summary>
internal sealed class SloCheck(HttpEndpoint endpoint, SloDefinition slo) : ICheck
{
    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        var meter = new SloMeter(new PrometheusClient(endpoint, context));
        SloResult result = await meter.TestAsync(slo, context.Clock.GetUtcNow(), context.Since, cancel).ConfigureAwait(false);
        SloBurnRate? pair = result.BurnRates.FirstOrDefault(one => one.Decides && one.Reason == result.Reason);
        Observation seen = pair is null ? OfBudget(result) : OfPair(result, pair);
        return seen with
        {
            Reason = result.Reason,
            NextStep = result.NextStep,
            Details =
            [
                .. result.BurnRates.Where(one => one != pair).Select(one => $"{(one.Decides ? "" : "Only reported: ")}{one}"),
                .. pair is null || result.Budget is null ? [] : new[] { result.Budget.ToString() },
                .. result.Notes,
            ],
        };
    }

    private static Observation OfPair(SloResult result, SloBurnRate pair) =>
        Observation.Of(result.Verdict, "", (double?)Nearer(pair)) with { Bound = AtMost(pair.Factor), Margin = (double?)pair.Margin };

    private static Observation OfBudget(SloResult result) =>
        Observation.Of(result.Verdict, "", (double?)result.Budget?.Remaining, Unit.Ratio) with
        {
            Bound = result.Budget is null ? null : AtLeast(result.Budget.Minimum),
            Margin = (double?)(result.Budget?.Remaining - result.Budget?.Minimum),
        };

    private static decimal? Nearer(SloBurnRate pair) => pair.LongBurnRate is { } rate ? Math.Min(rate, pair.ShortBurnRate ?? rate) : null;

    private static Bound AtMost(decimal factor) => new($"<= {Quantities.Format((double)factor, Unit.None)}", BoundOperator.LessOrEqual, Unit.None, [(double)factor]);

    private static Bound AtLeast(decimal share) => new($">= {Quantities.Format((double)share, Unit.Ratio)}", BoundOperator.GreaterOrEqual, Unit.Ratio, [(double)share]);
}
