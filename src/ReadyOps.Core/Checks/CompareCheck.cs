using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>compare</c>: in a gate one look at a window, in a rollout a sequential test of all of it.</summary>
internal sealed class CompareCheckType : CheckType
{
    public override string Name => "compare";

    public override string Summary => "The canary is no worse than its baseline: samples by ranks, events by exact counts.";

    public override bool AsSignal => true;

    public override string SignalSummary => $"{Summary} It is tested over the whole rollout and may be read at every tick: once the canary is shown to be worse, it is breached.";

    public override IReadOnlyList<string> NoSignalMembers { get; } = ["for", "consecutive", "failureLimit", "window", "timeout", "retry"];

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        .. CompareReader.RuleMembers,
        .. CompareReader.WindowMembers,
        new("window", CheckMemberKind.Duration, "How far back it looks.") { Default = "30m", Use = CheckMemberUse.Check },
        new("interval", CheckMemberKind.Duration, "How much time one look covers; looks follow upon each other and never share data.") { Default = "1m" },
        new("lag", CheckMemberKind.Duration, "How long samples need to arrive at Prometheus; nothing younger is asked for.") { Default = "5s" },
        new("alpha", CheckMemberKind.Share, "The share of false alarms over the whole rollout, however often it is read. Comparisons that name none have 2% together.") { Examples = ["2%"], Use = CheckMemberUse.Signal },
        new("pass", CheckMemberKind.Choice, "What a step needs: that nothing shows the canary to be worse, once the minimum was seen, or the proof that it is not worse by more than the tolerance.") { Default = "noEvidence", Values = ["noEvidence", "proven"], Use = CheckMemberUse.Signal },
        new("url", CheckMemberKind.Endpoint, "The Prometheus server, unless it is that of the document."),
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        CompareRule rule = CompareReader.Read(reader, alpha: null);
        TimeSpan window = Window(reader, rule.Interval);
        return new CompareCheck(Endpoint(reader, defaults), rule, window);
    }

    /// <summary>The server that a comparison asks.</summary>
    internal static HttpEndpoint Endpoint(ObjectReader reader, CheckDefaults defaults)
    {
        HttpEndpoint? endpoint = reader.Has("url") ? HttpEndpoint.Read(reader, "url") : defaults.Prometheus;
        if (endpoint is null) reader.Problem("url", "no Prometheus server is named", "'url' here, or 'prometheus' at the top of the document");
        return (endpoint ?? HttpEndpoint.For("http://invalid.invalid")) with { Timeout = CheckReader.Timeout(reader, defaults.Timeout) };
    }

    /// <summary>How far back one look goes.</summary>
    internal static TimeSpan Window(ObjectReader reader, TimeSpan interval)
    {
        TimeSpan window = reader.Duration("window", TimeSpan.FromMinutes(30));
        if (window >= interval && window / interval <= PrometheusClient.MaxPoints - 2) return window;
        reader.Problem("window", $"{Quantities.Format(window)} holds no look of {Quantities.Format(interval)}, or too many", "at least the 'interval'");
        return interval;
    }
}

/// <summary>Compares what both sides showed over a window that ends now.</summary>
internal sealed class CompareCheck(HttpEndpoint endpoint, CompareRule rule, TimeSpan window) : ICheck
{
    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel) =>
        await CompareAsync(new CompareMeter(new PrometheusClient(endpoint, context), rule), rule, window, context, cancel).ConfigureAwait(false);

    /// <summary>Compares.</summary>
    public static async Task<Observation> CompareAsync(ICompareFeed feed, CompareRule rule, TimeSpan window, EngineContext context, CancellationToken cancel)
    {
        long last = Index(context.Clock.GetUtcNow() - rule.Lag, rule.Interval), first = last - (window.Ticks / rule.Interval.Ticks) + 1;
        // What a rollout asks must not reach back before its step.
        if (context.Since is { } since) first = Math.Max(first, Index(since - TimeSpan.FromTicks(1), rule.Interval) + 2);
        if (last < first) return Observation.Of(Verdict.NoData, $"There is no whole look of {Quantities.Format(rule.Interval)} yet since the step began.");

        CompareAnswer answer = await feed.LooksAsync(first, last, cancel).ConfigureAwait(false);
        if (answer.Error is { } error) return Observation.Of(Verdict.Error, error) with { NextStep = "See whether Prometheus can be asked; what it does not say is neither for nor against the release." };
        return Tell(Compare(answer.Looks, rule), answer, $"{Moment(At(first - 1, rule.Interval))} to {Moment(At(last, rule.Interval))}", rule);
    }

    private static MetricComparison Compare(IReadOnlyList<CompareLook> looks, CompareRule rule)
    {
        CompareLook[] seen = [.. looks.Where(look => look.Missing is null)];
        if (rule.Kind == CompareKind.Samples)
        {
            if (rule.Options.Method == ComparisonMethod.Sequential) return Sequential(seen, rule.Options);
            // A side without the other is data all the same, when windows are compared and not moments.
            return MetricComparer.Compare([.. looks.SelectMany(look => look.BaselineValues)], [.. looks.SelectMany(look => look.CanaryValues)], rule.Options);
        }

        EventCount[] baseline = [.. seen.Select(look => look.Baseline)], canary = [.. seen.Select(look => look.Canary)];
        return rule.Kind == CompareKind.Shares ? MetricComparer.CompareShares(baseline, canary, rule.Options) : MetricComparer.CompareRates(baseline, canary, rule.Options);
    }

    private static MetricComparison Sequential(IEnumerable<CompareLook> looks, ComparisonOptions options)
    {
        var sequence = new SequentialSamples(options);
        foreach (CompareLook look in looks) sequence.Observe([.. look.BaselineValues], [.. look.CanaryValues]);
        return sequence.Read();
    }

    private static Observation Tell(MetricComparison known, CompareAnswer answer, string span, CompareRule rule)
    {
        string? missing = answer.Looks.Select(look => look.Missing).OfType<string>().FirstOrDefault();
        int gaps = answer.Looks.Count(look => look.Missing is not null);
        string reason = known.Verdict == Verdict.NoData && missing is not null ? $"{known.Reason.TrimEnd('.')}: {missing}." : known.Reason;
        Verdict verdict = known.Verdict;
        if (verdict is Verdict.Pass or Verdict.Fail && answer.Warnings is [string warning, ..])
        {
            // An answer that may be partial on one side alone can neither acquit nor convict.
            (verdict, reason) = (Verdict.Inconclusive, $"{reason.TrimEnd('.')}, but Prometheus warns: {Judge.Cut(warning).TrimEnd('.')}.");
        }

        return Observation.Of(verdict, reason, known.Ratio ?? known.Shift) with
        {
            Comparison = known,
            NextStep = known.NextStep,
            Details =
            [
                string.Create(CultureInfo.InvariantCulture, $"{answer.Looks.Count} looks of {Quantities.Format(rule.Interval)} from {span}{(gaps > 0 ? $", {gaps} of them without data on both sides: {missing}" : "")}"),
                .. Numbers(known),
                $"Canary: {rule.Canary}",
                $"Baseline: {rule.Baseline}",
                .. known.Notes,
                .. answer.Warnings ?? [],
            ],
        };
    }

    private static IEnumerable<string> Numbers(MetricComparison known)
    {
        string n = $"n = {Text.Count(known.CanaryN)} of the canary, {Text.Count(known.BaselineN)} of the baseline";
        yield return known.PValue is { } p ? $"{n}; p = {Text.Of(p)} by {known.Method}" : n;
        if (known.Shift is { } shift) yield return $"Shift {Text.Of(shift)}{Interval(known.Low, known.High)}";
        if (known.Ratio is { } ratio) yield return $"Ratio {Text.Of(ratio)}{Interval(known.RatioLow, known.RatioHigh)}";
    }

    private static string Interval(double? low, double? high) => low is { } from && high is { } to ? $" ({Text.Of(from)} to {Text.Of(to)})" : "";

    private static long Index(DateTimeOffset time, TimeSpan interval) => (time - DateTimeOffset.UnixEpoch).Ticks / interval.Ticks;

    private static DateTimeOffset At(long index, TimeSpan interval) => DateTimeOffset.UnixEpoch + (index * interval);

    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);
}
