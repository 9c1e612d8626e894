using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// The history of a comparison: its looks, which are the same for every run. Those of which one side has no traffic, and those that
/// reach into a step, are told apart as live.
/// </summary>
internal sealed class BacktestComparison : IBacktestSource, ICompareFeed
{
    private readonly Dictionary<long, CompareLook> _looks;
    private readonly CompareRule _rule;
    private readonly CompareSignalSource _source;

    private BacktestComparison(IEnumerable<CompareLook> looks, CompareRule rule)
    {
        _rule = rule;
        _looks = looks.ToDictionary(look => Index(look.Time, rule.Interval));
        _source = new CompareSignalSource(this, rule);
        Count = _looks.Values.Count(look => look.Missing is null);
    }

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public string? Failure => null;

    /// <summary>Asks for the looks of a span.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryUnreadable</c></exception>
    public static async Task<BacktestComparison> AskAsync(string signal, CompareSignalSource source, DateTimeOffset start, DateTimeOffset end, SortedSet<string> warnings, CancellationToken cancel)
    {
        TimeSpan interval = source.Rule.Interval;
        long last = Index(end - source.Rule.Lag, interval);
        var looks = new List<CompareLook>();
        for (long first = Index(start, interval) + 1; first <= last; first += CompareSignalSource.MostLooks)
        {
            CompareAnswer answer = await source.Feed.LooksAsync(first, Math.Min(last, first + CompareSignalSource.MostLooks - 1), cancel).ConfigureAwait(false);
            if (answer.Error is { } error) throw BacktestHistory.Unreadable($"{signal}: {error}");
            warnings.UnionWith((answer.Warnings ?? []).Select(warning => $"{signal}: {warning}"));
            looks.AddRange(answer.Looks);
        }

        return new BacktestComparison(looks, source.Rule);
    }

    /// <summary>
    /// Takes the looks from a file: for samples the columns <c>NAME.canary</c> and <c>NAME.baseline</c>; for counts
    /// <c>NAME.canary.events</c>, <c>NAME.canary.total</c> (or <c>.exposure</c>) and the same of the baseline, each what was counted
    /// during the interval that ends at the time of the line.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>HistoryUnreadable</c>, <c>HistoryIncomplete</c></exception>
    public static BacktestComparison Read(SignalDefinition signal, CompareRule rule, BacktestSamples file)
    {
        string size = rule.Kind == CompareKind.Shares ? "total" : "exposure";
        string[] columns = [.. Sides.SelectMany(side => rule.Kind == CompareKind.Samples ? new[] { $"{signal.Name}.{side}" } : [$"{signal.Name}.{side}.events", $"{signal.Name}.{side}.{size}"])];
        Dictionary<DateTimeOffset, double>[] values = [.. columns.Select(column => file.Samples(column, rule.Interval, null).ToDictionary(sample => sample.Time, sample => sample.Value))];
        return new BacktestComparison(values[0].Keys.Where(time => values.All(column => column.ContainsKey(time))).Select(time => Look(signal, rule, file, time, [.. values.Select(column => column[time])])), rule);
    }

    /// <inheritdoc/>
    public ISignalSource For(SignalDefinition signal)
    {
        var problems = new ProblemList("");
        var reader = new ObjectReader(signal.Node, signal.Path, "", problems);
        double alpha = reader.Has("alpha") ? CompareReader.Alpha(reader, 1) : _rule.Options.Alpha;
        CompareRule rule = CompareReader.Read(reader, alpha) with { Interval = _rule.Interval, Lag = _rule.Lag, Delay = signal.InitialDelay };
        problems.ThrowIfAny();
        return new CompareSignalSource(this, rule);
    }

    /// <inheritdoc/>
    public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel) => _source.CollectAsync(span, carry, cancel);

    /// <inheritdoc/>
    public ValueTask<CompareAnswer> LooksAsync(long first, long last, CancellationToken cancel)
    {
        var looks = new List<CompareLook>();
        for (long index = first; index <= last; index++)
            looks.Add(_looks.GetValueOrDefault(index) ?? new CompareLook(DateTimeOffset.UnixEpoch + (index * _rule.Interval)) { Missing = "the history has nothing" });
        return ValueTask.FromResult(new CompareAnswer(looks));
    }

    private static readonly string[] Sides = ["baseline", "canary"];

    private static CompareLook Look(SignalDefinition signal, CompareRule rule, BacktestSamples file, DateTimeOffset time, double[] values)
    {
        if ((time - DateTimeOffset.UnixEpoch).Ticks % rule.Interval.Ticks != 0)
            throw BacktestHistory.Unreadable($"{file.Name}: {signal.Name} has values at {time.UtcDateTime:u}, which is no multiple of its interval of {Quantities.Format(rule.Interval)}.");
        if (rule.Kind == CompareKind.Samples) return new CompareLook(time) { BaselineValues = [values[0]], CanaryValues = [values[1]] };
        try
        {
            var look = new CompareLook(time) { Baseline = new EventCount(values[0], values[1]), Canary = new EventCount(values[2], values[3]) };
            CountComparison.Check(look.Baseline, rule.Kind == CompareKind.Shares);
            CountComparison.Check(look.Canary, rule.Kind == CompareKind.Shares);
            return look;
        }
        catch (ReadyOpsException e)
        {
            throw BacktestHistory.Unreadable($"{file.Name}: {signal.Name} at {time.UtcDateTime:u}: {e.Message}");
        }
    }

    private static long Index(DateTimeOffset time, TimeSpan interval) => (time - DateTimeOffset.UnixEpoch).Ticks / interval.Ticks;
}
