using System.Collections;
using System.Runtime.InteropServices;

namespace ReadyOps.Core.Signals;

/// <summary>The samples of one series, 16 bytes each; a sample is made when it is looked at.</summary>
internal sealed class SampleColumns(int expected) : IReadOnlyList<MetricSample>
{
    private readonly List<long> _times = new(expected);
    private readonly List<double> _values = new(expected);

    // By index; only series of native histograms have any.
    private Dictionary<int, MetricHistogram>? _histograms;
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
        Histogram = _histograms?.GetValueOrDefault(index),
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

    /// <summary>Adds a native histogram.</summary>
    /// <param name="time">Milliseconds since 1970.</param>
    /// <param name="histogram">The histogram.</param>
    public void Add(long time, MetricHistogram histogram)
    {
        (_histograms ??= []).Add(Count, histogram);
        Add(time, double.NaN);
    }

    /// <summary>Numbers and histograms of one series, in order of time: at each moment it has one of them.</summary>
    public static SampleColumns Merge(SampleColumns numbers, List<(long Time, MetricHistogram Histogram)> histograms)
    {
        if (histograms.Count == 0) return numbers;
        var merged = new SampleColumns(numbers.Count + histograms.Count);
        int next = 0;
        for (int i = 0; i < numbers.Count; i++)
        {
            while (next < histograms.Count && histograms[next].Time < numbers._times[i]) merged.Add(histograms[next].Time, histograms[next++].Histogram);
            merged.Add(numbers._times[i], numbers._values[i]);
        }

        while (next < histograms.Count) merged.Add(histograms[next].Time, histograms[next++].Histogram);
        return merged;
    }

    /// <summary>
    /// The samples of several parts of one series, one after another. Where a part begins before the one in front of it ends, as it does
    /// when a backend moves the ends of what it is asked for, what is there already stays.
    /// </summary>
    public static IReadOnlyList<MetricSample> Join(IReadOnlyList<IReadOnlyList<MetricSample>> parts)
    {
        if (parts.Count == 1) return parts[0];
        SampleColumns[] all = [.. parts.Cast<SampleColumns>()];
        var joined = new SampleColumns(all[0]._name, all[0]._labels, all.Sum(part => part.Count));
        foreach (SampleColumns part in all)
        {
            int first = 0;
            if (joined.Count > 0)
                while (first < part.Count && part._times[first] <= joined._times[^1]) first++;
            foreach ((int index, MetricHistogram histogram) in part._histograms ?? [])
                if (index >= first) (joined._histograms ??= []).Add(joined.Count + index - first, histogram);
            joined._times.AddRange(CollectionsMarshal.AsSpan(part._times)[first..]);
            joined._values.AddRange(CollectionsMarshal.AsSpan(part._values)[first..]);
        }

        return joined;
    }

    public IEnumerator<MetricSample> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
