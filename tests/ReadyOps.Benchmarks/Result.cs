namespace ReadyOps.Benchmarks;

/// <summary>What the runs of one subject took.</summary>
internal sealed class Result(string name)
{
    private readonly List<double> _milliseconds = [];
    private readonly List<double> _bytes = [];

    public string Name { get; } = name;

    public double Median => At(_milliseconds, 0.5);

    public double Least => At(_milliseconds, 0);

    public double LowerQuartile => At(_milliseconds, 0.25);

    public double UpperQuartile => At(_milliseconds, 0.75);

    /// <summary>Bytes that the whole process allocated in a run, the median.</summary>
    public double Allocated => At(_bytes, 0.5);

    public void Add(double milliseconds, long bytes)
    {
        _milliseconds.Add(milliseconds);
        _bytes.Add(bytes);
    }

    private static double At(List<double> values, double share)
    {
        if (values.Count == 0) return double.NaN;
        double[] sorted = [.. values.Order()];
        return sorted[(int)Math.Round(share * (sorted.Length - 1))];
    }
}
