namespace ReadyOps.Benchmarks;

/// <summary>Prints results as a Markdown table.</summary>
internal static class Table
{
    /// <summary>One line a result; ratios are to the first.</summary>
    /// <param name="title">What was measured.</param>
    /// <param name="unit">The unit of the times, for example <c>µs per check</c>.</param>
    /// <param name="perMillisecond">How many of that unit a millisecond of a run is.</param>
    /// <param name="results">The results, the peer or the limit first.</param>
    /// <param name="perRun">How many things a run did, for the bytes of each.</param>
    public static void Print(string title, string unit, double perMillisecond, IReadOnlyList<Result> results, int perRun = 1)
    {
        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Console.WriteLine($"| | median, {unit} | quartiles | least | ratio of medians | ratio of least | allocated, KB each |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        Result peer = results[0];
        foreach (Result result in results)
        {
            Console.WriteLine($"| {result.Name} | {Number(result.Median * perMillisecond)} | {Number(result.LowerQuartile * perMillisecond)}–{Number(result.UpperQuartile * perMillisecond)} "
                + $"| {Number(result.Least * perMillisecond)} | {Number(result.Median / peer.Median)} | {Number(result.Least / peer.Least)} | {Number(result.Allocated / perRun / 1024)} |");
        }
    }

    private static string Number(double value) => value switch
    {
        >= 100 => value.ToString("N0"),
        >= 10 => value.ToString("0.0"),
        >= 1 => value.ToString("0.00"),
        _ => value.ToString("0.000"),
    };
}
