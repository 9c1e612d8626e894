namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>The values of a query at evenly spaced moments, by series.</summary>
internal sealed class CounterGrid
{
    private readonly long _first;
    private readonly Dictionary<string, Row> _byKey;

    /// <summary>Lays out what was answered.</summary>
    /// <param name="series">What was answered.</param>
    /// <param name="first">The first moment, in multiples of the interval since the Unix epoch.</param>
    /// <param name="last">The last moment.</param>
    /// <param name="interval">The distance of the moments.</param>
    public CounterGrid(IReadOnlyList<MetricSeries> series, long first, long last, TimeSpan interval)
    {
        _first = first;
        Rows = [.. series.Select(one => new Row(MetricSeries.Write("", one.Labels), one.Labels.ContainsKey("instance"), Values(one, first, last, interval)))];
        _byKey = Rows.GroupBy(row => row.Key).ToDictionary(same => same.Key, same => same.First());
    }

    /// <summary>The series.</summary>
    public IReadOnlyList<Row> Rows { get; }

    /// <summary>The values there are at a moment, NaN and infinite ones included.</summary>
    public IReadOnlyList<double> At(long moment) => [.. Rows.Select(row => row.Values[moment - _first]).OfType<double>()];

    /// <summary>The value of a series at a moment; NaN where there is none or it is no number.</summary>
    public double At(Row row, long moment) => row.Values[moment - _first] is { } value && double.IsFinite(value) ? value : double.NaN;

    /// <summary>Whether a series has a value at a moment or at the one before.</summary>
    public bool Spans(Row row, long moment) => !double.IsNaN(At(row, moment)) || !double.IsNaN(At(row, moment - 1));

    /// <summary>The series with the labels of another, if there is one.</summary>
    public Row? Beside(Row other) => _byKey.GetValueOrDefault(other.Key);

    private static double?[] Values(MetricSeries series, long first, long last, TimeSpan interval)
    {
        double?[] values = new double?[last - first + 1];
        foreach (MetricSample sample in series.Samples)
        {
            long ticks = (sample.Time - DateTimeOffset.UnixEpoch).Ticks;
            long index = (ticks / interval.Ticks) - first;
            if (ticks % interval.Ticks == 0 && index >= 0 && index < values.Length) values[index] = sample.Value;
        }

        return values;
    }

    /// <summary>One series.</summary>
    /// <param name="Key">Its labels.</param>
    /// <param name="IsProcess">Whether it is of one process, whose counters begin anew together.</param>
    /// <param name="Values">Its values from the first moment on.</param>
    internal sealed record Row(string Key, bool IsProcess, double?[] Values);
}
