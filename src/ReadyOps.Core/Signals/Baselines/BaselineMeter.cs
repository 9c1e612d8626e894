using System.Globalization;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>Asks Prometheus for the samples of metrics. They lie at the multiples of the interval since the Unix epoch.</summary>
/// <param name="client">Whom to ask.</param>
internal sealed class BaselineMeter(PrometheusClient client)
{
    private const int Concurrency = 4;

    /// <summary>The samples of each metric, in the order of the metrics.</summary>
    /// <param name="metrics">What to ask.</param>
    /// <param name="after">Samples after this moment.</param>
    /// <param name="until">And up to this one.</param>
    /// <param name="isStep">Whether nothing may look back before <paramref name="after"/>, because another release ran then.</param>
    /// <param name="done">Hears of each metric that is done.</param>
    /// <param name="cancel">Stops asking.</param>
    public async Task<BaselineSamples[]> CollectAsync(
        IReadOnlyList<BaselineMetric> metrics, DateTimeOffset after, DateTimeOffset until, bool isStep, IProgress<string>? done, CancellationToken cancel)
    {
        var all = new BaselineSamples[metrics.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancel };
        await Parallel.ForAsync(0, metrics.Count, options, async (i, stop) =>
        {
            all[i] = await OneAsync(metrics[i], after, until, isStep, stop).ConfigureAwait(false);
            done?.Report(metrics[i].Name);
        }).ConfigureAwait(false);
        return all;
    }

    private async Task<BaselineSamples> OneAsync(BaselineMetric metric, DateTimeOffset after, DateTimeOffset until, bool isStep, CancellationToken cancel)
    {
        string query = metric.Query.Replace(PrometheusSignalSource.WindowVariable, PrometheusSignalSource.Write(metric.Window), StringComparison.Ordinal);
        try
        {
            if (isStep) after += PromQlReach.Of(query);
            long first = ((after - DateTimeOffset.UnixEpoch).Ticks / metric.Interval.Ticks) + 1, last = (until - DateTimeOffset.UnixEpoch).Ticks / metric.Interval.Ticks;
            if (last < first) return new BaselineSamples { Start = after };
            DateTimeOffset from = DateTimeOffset.UnixEpoch + (first * metric.Interval), to = DateTimeOffset.UnixEpoch + (last * metric.Interval);
            PrometheusAnswer<IReadOnlyList<MetricSeries>> answer = await client.QueryRangeAsync(query, from, to, metric.Interval, cancel).ConfigureAwait(false);
            return Gather(metric, from, to, answer) with { Start = after };
        }
        catch (ReadyOpsException e)
        {
            return new BaselineSamples { Error = e.Message, NextStep = e.NextStep, Start = after };
        }
    }

    private static BaselineSamples Gather(BaselineMetric metric, DateTimeOffset from, DateTimeOffset to, PrometheusAnswer<IReadOnlyList<MetricSeries>> answer)
    {
        var values = new SortedDictionary<DateTimeOffset, List<double>>();
        foreach (MetricSample sample in answer.Data.SelectMany(series => series.Samples))
        {
            if (sample.Time < from || sample.Time > to) continue;
            if (!values.TryGetValue(sample.Time, out List<double>? there)) values.Add(sample.Time, there = new(1));
            there.Add(sample.Value);
        }

        SeriesReducer? reduce = Enum.TryParse(metric.Reduce, ignoreCase: true, out SeriesReducer known) ? known : null;
        if (reduce is null && values.FirstOrDefault(at => at.Value.Count > 1) is { Value: { } several } twin)
        {
            return new BaselineSamples
            {
                Error = string.Create(CultureInfo.InvariantCulture, $"The query gives {several.Count} series at {twin.Key.UtcDateTime:u} where a metric is one: {metric.Query}"),
                NextStep = "Aggregate them in the query, or say 'reduce'.",
            };
        }

        (DateTimeOffset Time, double Value)[] all = [.. values.Select(at => (at.Key, reduce is { } reducer ? reducer.Reduce(at.Value) : at.Value[0]))];
        (DateTimeOffset Time, double Value)[] numbers = [.. all.Where(sample => !double.IsNaN(sample.Value))];
        (int gaps, TimeSpan longest) = Gaps(numbers, from, to, metric.Interval);
        return new BaselineSamples
        {
            Numbers = numbers,
            Expected = (int)((to - from).Ticks / metric.Interval.Ticks) + 1,
            Empty = all.Length - numbers.Length,
            Gaps = gaps,
            LongestGap = longest,
            Warnings = answer.Warnings,
        };
    }

    private static (int Count, TimeSpan Longest) Gaps((DateTimeOffset Time, double Value)[] numbers, DateTimeOffset from, DateTimeOffset to, TimeSpan interval)
    {
        int count = 0;
        TimeSpan longest = TimeSpan.Zero;
        DateTimeOffset last = from - interval;
        foreach (DateTimeOffset time in numbers.Select(sample => sample.Time).Append(to + interval))
        {
            TimeSpan missing = time - last - interval;
            if (missing > TimeSpan.Zero) count++;
            if (missing > longest) longest = missing;
            last = time;
        }

        return (count, longest);
    }
}
