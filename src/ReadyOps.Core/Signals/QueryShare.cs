using System.Collections.Concurrent;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Asks what many rollouts ask alike only once: answers of range queries by the moments of their grid. Rollouts whose spans differ share
/// what their spans have in common, and only what nobody has been answered yet is asked for.
/// <para>
/// Nothing is kept that could still change. A source asks only for moments that its document's <c>lag</c> calls settled, and the lag is
/// part of what has to be alike; a moment without a value is asked for again after one step, in case it comes late; a degraded answer
/// (with warnings) and a failure are for those who waited for it, and for nobody after them.
/// </para>
/// </summary>
/// <param name="clock">The present.</param>
/// <param name="staysOnThread">Whether those who waited go on one after the other where the answer came in, as <see cref="EngineContext.StaysOnThread"/>.</param>
public sealed class QueryShare(TimeProvider clock, bool staysOnThread = false)
{
    /// <summary>A span of more moments than this is asked for alone.</summary>
    internal const int MostPoints = 2_000;

    private static readonly TimeSpan Unused = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Grid> _grids = new(StringComparer.Ordinal);
    private long _wanted;
    private long _asked;
    private long _sweptAt = clock.GetTimestamp();

    /// <summary>How many range answers were wanted so far.</summary>
    public long Wanted => Interlocked.Read(ref _wanted);

    /// <summary>How many of them Prometheus was asked for.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <summary>The values of a query at the moments of a span.</summary>
    /// <param name="key">Everything in which two questions must be alike: where, what, as whom, at which step, with which lag.</param>
    /// <param name="first">Number of the first moment.</param>
    /// <param name="last">Number of the last.</param>
    /// <param name="step">Distance of the moments.</param>
    /// <param name="ask">Asks for the moments between two numbers, both included.</param>
    /// <param name="cancel">Stops waiting; what others wait for goes on.</param>
    internal async Task<SharedAnswer> AskAsync(string key, long first, long last, TimeSpan step, Func<long, long, Task<SharedAnswer>> ask, CancellationToken cancel)
    {
        Interlocked.Increment(ref _wanted);
        Sweep();
        Grid grid = _grids.GetOrAdd(key, _ => new Grid());
        while (true)
        {
            Question? mine = null;
            // One for each who waits: of several continuations of one task the runtime sends all but one to other threads.
            var waiter = new TaskCompletionSource<SharedAnswer>(staysOnThread ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            Question question;
            lock (grid)
            {
                grid.UsedAt = clock.GetTimestamp();
                if (grid.Missing(first, last, step, clock) is not { } missing) return grid.Slice(first, last);
                if (grid.Open is null)
                {
                    Interlocked.Increment(ref _asked);
                    grid.Open = mine = new Question(missing, last, []);
                }

                question = grid.Open;
                question.Waiters.Add(waiter);
            }

            // Not under the lock: whoever waits goes on as soon as the answer is there.
            if (mine is not null) _ = RunAsync(grid, mine, ask);
            SharedAnswer answer;
            using (cancel.UnsafeRegister(_ => waiter.TrySetCanceled(cancel), null)) answer = await waiter.Task.ConfigureAwait(false);
            // A degraded answer is not kept, so it is handed on; together with what is kept of the moments before it.
            if (answer.Warnings.Count == 0) continue;
            lock (grid)
                if (question.First <= first || grid.Missing(first, question.First - 1, step, clock) is null)
                    if (question.Last >= last) return grid.Slice(first, Math.Min(last, question.First - 1)).With(answer, first, last);
        }
    }

    private async Task RunAsync(Grid grid, Question question, Func<long, long, Task<SharedAnswer>> ask)
    {
        try
        {
            SharedAnswer answer = await ask(question.First, question.Last).ConfigureAwait(false);
            lock (grid)
            {
                if (answer.Warnings.Count == 0) grid.Keep(question.First, question.Last, answer, clock);
                grid.Open = null;
            }

            foreach (TaskCompletionSource<SharedAnswer> waiter in question.Waiters) waiter.TrySetResult(answer);
        }
        catch (Exception e)
        {
            lock (grid) grid.Open = null;
            foreach (TaskCompletionSource<SharedAnswer> waiter in question.Waiters) waiter.TrySetException(e);
        }
    }

    /// <summary>Forgets what nobody has asked for in a while.</summary>
    private void Sweep()
    {
        long swept = Interlocked.Read(ref _sweptAt);
        if (clock.GetElapsedTime(swept) < Unused || Interlocked.CompareExchange(ref _sweptAt, clock.GetTimestamp(), swept) != swept) return;
        foreach ((string key, Grid grid) in _grids)
            if (grid.Open is null && clock.GetElapsedTime(grid.UsedAt) > Unused) _grids.TryRemove(key, out _);
    }

    private sealed record Question(long First, long Last, List<TaskCompletionSource<SharedAnswer>> Waiters);

    private sealed class Grid
    {
        // By moment: its values, and when it was asked for.
        private readonly Dictionary<long, (IReadOnlyList<MetricSample> Values, long At)> _points = [];

        public long UsedAt { get; set; }

        public Question? Open { get; set; }

        /// <summary>The first moment of a span that has to be asked for; <see langword="null"/> where none has.</summary>
        public long? Missing(long first, long last, TimeSpan step, TimeProvider clock)
        {
            for (long i = first; i <= last; i++)
                if (!_points.TryGetValue(i, out var point) || (point.Values.Count == 0 && clock.GetElapsedTime(point.At) >= step)) return i;
            return null;
        }

        public SharedAnswer Slice(long first, long last)
        {
            var values = new Dictionary<long, IReadOnlyList<MetricSample>>();
            for (long i = first; i <= last; i++)
                if (_points.TryGetValue(i, out var point) && point.Values.Count > 0) values[i] = point.Values;
            return new SharedAnswer(values, []);
        }

        public void Keep(long first, long last, SharedAnswer answer, TimeProvider clock)
        {
            long now = clock.GetTimestamp();
            for (long i = first; i <= last; i++) _points[i] = (answer.Values.GetValueOrDefault(i) ?? [], now);
            if (_points.Count <= 2 * MostPoints) return;
            foreach (long old in _points.Keys.Where(i => i <= last - MostPoints).ToArray()) _points.Remove(old);
            // What is left may still be too much where somebody asked for the distant past in between.
            if (_points.Count > 2 * MostPoints) _points.Clear();
        }
    }
}

/// <summary>Values by the number of their moment; a moment without a value is not in it.</summary>
/// <param name="Values">One value a series, in the order of the answer.</param>
/// <param name="Warnings">What the server warned of.</param>
internal sealed record SharedAnswer(IReadOnlyDictionary<long, IReadOnlyList<MetricSample>> Values, IReadOnlyList<string> Warnings)
{
    /// <summary>This, and of another what lies in a span, with its warnings.</summary>
    public SharedAnswer With(SharedAnswer other, long first, long last)
    {
        var both = new Dictionary<long, IReadOnlyList<MetricSample>>(Values);
        foreach ((long i, IReadOnlyList<MetricSample> values) in other.Values)
            if (i >= first && i <= last) both[i] = values;
        return new SharedAnswer(both, other.Warnings);
    }
}
