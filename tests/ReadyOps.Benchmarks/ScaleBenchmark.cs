using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Npgsql;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Benchmarks;

/// <summary>What an agent with many rollouts costs, on both stores; and how long a very long journal takes to fold.</summary>
internal static class ScaleBenchmark
{
    private const int Concurrency = 64;
    private const int TicksToMeasure = 20_000;
    private const int Turns = 5;

    /// <param name="database"><c>env:NAME</c> of a connection string; only the folder without one.</param>
    /// <param name="counts">How many rollouts.</param>
    /// <param name="events">How many events the long journal has; 0 for none.</param>
    public static async Task RunAsync(string? database, IReadOnlyList<int> counts, int events)
    {
        Console.WriteLine();
        Console.WriteLine($"### Rollouts in one agent, {Concurrency} ticks side by side");
        Console.WriteLine();
        Console.WriteLine("| store | rollouts | ticks | ticks/s | CPU, ms a tick | of all passes | beside the fewest | heap, MB | KB a rollout | questions to Prometheus a round | wanted |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (string? place in database is null ? [null] : new[] { null, database })
        {
            // Once unseen: the first pays for the compiler. Then all sizes in turn, several times: what disturbs one pass is in the others of all.
            await TickAsync(place, counts[0]);
            List<Pass[]> turns = [];
            for (int turn = 0; turn < Turns; turn++)
            {
                List<Pass> passes = [];
                foreach (int count in counts) passes.Add(await TickAsync(place, count));
                turns.Add([.. passes]);
            }

            double fewest = turns.Min(turn => turn[0].Cpu);
            for (int i = 0; i < counts.Count; i++) Write(place, counts[i], [.. turns.Select(turn => turn[i]).OrderBy(pass => pass.Cpu)], fewest);
        }

        if (database is not null) await AppendAsync(database);
        if (events > 0) await FoldAsync(events);
    }

    private static async Task<Pass> TickAsync(string? database, int count)
    {
        using var schema = database is null ? null : await BenchmarkSchema.MakeAsync(database);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        using var bed = new ScaleBed(schema?.Location);
        await bed.StartAsync(count);
        // Twice, so that each has been read once and checkpoints have begun to come round.
        await bed.TickAsync(Concurrency);
        await bed.TickAsync(Concurrency);
        int rounds = Math.Max(3, TicksToMeasure / count);
        long asked = bed.Asked;
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        for (int round = 0; round < rounds; round++) await bed.TickAsync(Concurrency);
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double perTick = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds / rounds / count;
        return new Pass(rounds * count, rounds * count / seconds, perTick, (GC.GetTotalMemory(forceFullCollection: true) - before) / 1e6, (bed.Asked - asked) / (double)rounds);
    }

    /// <summary>The pass that was disturbed least: what else the machine does only adds.</summary>
    private static void Write(string? database, int count, Pass[] passes, double fewest)
    {
        Pass best = passes[0];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {(database is null ? "folder" : "PostgreSQL")} | {count:N0} | {best.Ticks:N0} | {passes.Max(pass => pass.PerSecond):N0} | {best.Cpu:0.00} | {best.Cpu:0.00}–{passes[^1].Cpu:0.00} | {best.Cpu / fewest:0.00} | {passes.Max(pass => pass.Megabytes):0.0} | {passes.Max(pass => pass.Megabytes) * 1000 / count:0.0} | {best.Asked:0.0} | {3 * count:N0} |"));
    }

    /// <param name="Ticks">How many were measured.</param>
    /// <param name="PerSecond">Ticks a second.</param>
    /// <param name="Cpu">Milliseconds of processor time a tick, the kernel's included.</param>
    /// <param name="Megabytes">What the heap has grown by.</param>
    /// <param name="Asked">Questions to Prometheus a round.</param>
    private sealed record Pass(int Ticks, double PerSecond, double Cpu, double Megabytes, double Asked);

    /// <summary>Appending in PostgreSQL beside a bare INSERT that is committed.</summary>
    private static async Task AppendAsync(string database)
    {
        using BenchmarkSchema schema = await BenchmarkSchema.MakeAsync(database);
        var store = new PostgresJournalStore(schema.Location, new EngineContext());
        await using IJournalLease lease = (await store.TryAcquireAsync("rollouts/append", TimeSpan.Zero, CancellationToken.None))!;
        await using var connection = new NpgsqlConnection((await store.Database.AddressAsync(CancellationToken.None)).ConnectionString);
        await connection.OpenAsync();
        await using (var make = new NpgsqlCommand($"CREATE TABLE {schema.Name}.bare (line bytea)", connection)) await make.ExecuteNonQueryAsync();
        byte[] kilobyte = new byte[1024];
        JsonElement data = JsonSerializer.SerializeToElement(new { text = new string('x', 740) });
        string file = Path.GetTempFileName();
        Result[] results = await Rounds.MeasureAsync(warmUp: 20, rounds: 200,
            new Subject("limit: write of 1 KB, flushed to the disk", () => { Disk.Append(file, kilobyte); return Task.CompletedTask; }),
            new Subject("limit: a bare INSERT of 1 KB", async () =>
            {
                await using var insert = new NpgsqlCommand($"INSERT INTO {schema.Name}.bare VALUES ($1)", connection) { Parameters = { new() { Value = kilobyte } } };
                await insert.ExecuteNonQueryAsync();
            }),
            new Subject("append of one event of 1 KB", () => lease.AppendAsync([new JournalEntry("Benchmark", "readyops", data)], CancellationToken.None).AsTask()));
        File.Delete(file);
        Table.Print("Appending to a journal in PostgreSQL", "ms", 1, results);
    }

    /// <summary>A journal as years of checkpoints would leave it, folded by a process that was just started.</summary>
    private static async Task FoldAsync(int events)
    {
        using var bed = new RolloutBed(health: false);
        await bed.RunAsync(RolloutMachine.Checkpoint, TimeSpan.FromHours(2));
        FolderJournalStore store = bed.NewStore();
        IReadOnlyList<JournalLine> lines = await store.ReadAsync(bed.Stream, CancellationToken.None);
        JournalLine checkpoint = lines.Last(line => line.Type == nameof(SignalsObserved));
        var entry = new JournalEntry(checkpoint.Type, checkpoint.Actor, checkpoint.Data);
        await using (FileStream file = new(bed.JournalFile, FileMode.Append))
        {
            ArrayBufferWriter<byte> output = new(1 << 20);
            string hash = lines[^1].Hash;
            for (long sequence = lines.Count + 1; sequence <= events; sequence++)
            {
                hash = JournalChain.Write(output, entry, sequence, hash, checkpoint.Time, checkpoint.Host).Hash;
                if (output.WrittenCount < 1 << 20 && sequence < events) continue;
                await file.WriteAsync(output.WrittenMemory);
                output.ResetWrittenCount();
            }
        }

        Console.WriteLine();
        Console.WriteLine($"### A journal of {events:N0} events, {bed.JournalBytes / 1e6:N0} MB");
        Console.WriteLine();
        Console.WriteLine("| | seconds | MB/s | events/s | heap at most, MB |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        await OnceAsync("limit: reading and one SHA-256 over all", bed, events, () =>
        {
            using FileStream file = File.OpenRead(bed.JournalFile);
            System.Security.Cryptography.SHA256.HashData(file);
            return Task.CompletedTask;
        });
        await OnceAsync("verify (Test-DeploymentJournal)", bed, events, () => store.VerifyAsync(bed.Stream, CancellationToken.None).AsTask());
        RolloutService service = bed.NewService();
        await OnceAsync("read, verify and fold (first look of a process)", bed, events, () => service.GetAsync(bed.Id, CancellationToken.None).AsTask());
        await OnceAsync("the next look", bed, events, () => service.GetAsync(bed.Id, CancellationToken.None).AsTask());
        await OnceAsync("its tick, which leaves a snapshot", bed, events, () => service.TickAsync(bed.Id, CancellationToken.None).AsTask());
        await OnceAsync("first look of a process with a snapshot", bed, events, () => bed.NewService().GetAsync(bed.Id, CancellationToken.None).AsTask());
    }

    private static async Task OnceAsync(string what, RolloutBed bed, int events, Func<Task> run)
    {
        double seconds = 0;
        long most = await Peak.MeasureAsync(async () =>
        {
            long began = Stopwatch.GetTimestamp();
            await run();
            seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {seconds:0.0000} | {bed.JournalBytes / 1e6 / seconds:N0} | {events / seconds:N0} | {most / 1e6:0.0} |"));
    }
}
