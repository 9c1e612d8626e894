using System.Collections.Concurrent;
using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>
/// A signal that follows a PromQL query. Its samples lie at the multiples of the interval since the Unix epoch, so what is
/// collected does not depend on when it is asked for, and no sample that counts for a step looks back before that step.
/// </summary>
public sealed class PrometheusSignalSource : IQuerySource
{
    /// <summary>What the window is called in a query.</summary>
    public const string WindowVariable = "${window}";

    private const int Concurrency = 4;

    /// <summary>Below this a rate finds no two samples, and the window is too coarse to clip.</summary>
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);

    private readonly PrometheusClient _client;
    private readonly string _query;
    private readonly SeriesReducer? _reduce;
    private readonly TimeSpan _interval;
    private readonly TimeSpan? _window;
    private readonly TimeSpan _lag;

    /// <summary>How far back the query looks apart from the window.</summary>
    private readonly TimeSpan _reach;

    /// <summary>Makes the source.</summary>
    /// <param name="client">Asks Prometheus.</param>
    /// <param name="query">PromQL; <c>${window}</c> in it stands for the window, clipped to the start of the step.</param>
    /// <param name="reduce">How several series become one value; <see langword="null"/> where several are an error.</param>
    /// <param name="interval">Distance of the samples, in whole milliseconds.</param>
    /// <param name="window">What <c>${window}</c> stands for, at least a second.</param>
    /// <param name="lag">How long values may still change: younger samples are left for the next time.</param>
    /// <exception cref="ReadyOpsException"><c>QueryReachUnknown</c>: it cannot be told how far the query looks back.</exception>
    public PrometheusSignalSource(PrometheusClient client, string query, SeriesReducer? reduce, TimeSpan interval, TimeSpan window, TimeSpan lag)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfNotEqual(interval.Ticks % TimeSpan.TicksPerMillisecond, 0, nameof(interval));
        ArgumentOutOfRangeException.ThrowIfLessThan(window, ShortestWindow);
        ArgumentOutOfRangeException.ThrowIfLessThan(lag, TimeSpan.Zero);
        _client = client;
        _query = query;
        _reduce = reduce;
        _interval = interval;
        _window = query.Contains(WindowVariable, StringComparison.Ordinal) ? window : null;
        _lag = lag;
        _reach = PromQlReach.Of(query.Replace(WindowVariable, "0s", StringComparison.Ordinal));
    }

    TimeSpan IQuerySource.Reach => Reach;

    /// <inheritdoc cref="IQuerySource.Reach"/>
    internal TimeSpan Reach => (_window ?? TimeSpan.Zero) + _reach;

    /// <inheritdoc/>
    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        long first = ((span.After - DateTimeOffset.UnixEpoch).Ticks / _interval.Ticks) + 1;
        long last = (span.Until - _lag - DateTimeOffset.UnixEpoch).Ticks / _interval.Ticks;
        // After so long a pause the rest comes with the next tick.
        last = Math.Min(last, first + PrometheusClient.MaxPoints - 1);
        if (last < first) return new SignalBatch { CollectedUntil = span.After };

        var points = new List<Point>();
        for (long i = first; i <= last; i++)
            if (PointAt(At(i), span) is { } point) points.Add(point);

        var answers = new Answers();
        try
        {
            await AskAsync(points, answers, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e)
        {
            return new SignalBatch { CollectedUntil = span.After, Error = e.Message, Warnings = answers.DistinctWarnings };
        }

        return Batch(span, At(last), points, answers);
    }

    /// <summary>One moment of the grid to ask for.</summary>
    /// <param name="Time">The moment.</param>
    /// <param name="Window">Its window, clipped; the whole window for a query without one.</param>
    /// <param name="IsClipped">Whether it must be asked for alone, because its window is shorter than the others'.</param>
    /// <param name="InStep">Whether all that it looks at lies in the step.</param>
    private readonly record struct Point(DateTimeOffset Time, TimeSpan Window, bool IsClipped, bool InStep);

    /// <summary>What was answered so far, by moment.</summary>
    private sealed class Answers
    {
        private readonly ConcurrentBag<string> _warnings = [];

        public ConcurrentDictionary<DateTimeOffset, List<MetricSample>> Values { get; } = new();

        /// <summary>The moments whose answer may be partial: it can convict, not acquit.</summary>
        public ConcurrentDictionary<DateTimeOffset, bool> Degraded { get; } = new();

        public IReadOnlyList<string> DistinctWarnings => [.. _warnings.Distinct().Order(StringComparer.Ordinal)];

        public void Warn(IReadOnlyList<string> warnings)
        {
            foreach (string warning in warnings) _warnings.Add(warning);
        }
    }

    private DateTimeOffset At(long index) => DateTimeOffset.UnixEpoch + (index * _interval);

    /// <summary>What to ask for at a moment, or nothing where the answer would speak of the time before the rollout.</summary>
    private Point? PointAt(DateTimeOffset time, SignalSpan span)
    {
        // What the query looks at beyond the window must fit in too.
        TimeSpan sinceStart = time - span.Start - _reach;
        TimeSpan sinceStep = time - span.StepStart - _reach;
        if (_window is not { } window)
        {
            bool any = _reach > TimeSpan.Zero ? sinceStart >= TimeSpan.Zero : sinceStart > TimeSpan.Zero;
            bool inStep = _reach > TimeSpan.Zero ? sinceStep >= TimeSpan.Zero : sinceStep > TimeSpan.Zero;
            return any ? new Point(time, TimeSpan.Zero, false, inStep) : null;
        }

        if (sinceStart < ShortestWindow) return null;
        TimeSpan since = sinceStep >= ShortestWindow ? sinceStep : sinceStep > TimeSpan.Zero ? ShortestWindow : sinceStart;
        return new Point(time, since < window ? since : window, since < window, sinceStep >= ShortestWindow);
    }

    private async Task AskAsync(List<Point> points, Answers answers, CancellationToken cancel)
    {
        for (int i = 0; i < points.Count;)
        {
            int end = i;
            while (end + 1 < points.Count && !points[i].IsClipped && !points[end + 1].IsClipped && points[end + 1].Time - points[end].Time == _interval) end++;
            if (!points[i].IsClipped) await AskRangeAsync(points[i], points[end], answers, cancel).ConfigureAwait(false);
            i = end + 1;
        }

        Point[] clipped = [.. points.Where(point => point.IsClipped)];
        int next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Concurrency, clipped.Length)).Select(_ => AskOneByOneAsync())).ConfigureAwait(false);

        async Task AskOneByOneAsync()
        {
            try
            {
                while (Interlocked.Increment(ref next) is var i && i < clipped.Length) await AskClippedAsync(clipped[i], answers, cancel).ConfigureAwait(false);
            }
            catch
            {
                // One failure is enough: nothing of this is used.
                Interlocked.Exchange(ref next, clipped.Length);
                throw;
            }
        }
    }

    private async Task AskClippedAsync(Point point, Answers answers, CancellationToken cancel)
    {
        string query = QueryFor(point);
        Take(await ShareAsync("instant", query, point.Time, point.Time, async (_, _, token) =>
        {
            PrometheusAnswer<IReadOnlyList<MetricSample>> answer = await _client.QueryAsync(query, point.Time, token).ConfigureAwait(false);
            return new SharedAnswer(new Dictionary<long, IReadOnlyList<MetricSample>> { [IndexOf(point.Time)] = answer.Data }, answer.Warnings);
        }, cancel).ConfigureAwait(false), answers);
    }

    private async Task AskRangeAsync(Point first, Point last, Answers answers, CancellationToken cancel)
    {
        string query = QueryFor(first);
        Take(await ShareAsync("range", query, first.Time, last.Time, async (from, to, token) =>
        {
            PrometheusAnswer<IReadOnlyList<MetricSeries>> answer = await _client.QueryRangeAsync(query, At(from), At(to), _interval, token).ConfigureAwait(false);
            Dictionary<long, IReadOnlyList<MetricSample>> values = answer.Data.SelectMany(series => series.Samples)
                .Where(sample => At(IndexOf(sample.Time)) == sample.Time)
                .GroupBy(sample => IndexOf(sample.Time))
                .ToDictionary(same => same.Key, same => (IReadOnlyList<MetricSample>)[.. same]);
            return new SharedAnswer(values, answer.Warnings);
        }, cancel).ConfigureAwait(false), answers);
    }

    /// <summary>Asks, together with whoever asks the same.</summary>
    private Task<SharedAnswer> ShareAsync(
        string kind, string query, DateTimeOffset from, DateTimeOffset to, Func<long, long, CancellationToken, Task<SharedAnswer>> ask, CancellationToken cancel)
    {
        (long first, long last) = (IndexOf(from), IndexOf(to));
        if (_client.Context.Queries is not { } share || last - first >= QueryShare.MostPoints) return ask(first, last, cancel);
        string key = string.Create(CultureInfo.InvariantCulture, $"{kind}\0{_interval.Ticks}\0{_lag.Ticks}\0{query}\0{_client.Identity}");
        // What others wait for does not end with one of them; the endpoint's own timeout ends it.
        return share.AskAsync(key, first, last, _interval, (a, b) => ask(a, b, CancellationToken.None), cancel);
    }

    private void Take(SharedAnswer answer, Answers answers)
    {
        answers.Warn(answer.Warnings);
        foreach ((long index, IReadOnlyList<MetricSample> values) in answer.Values)
        {
            answers.Values[At(index)] = [.. values];
            if (answer.Warnings.Count > 0) answers.Degraded[At(index)] = true;
        }
    }

    private long IndexOf(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / _interval.Ticks;

    private string QueryFor(Point point) => _query.Replace(WindowVariable, Write(point.Window), StringComparison.Ordinal);

    private SignalBatch Batch(SignalSpan span, DateTimeOffset until, List<Point> points, Answers answers)
    {
        var samples = new List<SignalSample>();
        string? error = null;
        foreach (Point point in points)
        {
            if (!answers.Values.TryGetValue(point.Time, out List<MetricSample>? values) || values.Count == 0) continue;
            if (values.Count > 1 && _reduce is null) error ??= Several(point.Time, values);
            else samples.Add(new SignalSample(point.Time, Value(values), _interval, point.InStep && !answers.Degraded.ContainsKey(point.Time)));
        }

        List<string> warnings = [.. answers.DistinctWarnings];
        bool tooEarly = points.Count == 0 || !points[^1].InStep;
        if (tooEarly && _reach > TimeSpan.Zero) warnings.Add(TooEarly(span));
        return new SignalBatch { Samples = samples, CollectedUntil = until, Error = error, Warnings = warnings };
    }

    private string TooEarly(SignalSpan span)
    {
        DateTimeOffset from = (span.StepStart > span.Start ? span.StepStart : span.Start) + _reach;
        return string.Create(CultureInfo.InvariantCulture,
            $"The query looks back {Quantities.Format(_reach)}, so what it gives counts for this step from {from.UtcDateTime:u} on; [{WindowVariable}] would be clipped instead.");
    }

    private static string Several(DateTimeOffset time, List<MetricSample> values)
    {
        string named = string.Join(", ", values.Take(3).Select(v => MetricSeries.Write(v.Name, v.Labels)));
        return string.Create(CultureInfo.InvariantCulture,
            $"The query gives {values.Count} series at {time.UtcDateTime:u} where a signal is one: {named}{(values.Count > 3 ? ", …" : "")}. Aggregate them in the query, or say 'reduce'.");
    }

    private double Value(List<MetricSample> values) => _reduce is { } reducer ? reducer.Reduce(values.Select(v => v.Value)) : values[0].Value;

    internal static string Write(TimeSpan window)
    {
        long milliseconds = window.Ticks / TimeSpan.TicksPerMillisecond;
        return milliseconds % 1000 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000}s")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }
}
