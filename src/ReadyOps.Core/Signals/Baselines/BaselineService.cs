using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>Captures baselines, and compares with them.</summary>
/// <param name="context">Who acts, where and when.</param>
public sealed class BaselineService(EngineContext context)
{
    /// <summary>How long is compared where nobody says.</summary>
    public static readonly TimeSpan UsualWindow = TimeSpan.FromHours(1);

    /// <summary>Samples younger than this may still change.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(5);

    /// <summary>Captures what a plan says.</summary>
    /// <param name="plan">The metrics; what was measured of them before does not count.</param>
    /// <param name="client">The Prometheus to ask.</param>
    /// <param name="end">The last moment; now when it is not given.</param>
    /// <param name="done">Hears of each metric that is done.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="ReadyOpsException"><c>BaselineIncomplete</c>: a metric could not be captured; says which, and why.</exception>
    public async Task<PerformanceBaseline> CaptureAsync(PerformanceBaseline plan, PrometheusClient client, DateTimeOffset? end, IProgress<string>? done, CancellationToken cancel)
    {
        DateTimeOffset now = context.Clock.GetUtcNow(), until = Whole(end ?? now - Lag);
        if (until > now) throw new ReadyOpsException("BaselineSpanInvalid", $"The span ends at {until.UtcDateTime:u}, and that is not past yet.", "Name an -End that is past, or none for now.");
        BaselineSamples[] all = await new BaselineMeter(client).CollectAsync(plan.Metrics, until - plan.Span, until, isStep: false, done, cancel).ConfigureAwait(false);
        var hours = new HourOfWeek(TimeZones.Find(plan.TimeZone) ?? TimeZoneInfo.Utc);
        BaselineMetric[] metrics = [.. plan.Metrics.Zip(all, (metric, samples) => Measured(metric, samples, plan.SameHourOfWeek ? hours : null))];
        string[] missing = [.. plan.Metrics.Zip(all).Select(pair => Missing(pair.First, pair.Second)).Where(why => why.Length > 0)];
        if (missing.Length > 0)
        {
            throw new ReadyOpsException("BaselineIncomplete", $"{missing.Length} of {metrics.Length} metric(s) of baseline '{plan.Name}' cannot be captured: {string.Join(" ", missing)}",
                all.FirstOrDefault(samples => samples.NextStep.Length > 0)?.NextStep ?? "Correct the queries or the span: what has no baseline can never be compared with one.");
        }

        PrometheusBuildInfo? build = await BuildAsync(client, cancel).ConfigureAwait(false);
        var baseline = plan with
        {
            Start = until - plan.Span,
            End = until,
            CapturedAt = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero),
            CapturedBy = context.Actor,
            Host = context.HostName,
            Endpoint = client.Display,
            PrometheusVersion = build?.Version ?? "",
            PrometheusRevision = build?.Revision ?? "",
            Metrics = metrics,
        };
        return baseline with { Digest = BaselineWriter.DigestOf(baseline) };
    }

    /// <summary>Compares what Prometheus tells now with a baseline.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="terms">What is to be compared otherwise than it says.</param>
    /// <param name="options">What is compared.</param>
    /// <param name="client">The Prometheus to ask.</param>
    /// <param name="done">Hears of each metric that is done.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<BaselineComparison> CompareAsync(
        PerformanceBaseline baseline, BaselineTerms terms, BaselineWindow options, PrometheusClient client, IProgress<string>? done, CancellationToken cancel)
    {
        baseline = Ready(terms.On(baseline), options.SameHourOfWeek);
        DateTimeOffset now = context.Clock.GetUtcNow(), end = Whole(options.End ?? now - Lag);
        if (end > now) throw new ReadyOpsException("BaselineSpanInvalid", $"The window ends at {end.UtcDateTime:u}, and that is not past yet.", "Name an -End that is past, or none for now.");
        TimeSpan window = options.Window ?? (baseline.Span < UsualWindow ? baseline.Span : UsualWindow);
        DateTimeOffset start = end - window;
        bool isStep = options.Since is { } since && since > start;
        if (isStep) start = options.Since!.Value < end ? options.Since!.Value : end;
        var hours = options.SameHourOfWeek ? new HourOfWeek(TimeZones.Find(baseline.TimeZone) ?? TimeZoneInfo.Utc) : null;
        BaselineSamples[] all = await new BaselineMeter(client).CollectAsync(baseline.Metrics, start, end, isStep, done, cancel).ConfigureAwait(false);
        List<BaselineDifference> differences = [.. baseline.Metrics.Zip(all).SelectMany(pair => BaselineJudge.Judge(pair.First, baseline.MinWeeks, Reading(pair.First, pair.Second, end, hours)))];
        string[] notes = [.. all.SelectMany(samples => samples.Warnings).Distinct().Select(Checks.Judge.Cut)];
        if (baseline.Endpoint.Length > 0 && client.Display != baseline.Endpoint) notes = [.. notes, $"The baseline was captured from {baseline.Endpoint}, and {client.Display} was asked now."];
        return BaselineJudge.Sum(baseline, differences, start, end, notes);
    }

    /// <summary>Compares one baseline with another that was captured later.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="terms">What is to be compared otherwise than it says.</param>
    /// <param name="current">The later one.</param>
    /// <param name="sameHourOfWeek">Whether each hour of the week is compared on its own.</param>
    public static BaselineComparison Compare(PerformanceBaseline baseline, BaselineTerms terms, PerformanceBaseline current, bool sameHourOfWeek)
    {
        baseline = Ready(terms.On(baseline), sameHourOfWeek);
        if (current.CapturedAt is null) throw NotCaptured(current);
        var differences = new List<BaselineDifference>();
        var notes = new List<string>();
        foreach (BaselineMetric metric in baseline.Metrics)
        {
            BaselineMetric? now = current.Metrics.FirstOrDefault(one => one.Name == metric.Name);
            if (now is not null && (now.Query != metric.Query || now.Window != metric.Window || now.Reduce != metric.Reduce)) notes.Add($"'{metric.Name}' was asked otherwise: {now.Query} where the baseline has {metric.Query}.");
            differences.AddRange(BaselineJudge.Judge(metric, baseline.MinWeeks, Reading(now, current, sameHourOfWeek)));
        }

        string[] added = [.. current.Metrics.Select(metric => metric.Name).Except(baseline.Metrics.Select(metric => metric.Name))];
        if (terms.Metrics.Count == 0)
        {
            differences.AddRange(added.Select(name => New(current.Metrics.First(metric => metric.Name == name), current)));
            if (added.Length > 0) notes.Add($"The baseline does not know {string.Join(", ", added)}.");
        }

        return BaselineJudge.Sum(baseline, differences, current.Start, current.End, notes);
    }

    /// <summary>Says that a captured metric has too few samples to be compared with; empty when it has enough.</summary>
    public static string TooFew(BaselineMetric metric)
    {
        int needed = metric.Statistics.Max(statistic => BaselineFigures.Needed(statistic, metric.MinSamples)), n = metric.Values?.N ?? 0;
        return n >= needed ? "" : $"{metric.Name} has {n} samples, and a comparison takes {needed}: capture a longer span.";
    }

    private static BaselineDifference New(BaselineMetric metric, PerformanceBaseline current) => new()
    {
        Verdict = Verdict.Skipped,
        Metric = metric.Name,
        Statistic = metric.Statistics[0],
        Unit = metric.Unit,
        Current = metric.Values?.Of(metric.Statistics[0]),
        N = metric.Values?.N ?? 0,
        Start = current.Start,
        End = current.End,
        Reason = $"{metric.Name} is new: the baseline does not know it.",
        NextStep = "Capture the baseline anew with New-PerformanceBaseline.",
    };

    private static PerformanceBaseline Ready(PerformanceBaseline baseline, bool sameHourOfWeek)
    {
        if (baseline.CapturedAt is null) throw NotCaptured(baseline);
        if (sameHourOfWeek && baseline.Metrics.All(metric => metric.Hours.Count == 0))
            throw new ReadyOpsException("BaselineHoursMissing", $"Baseline '{baseline.Name}' was not captured by the hour of the week.", "Capture it anew with New-PerformanceBaseline -SameHourOfWeek, or compare without it.");
        return baseline;
    }

    private static ReadyOpsException NotCaptured(PerformanceBaseline baseline) =>
        new("BaselineNotCaptured", $"Baseline '{baseline.Name}' has no measurements: it only says what is to be captured.", "Capture it: New-PerformanceBaseline -Path <document> -OutFile <file>.");

    private static BaselineReading Reading(BaselineMetric metric, BaselineSamples samples, DateTimeOffset end, HourOfWeek? hours)
    {
        var reading = new BaselineReading { Start = samples.Start, End = end, Error = samples.Error, NextStep = samples.NextStep, Warnings = samples.Warnings };
        if (samples.Error.Length > 0) return reading;
        if (hours is null) return reading with { Parts = [new BaselinePart(null, BaselineFigures.Of(samples.Numbers.Select(sample => sample.Value)), samples.Expected)] };

        // The moments that were asked for, whether they have a sample or not.
        var expected = new Dictionary<int, int>();
        for (long i = ((samples.Start - DateTimeOffset.UnixEpoch).Ticks / metric.Interval.Ticks) + 1; i <= (end - DateTimeOffset.UnixEpoch).Ticks / metric.Interval.Ticks; i++)
        {
            int hour = hours.Of(DateTimeOffset.UnixEpoch + (i * metric.Interval)).Hour;
            expected[hour] = expected.GetValueOrDefault(hour) + 1;
        }

        ILookup<int, double> values = samples.Numbers.ToLookup(sample => hours.Of(sample.Time).Hour, sample => sample.Value);
        return reading with { Parts = [.. expected.Select(part => new BaselinePart(part.Key, BaselineFigures.Of(values[part.Key]), part.Value))] };
    }

    private static BaselineReading Reading(BaselineMetric? metric, PerformanceBaseline current, bool byHour)
    {
        var reading = new BaselineReading { Start = current.Start, End = current.End, Warnings = metric?.Warnings ?? [] };
        if (metric?.Values is null) return reading;
        return byHour
            ? reading with { Parts = [.. metric.Hours.Select(hour => new BaselinePart(hour.Hour, hour.Values, hour.Values.N))] }
            : reading with { Parts = [new BaselinePart(null, metric.Values, metric.Expected)] };
    }

    private static BaselineMetric Measured(BaselineMetric metric, BaselineSamples samples, HourOfWeek? hours) => metric with
    {
        Values = BaselineFigures.Of(samples.Numbers.Select(sample => sample.Value)),
        Expected = samples.Expected,
        Gaps = samples.Gaps,
        LongestGap = samples.LongestGap,
        Empty = samples.Empty,
        Warnings = samples.Warnings,
        Digest = samples.Digest(),
        Hours = hours is null ? [] : [.. Hours(metric, samples, hours)],
    };

    private static IEnumerable<BaselineHour> Hours(BaselineMetric metric, BaselineSamples samples, HourOfWeek hours)
    {
        double half = TimeSpan.FromMinutes(30) / metric.Interval;
        return samples.Numbers.Select(sample => (Of: hours.Of(sample.Time), sample.Value)).GroupBy(sample => sample.Of.Hour).OrderBy(hour => hour.Key)
            .Select(hour => new BaselineHour
            {
                Hour = hour.Key,
                Weeks = hour.GroupBy(sample => sample.Of.Week).Count(week => week.Count() >= half),
                Values = BaselineFigures.Of(hour.Select(sample => sample.Value))!,
            });
    }

    private static string Missing(BaselineMetric metric, BaselineSamples samples)
    {
        if (samples.Error.Length > 0) return $"'{metric.Name}': {samples.Error}";
        if (samples.Numbers.Count == 0) return $"'{metric.Name}': the query gives no value in the span: {metric.Query}.";
        (DateTimeOffset time, double value) = samples.Numbers.FirstOrDefault(sample => !double.IsFinite(sample.Value));
        return time == default ? "" : string.Create(CultureInfo.InvariantCulture, $"'{metric.Name}' is {Documents.Quantities.Format(value, metric.Unit)} at {time.UtcDateTime:u}, which nothing can be compared with.");
    }

    // A backend that does not say which version it is can be captured from all the same.
    private static async Task<PrometheusBuildInfo?> BuildAsync(PrometheusClient client, CancellationToken cancel)
    {
        try
        {
            return (await client.BuildInfoAsync(cancel).ConfigureAwait(false)).Data;
        }
        catch (ReadyOpsException)
        {
            return null;
        }
    }

    private static DateTimeOffset Whole(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
}
