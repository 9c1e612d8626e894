namespace ReadyOps.Benchmarks.Schemas;

/// <summary>What one validator did with one schema.</summary>
internal sealed class SchemaFigures
{
    private readonly Dictionary<Work, List<double>> _times = [];

    /// <summary>Why it could not, or <see langword="null"/>.</summary>
    public string? Problem { get; set; }

    public string Verdicts { get; set; } = "";

    /// <summary>What it said of the documents that were changed.</summary>
    public string Broken { get; set; } = "";

    public double Compile { get; set; } = double.NaN;

    public (double Process, double Own) Cold { get; set; } = (double.NaN, double.NaN);

    public void Add(Work work, double microseconds)
    {
        if (!_times.TryGetValue(work, out List<double>? times)) _times.Add(work, times = []);
        times.Add(microseconds);
    }

    public double Median(Work work) => _times.TryGetValue(work, out List<double>? times) ? times.Order().ElementAt(times.Count / 2) : double.NaN;

    public double Least(Work work) => _times.TryGetValue(work, out List<double>? times) ? times.Min() : double.NaN;
}
