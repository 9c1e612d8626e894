using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ReadyOps.Simulation;

/// <summary>What a number of seeds came to.</summary>
internal sealed class SimulationReport
{
    public long Seeds { get; set; }

    public long Operations { get; set; }

    public long Commands { get; set; }

    /// <summary>How often the state of a rollout was kept beside its journal.</summary>
    public long SnapshotsKept { get; set; }

    /// <summary>How often something was written on a full disk, in the room that was kept for it.</summary>
    public long ReserveUsed { get; set; }

    /// <summary>How often a process found one.</summary>
    public long SnapshotsFound { get; set; }

    public long[] Faults { get; } = new long[Enum.GetValues<Fault>().Length];

    public long[] Checked { get; } = new long[Enum.GetValues<Law>().Length];

    /// <summary>How many rollouts ended in which phase.</summary>
    public SortedDictionary<string, long> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>The seeds that broke a law, with what they broke.</summary>
    public SortedDictionary<ulong, LawBrokenException> Broken { get; } = [];

    public TimeSpan Took { get; set; }

    /// <summary>What a run of that many seeds or more has in it.</summary>
    public const int Enough = 2_000;

    /// <summary>What never happened, in a sentence each: a world that lost a fault would be survived too easily. Says nothing of a short run.</summary>
    public IEnumerable<string> Missing()
    {
        if (Seeds < Enough) yield break;
        foreach (Fault fault in Enum.GetValues<Fault>())
            if (Faults[(int)fault] == 0) yield return $"{fault} never happened";
        foreach (Law law in Enum.GetValues<Law>())
            if (Checked[(int)law] == 0) yield return $"{law} was never checked";
        if (SnapshotsFound == 0) yield return "no process began with a snapshot";
        if (ReserveUsed == 0) yield return "nothing was written on a full disk";
        foreach (string end in (string[])["succeeded", "rolledBack", "failed", "superseded", "paused"])
            if (Ends.GetValueOrDefault(end) == 0) yield return $"no rollout ended {end}";
    }

    /// <summary>All of it in a few lines.</summary>
    public override string ToString()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(invariant, $"{Seeds:N0} seeds in {Took.TotalSeconds:0.0} s: {Commands:N0} commands, {Operations:N0} operations, {Faults.Sum():N0} faults, {Checked.Sum():N0} checks of {Checked.Length} laws");
        text.AppendLine(invariant, $"rollouts: {string.Join(", ", Ends.Select(end => string.Create(invariant, $"{end.Key} {end.Value:N0}")))}");
        text.AppendLine(invariant, $"snapshots: {SnapshotsKept:N0} kept, {SnapshotsFound:N0} found by another process; reserve of the disk used {ReserveUsed:N0} times");
        foreach (Fault fault in Enum.GetValues<Fault>()) text.AppendLine(invariant, $"  {fault,-26}{Faults[(int)fault],16:N0}");
        foreach (Law law in Enum.GetValues<Law>()) text.AppendLine(invariant, $"  {law,-26}{Checked[(int)law],16:N0}");
        return text.ToString();
    }

    public void Add(SimWorld world)
    {
        Seeds++;
        Operations += world.Operations;
        Commands += world.Commands;
        SnapshotsKept += world.Disk.SnapshotsKept;
        SnapshotsFound += world.Disk.SnapshotsFound;
        ReserveUsed += world.Disk.ReserveUsed;
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
        SnapshotsKept += other.SnapshotsKept;
        SnapshotsFound += other.SnapshotsFound;
        ReserveUsed += other.ReserveUsed;
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

    /// <summary>What became of a seed, with its story: the last events of it first of all.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="lines">How many lines of its story.</param>
    public static string Describe(ulong seed, int lines)
    {
        SimWorld world = Run(seed, tells: true);
        string verdict = world.Laws.Broken?.Message ?? "every law held";
        return $"Seed {seed}: {verdict}\n{string.Join('\n', world.Story!.TakeLast(lines))}\nReplay it: dotnet run --project tests/ReadyOps.Simulation -- --seed {seed}";
    }

    /// <summary>Runs seeds side by side, each as if it were alone.</summary>
    /// <param name="from">The first seed.</param>
    /// <param name="count">How many.</param>
    /// <param name="threads">How many at once.</param>
    /// <param name="stopAfter">How many broken seeds are enough.</param>
    /// <param name="fits">Leaves out the worlds that do not fit.</param>
    /// <param name="most">How many of those that fit are enough.</param>
    public static SimulationReport RunAll(ulong from, long count, int threads, int stopAfter, Func<SimDraw, bool>? fits = null, long most = long.MaxValue)
    {
        long begun = Stopwatch.GetTimestamp();
        var whole = new SimulationReport();
        long next = 0, fitting = 0;
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
                if (fits is not null && !fits(new SimDraw(seed))) continue;
                if (Interlocked.Increment(ref fitting) > most) break;
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
