using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>Samples of signals that were saved: as CSV (<see cref="BacktestFile"/>), or as answers of Prometheus (<see cref="BacktestAnswers"/>).</summary>
internal abstract class BacktestSamples
{
    /// <summary>The file or the files, for messages.</summary>
    public abstract string Name { get; }

    /// <summary>What there are samples of: names of signals, and <c>NAME.stable</c>.</summary>
    public abstract IEnumerable<string> Columns { get; }

    /// <summary>Time of the first sample.</summary>
    public abstract DateTimeOffset First { get; }

    /// <summary>Time of the last sample.</summary>
    public abstract DateTimeOffset Last { get; }

    /// <summary>What whoever saved them was warned of.</summary>
    public virtual IReadOnlyList<string> Warnings => [];

    /// <summary>The samples of one of <see cref="Columns"/>.</summary>
    /// <param name="column">Which.</param>
    /// <param name="interval">How long each speaks for.</param>
    /// <param name="reduce">How several series become one value; <see langword="null"/> where several are an error.</param>
    /// <exception cref="ReadyOpsException"><c>HistoryIncomplete</c>, <c>HistoryUnreadable</c></exception>
    public abstract SignalSample[] Samples(string column, TimeSpan interval, SeriesReducer? reduce);

    /// <summary>Reads one file of CSV, or any number of saved answers.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryUnreadable</c>: says which file, and where in it.</exception>
    public static BacktestSamples Read(IReadOnlyList<string> paths)
    {
        string[] tables = [.. paths.Where(path => !BacktestAnswers.IsJson(path))];
        if (tables.Length == 0) return BacktestAnswers.Read(paths);
        return paths.Count == 1 ? BacktestFile.Read(tables[0]) : throw BacktestHistory.Unreadable($"{tables[0]} is a table of samples, which holds all signals, and there are {paths.Count} files: give one table, or answers in JSON only.");
    }
}
