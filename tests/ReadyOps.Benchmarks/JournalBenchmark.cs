using System.Text.Json;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Benchmarks;

/// <summary>Appending, reading and verifying a journal against the disk and SHA-256, and where the time of reading goes.</summary>
internal static class JournalBenchmark
{
    public static async Task RunAsync()
    {
        await AppendAsync();
        await ReadAsync();
    }

    private static async Task AppendAsync()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("readyops-benchmark-");
        try
        {
            var store = new FolderJournalStore(folder.FullName, new EngineContext());
            await using IJournalLease lease = (await store.TryAcquireAsync("rollouts/append", TimeSpan.Zero, CancellationToken.None))!;
            JsonElement data = JsonSerializer.SerializeToElement(new { text = new string('x', 740) });
            byte[] kilobyte = new byte[1024];
            string file = Path.Combine(folder.FullName, "bare");
            Result[] results = await Rounds.MeasureAsync(warmUp: 20, rounds: 200,
                new Subject("limit: write of 1 KB, flushed to the disk", () => Run(() => Disk.Append(file, kilobyte))),
                new Subject("append of one event of 1 KB", () => lease.AppendAsync([new JournalEntry("Benchmark", "readyops", data)], CancellationToken.None).AsTask()));
            Table.Print("Appending to a journal", "ms", 1, results);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ReadAsync()
    {
        using var bed = new RolloutBed(health: false);
        await bed.RunAsync(RolloutMachine.Checkpoint, TimeSpan.FromDays(9) - TimeSpan.FromHours(1));
        FolderJournalStore store = bed.NewStore();
        IReadOnlyList<JournalLine> lines = await store.ReadAsync(bed.Stream, CancellationToken.None);
        Result[] results = await Rounds.MeasureAsync(warmUp: 5, rounds: 40,
            new Subject("limit: reading and one SHA-256 over all", () => Run(() => Disk.ReadAndHash(bed.JournalFile))),
            new Subject("verify", () => store.VerifyAsync(bed.Stream, CancellationToken.None).AsTask()),
            new Subject("read", () => store.ReadAsync(bed.Stream, CancellationToken.None).AsTask()),
            new Subject("fold of what was read", () => Run(() => new RolloutState().Fold(lines))));
        Table.Print($"Reading a journal of {lines.Count:N0} lines, {bed.JournalBytes / 1024.0 / 1024:0.0} MiB", "ms", 1, results);
    }

    private static Task Run(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}
