using System.Diagnostics;

namespace ReadyOps.Simulation;

/// <summary>What a number of seeds came to.</summary>
internal sealed class SimulationReport
{
    public long Seeds { get; set; }

    public long Operations { get; set; }

    public long Commands { get; set; }

    public long[] Faults { get; } = new long[Enum.GetValues<Fault>().Length];

    public long[] Checked { get; } = new long[Enum.GetValues<Law>().Length];

    /// <summary>How many rollouts ended in which phase.</summary>
    public SortedDictionary<string, long> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>The seeds that broke a law, with what they broke.</summary>
    public SortedDictionary<ulong, LawBrokenException> Broken { get; } = [];

    public TimeSpan Took { get; set; }

    public void Add(SimWorld world)
    {
        Seeds++;
        Operations += world.Operations;
        Commands += world.Commands;
        for (int i = 0; i < Faults.Length; i++) Faults[i] += world.Faults[i];
        for (int i = 0; i < Checked.Length; i++) Checked[i] += world.Laws.Checked[i];
        foreach (Ledger ledger in world.Laws.Ledgers)
        {
            string end = ledger.IsPaused ? "paused" : ledger.Phase;
            Ends[end] = Ends.GetValueOrDefault(end) + 1;
        }
    }

    public void Add(SimulationReport other)
    {
        Seeds += other.Seeds;
        Operations += other.Operations;
        Commands += other.Commands;
        for (int i = 0; i < Faults.Length; i++) Faults[i] += other.Faults[i];
        for (int i = 0; i < Checked.Length; i++) Checked[i] += other.Checked[i];
        foreach ((string end, long count) in other.Ends) Ends[end] = Ends.GetValueOrDefault(end) + count;
        foreach ((ulong seed, LawBrokenException broken) in other.Broken) Broken[seed] = broken;
    }
}

/// <summary>Runs seeds.</summary>
internal static class Simulation
{
    /// <summary>Runs one seed to its end and tells what came of it.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="tells">Whether to keep a story of all that happened.</param>
    public static SimWorld Run(ulong seed, bool tells)
    {
        var world = new SimWorld(seed, tells);
        world.Run();
        return world;
    }

    /// <summary>Runs seeds side by side, each as if it were alone.</summary>
    /// <param name="from">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="threads">How many at once.</param>
    /// <param name="stopAfter">How many broken seeds are enough.</param>
    public static SimulationReport RunAll(ulong from, long count, int threads, int stopAfter)
    {
        long begun = Stopwatch.GetTimestamp();
        var whole = new SimulationReport();
        long next = 0;
        int broken = 0;
        Thread[] workers = [.. Enumerable.Range(0, threads).Select(_ => new Thread(Work) { IsBackground = true })];
        foreach (Thread worker in workers) worker.Start();
        foreach (Thread worker in workers) worker.Join();
        whole.Took = Stopwatch.GetElapsedTime(begun);
        return whole;

        void Work()
        {
            var mine = new SimulationReport();
            while (Volatile.Read(ref broken) < stopAfter && Interlocked.Increment(ref next) is var number && number <= count)
            {
                ulong seed = from + (ulong)(number - 1);
                SimWorld world = Run(seed, tells: false);
                mine.Add(world);
                if (world.Laws.Broken is not { } law) continue;
                mine.Broken[seed] = law;
                Interlocked.Increment(ref broken);
            }

            lock (whole) whole.Add(mine);
        }
    }
}
