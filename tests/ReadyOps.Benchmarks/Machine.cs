namespace ReadyOps.Benchmarks;

/// <summary>What else to know about the machine while it measures.</summary>
internal static class Machine
{
    /// <summary>How many processes wanted a core over the last 1, 5 and 15 minutes, where the system says so.</summary>
    public static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";
}
