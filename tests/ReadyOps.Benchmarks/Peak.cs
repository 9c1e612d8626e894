namespace ReadyOps.Benchmarks;

/// <summary>How much memory the managed heap takes at most while something runs, garbage included, beyond what it took before.</summary>
internal static class Peak
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(2);

    /// <summary>Runs something, and looks at the heap every two milliseconds meanwhile.</summary>
    /// <param name="run">What is measured.</param>
    /// <returns>Bytes.</returns>
    public static async Task<long> MeasureAsync(Func<Task> run)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        using var stop = new CancellationTokenSource();
        var watch = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
                Thread.Sleep(Pace);
            }
        });
        watch.Start();
        await run();
        await stop.CancelAsync();
        watch.Join();
        return most;
    }
}
