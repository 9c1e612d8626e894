using System.Collections;

namespace ReadyOps.Core.Signals;

/// <summary>The samples of one series, 16 bytes each; a sample is made when it is looked at.</summary>
internal sealed class SampleColumns(int expected) : IReadOnlyList<MetricSample>
{
    private readonly List<long> _times = new(expected);
    private readonly List<double> _values = new(expected);
    private string _name = "";
    private IReadOnlyDictionary<string, string> _labels = new Dictionary<string, string>();

    public SampleColumns(string name, IReadOnlyDictionary<string, string> labels, int expected)
        : this(expected) => Belong(name, labels);

    public int Count => _times.Count;

    public MetricSample this[int index] => new()
    {
        Name = _name,
        Labels = _labels,
        Time = DateTimeOffset.FromUnixTimeMilliseconds(_times[index]),
        Value = _values[index],
    };

    /// <summary>Says whose samples these are.</summary>
    public void Belong(string name, IReadOnlyDictionary<string, string> labels) => (_name, _labels) = (name, labels);

    /// <summary>Adds a sample.</summary>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="value">Its value.</param>
    public void Add(long time, double value)
    {
        _times.Add(time);
        _values.Add(value);
    }

    /// <summary>The samples of several parts of one series, one after another.</summary>
    public static IReadOnlyList<MetricSample> Join(IReadOnlyList<IReadOnlyList<MetricSample>> parts)
    {
        if (parts.Count == 1 || parts.Any(part => part is not SampleColumns)) return parts.Count == 1 ? parts[0] : [.. parts.SelectMany(part => part)];
        var first = (SampleColumns)parts[0];
        var joined = new SampleColumns(first._name, first._labels, parts.Sum(part => part.Count));
        foreach (SampleColumns part in parts.Cast<SampleColumns>())
        {
            joined._times.AddRange(part._times);
            joined._values.AddRange(part._values);
        }

        return joined;
    }

    public IEnumerator<MetricSample> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
