using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;

namespace ReadyOps.Core.Rollouts;

/// <summary>What a backtest plays: the history of each signal, asked for once.</summary>
internal sealed class BacktestHistory
{
    /// <summary>The history of each signal that has one, by its name.</summary>
    public required IReadOnlyDictionary<string, IBacktestSource> Sources { get; init; }

    /// <summary>The history of the stable side of those that watch it.</summary>
    public required IReadOnlyDictionary<string, IBacktestSource> Stable { get; init; }

    /// <summary>When it begins.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>How many samples there are.</summary>
    public required long Samples { get; init; }

    /// <summary>What a result of this history does not say.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Why history could not be asked for while it was played, if it could not.</summary>
    public string? Failure => Sources.Concat(Stable).Select(pair => pair.Value.Failure is { } failure ? $"{pair.Key}: {failure}" : null).FirstOrDefault(failure => failure is not null);

    /// <summary>Asks Prometheus for the whole span, once for each query.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryUnreadable</c>, <c>HistoryEmpty</c></exception>
    public static async Task<BacktestHistory> AskAsync(RolloutPlan plan, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        var warnings = new SortedSet<string>(StringComparer.Ordinal);
        var sources = new Dictionary<string, IBacktestSource>();
        var stable = new Dictionary<string, IBacktestSource>();
        foreach (SignalDefinition signal in plan.Definition.Signals)
        {
            if (plan.Parts.Sources[signal.Name] is CompareSignalSource comparison)
            {
                sources[signal.Name] = await BacktestComparison.AskAsync(signal.Name, comparison, start, end, warnings, cancel).ConfigureAwait(false);
                continue;
            }

            if (plan.Parts.Sources[signal.Name] is not IQuerySource source)
            {
                warnings.Add($"{signal.Name} has no history: a signal of type '{signal.Type}' sees only the present, so it is left out, and it might have stopped the rollout.");
                continue;
            }

            sources[signal.Name] = await AskAsync(signal, source, start, end, warnings, cancel).ConfigureAwait(false);
            if (plan.Parts.StableSources.GetValueOrDefault(signal.Name) is IQuerySource beside)
                stable[signal.Name] = await AskAsync(signal, beside, start, end, warnings, cancel).ConfigureAwait(false);
        }

        return Of(sources, stable, start, end, warnings);
    }

    /// <summary>Takes the history from a file of samples.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryIncomplete</c>, <c>HistoryEmpty</c>, <c>HistoryRangeInvalid</c></exception>
    public static BacktestHistory Read(RolloutPlan plan, BacktestSamples file, DateTimeOffset? start, DateTimeOffset? end)
    {
        DateTimeOffset from = start ?? file.First, to = end ?? file.Last;
        DemandSpan(from, to);
        var warnings = new SortedSet<string>(file.Warnings, StringComparer.Ordinal);
        var sources = new Dictionary<string, IBacktestSource>();
        var stable = new Dictionary<string, IBacktestSource>();
        foreach (SignalDefinition signal in plan.Definition.Signals)
        {
            if (plan.Parts.Sources[signal.Name] is CompareSignalSource comparison)
            {
                sources[signal.Name] = BacktestComparison.Read(signal, comparison.Rule, file);
                continue;
            }

            if (!file.Columns.Contains(signal.Name) && signal.Type != "prometheus")
            {
                warnings.Add($"{signal.Name} is not in {file.Name}, so it is left out, and it might have stopped the rollout.");
                continue;
            }

            TimeSpan reach = (plan.Parts.Sources[signal.Name] as IQuerySource)?.Reach ?? TimeSpan.Zero;
            sources[signal.Name] = new BacktestSource(SamplesOf(file, signal), signal, reach, null, to);
            if (signal.HasStable) stable[signal.Name] = new BacktestSource(file.Samples(signal.Name + ".stable", signal.Interval, ReducerOf(signal)), signal, reach, null, to);
            if (reach > TimeSpan.Zero)
                warnings.Add($"{signal.Name} looks back {Quantities.Format(reach)}, and a file cannot say what less would have shown: of each step that much counts only as what was bad, and of the start nothing.");
        }

        return Of(sources, stable, from, to, warnings);
    }

    /// <summary>Refuses a span that is none.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryRangeInvalid</c></exception>
    public static void DemandSpan(DateTimeOffset start, DateTimeOffset end)
    {
        if (start >= end)
            throw new ReadyOpsException("HistoryRangeInvalid", string.Create(CultureInfo.InvariantCulture, $"The history begins at {start.UtcDateTime:u} and ends at {end.UtcDateTime:u}."), "Name a -Start before the -End.");
    }

    private static SignalSample[] SamplesOf(BacktestSamples file, SignalDefinition signal)
    {
        SignalSample[] samples = file.Samples(signal.Name, signal.Interval, ReducerOf(signal));
        if (signal.MinTraffic is null) return samples;
        Dictionary<DateTimeOffset, double> traffic = file.Samples(signal.Name + ".traffic", signal.Interval, null).ToDictionary(sample => sample.Time, sample => sample.Value);
        return [.. samples.Select(sample => sample with { Traffic = traffic.GetValueOrDefault(sample.Time, double.NaN) })];
    }

    private static SeriesReducer? ReducerOf(SignalDefinition signal) => Enum.TryParse(signal.Node["reduce"]?.Text, ignoreCase: true, out SeriesReducer reduce) ? reduce : null;

    private static async Task<BacktestSource> AskAsync(
        SignalDefinition signal, IQuerySource source, DateTimeOffset start, DateTimeOffset end, SortedSet<string> warnings, CancellationToken cancel)
    {
        var samples = new List<SignalSample>();
        // As if the step had begun long ago: nothing is clipped. Each turn brings as much as one answer may hold.
        var span = new SignalSpan(start, end, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        while (true)
        {
            SignalBatch batch = await source.CollectAsync(span, null, cancel).ConfigureAwait(false);
            if (batch.Error is { } error) throw Unreadable($"{signal.Name}: {error}");
            warnings.UnionWith(batch.Warnings.Select(warning => $"{signal.Name}: {warning}"));
            samples.AddRange(batch.Samples);
            if (batch.CollectedUntil <= span.After) break;
            span = span with { After = batch.CollectedUntil };
        }

        return new BacktestSource([.. samples], signal, source.Reach, source, end);
    }

    /// <summary>What to say when history cannot be had.</summary>
    public static ReadyOpsException Unreadable(string problem) => new("HistoryUnreadable",
        $"The history could not be read, so nothing can be said of it. {problem}", "See that the query can be asked over the whole span, then repeat; or play a file with -SamplePath.");

    private static BacktestHistory Of(
        Dictionary<string, IBacktestSource> sources, Dictionary<string, IBacktestSource> stable, DateTimeOffset start, DateTimeOffset end, SortedSet<string> warnings)
    {
        long samples = sources.Values.Concat(stable.Values).Sum(source => source.Count);
        if (sources.Values.All(source => source.Count == 0))
        {
            throw new ReadyOpsException("HistoryEmpty",
                string.Create(CultureInfo.InvariantCulture, $"No signal has a sample from {start.UtcDateTime:u} to {end.UtcDateTime:u}{(sources.Count == 0 ? ", because none has a history" : "")}."),
                "Name a span in which the queries had data, and give the -Release that they select by.");
        }

        foreach ((string name, IBacktestSource source) in sources)
            if (source.Count == 0) warnings.Add($"{name} had no sample at all.");
        return new BacktestHistory { Sources = sources, Stable = stable, Start = start, End = end, Samples = samples, Warnings = [.. warnings] };
    }
}
