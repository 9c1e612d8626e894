using System.Collections.Concurrent;
using System.Globalization;

namespace ReadyOps.Core.Signals.Slos;

/// <summary>
/// Asks Prometheus for all windows of an objective at once, all at the same moment. Ratios are of the events of the whole window:
/// bad ÷ all, never a mean of ratios of shorter windows, in which a quiet night would weigh as much as a busy day.
/// </summary>
/// <param name="client">Asks Prometheus.</param>
public sealed class SloMeter(PrometheusClient client)
{
    // Prometheus works on 20 queries at a time where nobody says otherwise.
    private const int Concurrency = 16;

    // Errors and totals of different metrics are estimated apart, so they may miss each other by a little.
    private const decimal Slack = 1.05m;

    private static readonly TimeSpan ShortestProbe = TimeSpan.FromMinutes(5);

    /// <summary>Judges an objective.</summary>
    /// <param name="slo">The objective.</param>
    /// <param name="time">At which moment.</param>
    /// <param name="since">What a rollout may look back to; <see langword="null"/> for the whole windows.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="SloException">The objective cannot be judged. What Prometheus fails at is a verdict and no exception.</exception>
    public async Task<SloResult> TestAsync(SloDefinition slo, DateTimeOffset time, DateTimeOffset? since, CancellationToken cancel) =>
        SloJudge.Judge(slo, time, since is not null, await MeasureAsync(slo, time, since, cancel).ConfigureAwait(false));

    /// <summary>Counts the events of every window.</summary>
    internal async Task<IReadOnlyDictionary<TimeSpan, SloCount>> MeasureAsync(SloDefinition slo, DateTimeOffset time, DateTimeOffset? since, CancellationToken cancel)
    {
        slo.Validate();
        TimeSpan[] windows = [.. slo.AllRules.SelectMany(rule => new[] { rule.Long, rule.Short }).Append(slo.Window).Distinct().Order()];
        TimeSpan limit = since is { } start ? time - start : TimeSpan.MaxValue;
        // Without a second there is no rate, and of the whole period a step of a rollout is no part.
        if (since is not null) windows = limit < TimeSpan.FromSeconds(1) ? [] : [.. windows.Where(window => window != slo.Window || slo.AllRules.Any(rule => rule.Long == window))];
        HashSet<TimeSpan> probed = since is null && !slo.AllowShortHistory ? [.. slo.AllRules.Select(rule => rule.Long), slo.Window] : [];

        var answers = new ConcurrentDictionary<(SloQuery Query, TimeSpan Window, bool IsProbe), Answer>();
        IEnumerable<(SloQuery Query, TimeSpan Window, bool IsProbe)> asks = windows.SelectMany(window => Asks(slo.Indicator, Clip(window), probed.Contains(window))).Distinct();
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancel };
        await Parallel.ForEachAsync(asks, options, async (ask, stop) => answers[ask] = await AskAsync(ask, time, stop).ConfigureAwait(false)).ConfigureAwait(false);
        return windows.ToDictionary(window => window, window => Count(slo, Clip(window), window, answers));

        TimeSpan Clip(TimeSpan window) => window < limit ? window : limit;
    }

    /// <summary>One answer: a value, nothing, or why there is none.</summary>
    private sealed record Answer(decimal? Value, bool HasSeries, IReadOnlyList<string> Warnings, string Error = "");

    private static IEnumerable<(SloQuery, TimeSpan, bool)> Asks(SloIndicator indicator, TimeSpan window, bool probed)
    {
        foreach (SloQuery? query in new[] { indicator.Bad, indicator.Good, indicator.Ratio, indicator.Total })
            if (query is not null) yield return (query, window, false);
        if (probed) yield return (indicator.Total ?? indicator.Ratio!, window, true);
    }

    private async Task<Answer> AskAsync((SloQuery Query, TimeSpan Window, bool IsProbe) ask, DateTimeOffset time, CancellationToken cancel)
    {
        // Whether the window is covered: is there any data in its first tenth?
        TimeSpan probe = ask.Window / 10 > ShortestProbe ? ask.Window / 10 : ShortestProbe;
        TimeSpan window = ask.IsProbe && probe < ask.Window ? probe : ask.Window;
        DateTimeOffset at = ask.IsProbe ? time - ask.Window + window : time;
        try
        {
            PrometheusAnswer<IReadOnlyList<MetricSample>> answer = await client.QueryAsync(ask.Query.For(Whole(window)), Whole(at), cancel).ConfigureAwait(false);
            if (answer.Data.Count == 0) return new Answer(null, false, answer.Warnings);
            if (ask.IsProbe) return new Answer(null, true, []);
            if (answer.Data.Count > 1)
                return new Answer(null, true, answer.Warnings, string.Create(CultureInfo.InvariantCulture, $"the query gives {answer.Data.Count} series where one number is needed; aggregate them: {ask.Query}"));
            double value = answer.Data[0].Value * (ask.Query.IsPerSecond ? Whole(window).TotalSeconds : 1.0);
            if (double.IsNaN(value)) return new Answer(null, true, answer.Warnings);
            return value is >= 0 and < 1e27
                ? new Answer((decimal)value, true, answer.Warnings)
                : new Answer(null, true, answer.Warnings, string.Create(CultureInfo.InvariantCulture, $"{value} is no number of events: {ask.Query}"));
        }
        catch (ReadyOpsException e)
        {
            return new Answer(null, false, [], e.Message);
        }
    }

    private static SloCount Count(SloDefinition slo, TimeSpan window, TimeSpan asked, ConcurrentDictionary<(SloQuery, TimeSpan, bool), Answer> answers)
    {
        SloIndicator indicator = slo.Indicator;
        Answer? total = Of(indicator.Total), ratio = Of(indicator.Ratio), part = Of(indicator.Bad ?? indicator.Good);
        // A look at the beginning that failed says neither that there is data nor that there is none.
        Answer? probe = answers.GetValueOrDefault((indicator.Total ?? indicator.Ratio!, window, true));
        var used = new[] { total, ratio, part, probe }.OfType<Answer>().ToArray();
        var count = new SloCount(window)
        {
            Asked = asked,
            IsCovered = probe is null || probe.HasSeries || probe.Error.Length > 0,
            Events = total?.Value,
            Error = used.FirstOrDefault(answer => answer.Error.Length > 0)?.Error ?? "",
            Warnings = [.. used.SelectMany(answer => answer.Warnings).Distinct()],
        };
        if (count.Error.Length > 0) return count;
        if (total is not null && total.Value is null or 0) return count with { Missing = total.HasSeries ? "there is no traffic" : $"there is no series of events: {indicator.Total}" };
        if (ratio is not null) return OfRatio(count, ratio, indicator);

        decimal events = total!.Value!.Value;
        decimal? found = part!.Value ?? (part.HasSeries || !SeenElsewhere(indicator, slo, answers) ? null : 0m);
        if (found is null) return count with { Missing = $"there is no series of {(indicator.Bad is null ? "good" : "bad")} events: {indicator.Bad ?? indicator.Good}" };
        decimal bad = indicator.Bad is null ? events - found.Value : found.Value;
        if (found > (events * Slack) + 1)
            return count with { Error = string.Create(CultureInfo.InvariantCulture, $"it counts {found:0.##} {(indicator.Bad is null ? "good" : "bad")} events of {events:0.##}, so the queries do not belong together") };
        bad = Math.Clamp(bad, 0, events);
        return count with { Bad = bad, Ratio = bad / events };

        Answer? Of(SloQuery? query) => query is null ? null : answers[(query, window, false)];
    }

    private static SloCount OfRatio(SloCount count, Answer ratio, SloIndicator indicator)
    {
        if (ratio.Value is not { } value) return count with { Missing = ratio.HasSeries ? "the ratio is not a number, as without traffic" : $"there is no series of the ratio: {indicator.Ratio}" };
        if (value > Slack) return count with { Error = string.Create(CultureInfo.InvariantCulture, $"the ratio of bad events is {value:0.####}, and a ratio is at most 1: {indicator.Ratio}") };
        value = Math.Min(value, 1);
        return count with { Ratio = value, Bad = count.Events * value };
    }

    // A series that another window has is no slip of the query: that a shorter one has none of it means that nothing of it happened.
    private static bool SeenElsewhere(SloIndicator indicator, SloDefinition slo, ConcurrentDictionary<(SloQuery Query, TimeSpan Window, bool IsProbe), Answer> answers) =>
        (slo.AbsentIsZero && indicator.Bad is not null)
        || answers.Any(answer => answer.Key.Query == (indicator.Bad ?? indicator.Good) && answer.Value.HasSeries);

    private static TimeSpan Whole(TimeSpan time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMillisecond));

    private static DateTimeOffset Whole(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMillisecond), time.Offset);
}
