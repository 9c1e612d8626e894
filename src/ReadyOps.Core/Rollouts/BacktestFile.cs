using System.Globalization;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// A file of samples as CSV: the first line names the columns, <c>time</c> and one for each signal (<c>NAME.stable</c> for its
/// stable side); times are ISO 8601 with a zone or seconds since 1970, and rise; values are in base units, and an empty one is no sample.
/// </summary>
internal sealed class BacktestFile : BacktestSamples
{
    private readonly string[] _columns;
    private readonly List<DateTimeOffset> _times = [];
    private readonly List<string[]> _rows = [];

    private BacktestFile(string name, string[] columns) => (Name, _columns) = (name, columns);

    /// <summary>The file.</summary>
    public override string Name { get; }

    /// <summary>The columns without the time.</summary>
    public override IEnumerable<string> Columns => _columns.Skip(1);

    /// <summary>Time of the first line.</summary>
    public override DateTimeOffset First => _times[0];

    /// <summary>Time of the last line.</summary>
    public override DateTimeOffset Last => _times[^1];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ReadyOpsException"><c>HistoryUnreadable</c>: it cannot be read, or a line is none of samples; says which.</exception>
    public static BacktestFile Read(string path)
    {
        try
        {
            return Parse(File.ReadLines(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw BacktestHistory.Unreadable($"{path}: {e.Message}");
        }
    }

    /// <summary>Reads its lines.</summary>
    internal static BacktestFile Parse(IEnumerable<string> lines, string path)
    {
        BacktestFile? file = null;
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            string[] cells = [.. line.Split(',').Select(cell => cell.Trim().Trim('"'))];
            if (file is null) file = Begin(path, cells);
            else file.Take(cells, number);
        }

        return file is { _times.Count: > 0 } ? file : throw BacktestHistory.Unreadable($"{path} has no line of samples.");
    }

    /// <summary>The samples of a column.</summary>
    /// <exception cref="ReadyOpsException"><c>HistoryIncomplete</c>, <c>HistoryUnreadable</c></exception>
    public override SignalSample[] Samples(string column, TimeSpan interval, SeriesReducer? reduce)
    {
        int index = Array.IndexOf(_columns, column, 1);
        if (index < 0)
            throw new ReadyOpsException("HistoryIncomplete", $"{Name} has no column '{column}'.", $"Add it; there are {string.Join(", ", Columns)}.");
        var samples = new List<SignalSample>(_rows.Count);
        for (int i = 0; i < _rows.Count; i++)
        {
            string cell = _rows[i][index];
            if (cell.Length == 0) continue;
            if (!PrometheusReader.TryNumber(cell, out double value))
                throw BacktestHistory.Unreadable(string.Create(CultureInfo.InvariantCulture, $"{Name}: '{cell}' in column '{column}' at {_times[i].UtcDateTime:u} is no number in base units."));
            samples.Add(new SignalSample(_times[i], value, interval, InStep: true));
        }

        return [.. samples];
    }

    private static BacktestFile Begin(string path, string[] columns)
    {
        if (columns.Length < 2 || columns[0] != "time")
            throw BacktestHistory.Unreadable($"{path}: the first line must name the columns: 'time', and one for each signal.");
        if (columns.Distinct(StringComparer.Ordinal).Count() < columns.Length) throw BacktestHistory.Unreadable($"{path}: two columns have the same name.");
        return new BacktestFile(path, columns);
    }

    private void Take(string[] cells, int number)
    {
        if (cells.Length != _columns.Length)
            throw BacktestHistory.Unreadable(string.Create(CultureInfo.InvariantCulture, $"{Name}, line {number}: it has {cells.Length} values and there are {_columns.Length} columns."));
        if (!TryTime(cells[0], out DateTimeOffset time))
            throw BacktestHistory.Unreadable(string.Create(CultureInfo.InvariantCulture, $"{Name}, line {number}: '{cells[0]}' is no time; write 2026-01-01T12:00:00Z, or seconds since 1970."));
        if (_times.Count > 0 && time <= _times[^1])
            throw BacktestHistory.Unreadable(string.Create(CultureInfo.InvariantCulture, $"{Name}, line {number}: {time.UtcDateTime:u} is not after the line before it."));
        _times.Add(time);
        _rows.Add(cells);
    }

    /// <summary>A time without a zone would mean another moment on another machine.</summary>
    private static bool TryTime(string text, out DateTimeOffset time)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e11)
        {
            time = DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000));
            return true;
        }

        string[] formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK"];
        bool zoned = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10;
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out time) && zoned;
    }
}
