using ReadyOps.Core.Rollouts;

namespace ReadyOps.Benchmarks;

/// <summary>What one tick of a rollout with four signals costs, and what its journal weighs.</summary>
internal static class TickBenchmark
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan NineDays = TimeSpan.FromDays(9) - TimeSpan.FromHours(1);

    public static async Task RunAsync()
    {
        await ShortAsync();
        await LongAsync(health: false, RolloutMachine.Checkpoint, "one checkpoint every 5 min");
        await LongAsync(health: true, TimeSpan.FromMinutes(1), "a health check looked at every minute");
        await GrowthAsync();
    }

    private static async Task ShortAsync()
    {
        using var quiet = new RolloutBed(health: false);
        using var loud = new RolloutBed(health: false);
        RolloutService quietService = quiet.NewService(), loudService = loud.NewService();
        byte[] kilobyte = new byte[1024];
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        long before = loud.JournalBytes;
        const int Rounds = 100, WarmUp = 20;
        Result[] results = await Benchmarks.Rounds.MeasureAsync(WarmUp, Rounds,
            new Subject("limit: one append of 1 KB, flushed to the disk", () => Run(() => Disk.Append(file, kilobyte))),
            // So small an advance that no checkpoint is due in all rounds.
            new Subject("tick that journals nothing", () => TickAsync(quietService, quiet, TimeSpan.FromSeconds(2))),
            new Subject("tick that journals a checkpoint", () => TickAsync(loudService, loud, RolloutMachine.Checkpoint)));
        File.Delete(file);
        Table.Print("One tick, short journal", "ms", 1, results);
        Console.WriteLine();
        Console.WriteLine($"A checkpoint of four signals adds {(loud.JournalBytes - before) / (Rounds + WarmUp):N0} bytes.");
    }

    private static async Task LongAsync(bool health, TimeSpan pace, string what)
    {
        using var bed = new RolloutBed(health);
        await bed.RunAsync(pace, NineDays);
        RolloutService warm = bed.NewService();
        Result[] results = await Benchmarks.Rounds.MeasureAsync(warmUp: 3, rounds: 25,
            new Subject("limit: reading the journal and one SHA-256 over it", () => Run(() => Disk.ReadAndHash(bed.JournalFile))),
            new Subject("tick in a process that ticks on", () => TickAsync(warm, bed, TimeSpan.FromSeconds(1))),
            new Subject("Get (what a list or a status page asks) in one just started, without a snapshot", () => bed.NewServiceThatReadsAll().GetAsync(bed.Id, CancellationToken.None).AsTask()),
            new Subject("tick in a process that was just started, without a snapshot; it leaves one", () => TickAsync(bed.NewServiceThatReadsAll(), bed, TimeSpan.FromSeconds(1))),
            new Subject("tick in a process that was just started, with a snapshot", () => TickAsync(bed.NewService(), bed, TimeSpan.FromSeconds(1))),
            new Subject("Get in one just started, with a snapshot", () => bed.NewService().GetAsync(bed.Id, CancellationToken.None).AsTask()));
        Table.Print($"One tick after nine days, {what} ({File.ReadLines(bed.JournalFile).Count():N0} lines, {bed.JournalBytes / 1024.0 / 1024:0.0} MiB; snapshot {bed.SnapshotBytes:N0} bytes)", "ms", 1, results);
    }

    private static async Task GrowthAsync()
    {
        Console.WriteLine();
        Console.WriteLine("### Growth of the journal in a simulated day");
        Console.WriteLine();
        Console.WriteLine("| signals | tick | lines | bytes |");
        Console.WriteLine("|---|---|---:|---:|");
        foreach ((bool health, TimeSpan pace) in new[] { (false, Pace), (true, TimeSpan.FromMinutes(1)), (true, Pace) })
        {
            using var bed = new RolloutBed(health);
            // Not the first day: the start itself, with its document, is not what grows.
            await bed.RunAsync(pace, TimeSpan.FromHours(1));
            (long bytes, int lines) = (bed.JournalBytes, File.ReadLines(bed.JournalFile).Count());
            await bed.RunAsync(pace, TimeSpan.FromDays(1));
            Console.WriteLine($"| {(health ? "3 metrics and a health check" : "4 metrics")} | {pace.TotalSeconds:0} s | {File.ReadLines(bed.JournalFile).Count() - lines:N0} | {bed.JournalBytes - bytes:N0} |");
        }
    }

    private static async Task TickAsync(RolloutService service, RolloutBed bed, TimeSpan pace)
    {
        bed.Clock.Advance(pace);
        await service.TickAsync(bed.Id, CancellationToken.None);
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
