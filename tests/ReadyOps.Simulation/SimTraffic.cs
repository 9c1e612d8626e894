namespace ReadyOps.Simulation;

/// <summary>What each signal truly shows: a grid of good, bad and missing samples from the start of the world on.</summary>
internal sealed class SimTraffic
{
    private const int Length = 1200;

    private readonly long _start;
    private readonly Dictionary<string, SimSeries> _series = [];

    public SimTraffic(SeedRandom random, SimPlan plan, bool goesStale, long start)
    {
        _start = start;
        foreach (SimSignal signal in plan.Signals)
        {
            Draw(random, signal, signal.Name, goesStale);
            if (!signal.HasStable) continue;
            Draw(random, signal, signal.Name + "_stable", goesStale);
            // A fault of both sides, as of a database that they share.
            if (random.OneIn(2)) _series[signal.Name + "_stable"] = _series[signal.Name];
        }
    }

    /// <summary>How often samples stop coming.</summary>
    public int Silences { get; private set; }

    /// <summary>From here on all is well.</summary>
    public long CalmFrom { get; set; } = long.MaxValue;

    /// <summary>The value at a moment of the grid; NaN for none.</summary>
    public double At(string series, long time)
    {
        if (time >= CalmFrom) return SimSeries.Good;
        SimSeries all = _series[series];
        long index = (time - _start) / all.Interval;
        return index >= 0 && index < all.Values.Length ? all.Values[index] : double.NaN;
    }

    /// <summary>The samples after a moment and up to another.</summary>
    public IEnumerable<(long Time, bool Good)> Between(string series, long after, long until)
    {
        long interval = _series[series].Interval;
        for (long time = ((after / interval) + 1) * interval; time <= until; time += interval)
            if (At(series, time) is var value && !double.IsNaN(value)) yield return (time, value <= 0.01);
    }

    /// <summary>The mean over a time up to a moment, its beginning left out; NaN where there is no sample.</summary>
    public double Mean(string series, long time, TimeSpan over)
    {
        long interval = _series[series].Interval;
        (double sum, int count) = (0, 0);
        for (long at = (((time - over.Ticks) / interval) + 1) * interval; at <= time; at += interval)
        {
            double value = At(series, at);
            if (double.IsNaN(value)) continue;
            sum += value;
            count++;
        }

        return count > 0 ? sum / count : double.NaN;
    }

    private void Draw(SeedRandom random, SimSignal signal, string name, bool goesStale)
    {
        // In most worlds most signals are well most of the time; otherwise nothing would ever get beyond its first step.
        int health = random.Pick(0, 2, 6, 6, 30, 30);
        double[] values = new double[Length];
        for (int i = 0; i < Length;)
        {
            double value = random.Below(health + 3) < health + 1 ? SimSeries.Good : goesStale && random.OneIn(2) ? double.NaN : SimSeries.Bad;
            if (double.IsNaN(value)) Silences++;
            int end = Math.Min(Length, i + random.Between(1, value == SimSeries.Good ? 60 : 14));
            // A gap of one or two samples in between is ordinary.
            for (; i < end; i++) values[i] = random.OneIn(40) ? double.NaN : value;
        }

        _series[name] = new SimSeries(signal.Interval.Ticks, values);
    }

    private sealed record SimSeries(long Interval, double[] Values)
    {
        public const double Good = 0.001;
        public const double Bad = 0.05;
    }
}
