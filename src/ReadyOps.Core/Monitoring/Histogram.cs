namespace ReadyOps.Core.Monitoring;

/// <summary>A classic histogram: how many observations were at most each bound. Safe to use from many threads.</summary>
public sealed class Histogram
{
    private readonly double[] _bounds;
    private readonly long[] _counts;
    private readonly object _gate = new();
    private double _sum;

    /// <summary>Makes an empty histogram.</summary>
    /// <param name="bounds">Upper bounds, rising and finite; the one of infinity is added.</param>
    public Histogram(params ReadOnlySpan<double> bounds)
    {
        _bounds = [.. bounds];
        _counts = new long[bounds.Length + 1];
        for (int i = 0; i < _bounds.Length; i++)
        {
            if (!double.IsFinite(_bounds[i]) || (i > 0 && _bounds[i] <= _bounds[i - 1]))
                throw new ArgumentException("The bounds of a histogram are finite and rise.", nameof(bounds));
        }
    }

    /// <summary>Counts an observation. NaN is none.</summary>
    public void Observe(double value)
    {
        if (double.IsNaN(value)) return;
        int at = Array.BinarySearch(_bounds, value);
        lock (_gate)
        {
            _counts[at < 0 ? ~at : at]++;
            _sum += value;
        }
    }

    /// <summary>The number of observations up to each bound, infinity last, and their sum: all of one moment.</summary>
    public (IReadOnlyList<(double Bound, long Count)> Buckets, double Sum) Read()
    {
        var buckets = new (double, long)[_counts.Length];
        lock (_gate)
        {
            long count = 0;
            for (int i = 0; i < _counts.Length; i++)
            {
                count += _counts[i];
                buckets[i] = (i < _bounds.Length ? _bounds[i] : double.PositiveInfinity, count);
            }

            return (buckets, _sum);
        }
    }
}
