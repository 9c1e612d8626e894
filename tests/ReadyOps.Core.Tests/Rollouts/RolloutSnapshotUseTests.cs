using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Journal;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Whatever is kept beside a journal, and whatever became of it, a rollout goes the same way: the journals end with the same hash.</summary>
public sealed class RolloutSnapshotUseTests
{
    private const string Plan = """
        {"tick":"1m","steps":[{"share":"10%","hold":"20m"},{"share":"100%","hold":"20m"}],"bake":"30m",
         "signals":[{"name":"errors","query":"q","bound":"<= 1%","for":"2m"},{"name":"slow","query":"p","bound":"<= 1%","for":"2m","stable":"r"}]}
        """;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Processes_that_begin_from_snapshots_go_the_way_of_one_that_reads_all(bool faulty)
    {
        (string expected, int none) = await RunAsync(faulty, every: long.MaxValue);
        Assert.Equal(0, none);
        (string hash, int kept) = await RunAsync(faulty, every: 1);
        Assert.True(kept > 10, $"{kept} snapshots");
        Assert.Equal(expected, hash);
        Assert.Equal(expected, (await RunAsync(faulty, every: 3000)).Hash);
    }

    [Fact]
    public async Task Whatever_becomes_of_a_snapshot_the_rollout_goes_the_same_way()
    {
        string expected = (await RunAsync(faulty: true, every: long.MaxValue)).Hash;
        byte[]? first = null;
        Func<byte[]?, byte[]?>[] fates =
        [
            kept => null,
            kept => [],
            kept => kept is null ? null : new byte[kept.Length],
            kept => kept?[..(kept.Length / 2)],
            kept => kept?[..^1],
            kept => Flipped(kept, 100),
            kept => kept is null ? null : Flipped(kept, kept.Length - 3),
            // An old one, put back.
            kept => first ??= kept,
            // Made by another build.
            kept => kept is null ? null : RolloutSnapshotTests.Signed(RolloutSnapshotTests.Json(kept).Replace("\"build\":\"", "\"build\":\"0", StringComparison.Ordinal)),
            // Of another stream.
            kept => kept is null ? null : RolloutSnapshotTests.Signed(RolloutSnapshotTests.Json(kept).Replace("\"stream\":\"rollouts/", "\"stream\":\"rollouts/a", StringComparison.Ordinal)),
            // Of a line that the journal does not hold, longer than it, and of a place that no line ends at; each says that all is well.
            kept => Moved(kept, place => place with { Hash = new string('1', 64) }),
            kept => Moved(kept, place => place with { Offset = place.Offset + 100_000, Sequence = place.Sequence + 100 }),
            kept => Moved(kept, place => place with { Offset = place.Offset - 1 }),
        ];
        for (int i = 0; i < fates.Length; i++)
        {
            (string hash, int kept) = await RunAsync(faulty: true, every: 1, fates[i]);
            Assert.True(expected == hash && kept > 0, $"fate {i}");
        }
    }

    [Fact]
    public async Task Killed_before_or_after_keeping_a_snapshot_a_rollout_ends_as_it_should()
    {
        for (int before = 0; before < 40; before++)
        {
            var kill = new KillSwitch(int.MaxValue);
            var world = new RolloutWorld(kill) { SnapshotEvery = 1, Value = Fault };
            string id = (await world.NewProcess().StartAsync(RolloutWorld.Document(Plan), new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
            int died = before;
            while (!(await world.NewProcess().GetAsync(id, CancellationToken.None)).Ended)
            {
                world.Clock.Advance(s_minute);
                // Of a tick only the part behind its decision may be lost without changing when things happen: an act is repeated at once.
                kill.Arm(died--);
                try
                {
                    await world.NewProcess().TickAsync(id, CancellationToken.None);
                }
                catch (KilledException)
                {
                }

                kill.Revive();
                if (died < 0) await world.NewProcess().TickAsync(id, CancellationToken.None);
            }

            RolloutStatus end = await world.NewProcess().GetAsync(id, CancellationToken.None);
            Assert.Equal((RolloutPhase.RolledBack, 0m), (end.Phase, end.SharePercent));
            Assert.True((await world.Store.VerifyAsync(RolloutService.Prefix + id, CancellationToken.None)).Valid);
        }
    }

    [Fact]
    public async Task Two_processes_that_take_turns_use_each_others_snapshots()
    {
        string expected = (await RunAsync(faulty: true, every: long.MaxValue)).Hash;
        var world = new RolloutWorld { SnapshotEvery = 2000, Value = Fault };
        RolloutService[] two = [world.NewProcess(), world.NewProcess()];
        string id = (await two[0].StartAsync(RolloutWorld.Document(Plan), new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
        for (int i = 1; !(await two[i % 2].GetAsync(id, CancellationToken.None)).Ended; i++)
        {
            world.Clock.Advance(s_minute);
            await two[i % 2].TickAsync(id, CancellationToken.None);
            if (i % 10 == 0) two[i % 2] = world.NewProcess();
        }

        Assert.Equal(expected, await HashAsync(world, id));
    }

    [Fact]
    public async Task A_journal_that_was_replaced_counts_and_not_what_was_kept_beside_the_one_before()
    {
        using var folder = new TemporaryFolder();
        var world = new RolloutWorld(store: context => new FolderJournalStore(folder.Path, context)) { SnapshotEvery = 1 };
        string id = (await world.NewProcess().StartAsync(RolloutWorld.Document(Plan), new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
        string journal = Path.Combine(folder.Path, "rollouts", id + ".jsonl"), snapshot = Path.Combine(folder.Path, "rollouts", id + ".snapshot");
        byte[] early = await File.ReadAllBytesAsync(journal, TestContext.Current.CancellationToken);
        for (int i = 0; i < 25; i++)
        {
            world.Clock.Advance(s_minute);
            await world.NewProcess().TickAsync(id, CancellationToken.None);
        }

        Assert.True(File.Exists(snapshot));
        RolloutStatus now = await world.NewProcess().GetAsync(id, CancellationToken.None);
        Assert.Equal(2, now.Step);
        await File.WriteAllBytesAsync(journal, early, TestContext.Current.CancellationToken);
        RolloutStatus then = await world.NewProcess().GetAsync(id, CancellationToken.None);
        Assert.Equal(1, then.Step);

        // And the next tick keeps one that fits.
        byte[] old = await File.ReadAllBytesAsync(snapshot, TestContext.Current.CancellationToken);
        await world.NewProcess().TickAsync(id, CancellationToken.None);
        Assert.NotEqual(old, await File.ReadAllBytesAsync(snapshot, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_snapshot_is_no_journal_is_not_copied_and_a_short_rollout_never_has_one()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        var world = new RolloutWorld(store: context => new FolderJournalStore(folder.Path, context)) { SnapshotEvery = 1 };
        string id = (await world.NewProcess().StartAsync(RolloutWorld.Document(Plan), new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
        string stream = RolloutService.Prefix + id;
        Assert.True(File.Exists(Path.Combine(folder.Path, stream + ".snapshot")));
        Assert.DoesNotContain(await world.Store.ListAsync("", CancellationToken.None), name => name.Contains("snapshot", StringComparison.Ordinal));
        FolderJournalStore from = new(folder.Path, world.Context), to = new(other.Path, world.Context);
        await foreach (JournalVerification one in from.VerifyAllAsync("", CancellationToken.None)) Assert.True(one.Valid, one.Reason);
        await new JournalCopier(from, to).CopyAsync(stream, null, CancellationToken.None);
        Assert.Empty(Directory.GetFiles(other.Path, "*.snapshot", SearchOption.AllDirectories));

        var usual = new RolloutWorld();
        id = (await usual.StartAsync(Plan)).Id;
        await usual.RunAsync(id, s_minute, TimeSpan.FromHours(3));
        Assert.Equal(0, usual.Store.SnapshotsKept);
    }

    [Fact]
    public async Task Where_a_snapshot_can_neither_be_written_nor_read_ticks_go_on()
    {
        string expected = (await RunAsync(faulty: true, every: long.MaxValue)).Hash;
        using var folder = new TemporaryFolder();
        var world = new RolloutWorld(store: context => new FolderJournalStore(folder.Path, context)) { SnapshotEvery = 1, Value = Fault };
        string id = (await world.NewProcess().StartAsync(RolloutWorld.Document(Plan), new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
        string snapshot = Path.Combine(folder.Path, "rollouts", id + ".snapshot");
        File.Delete(snapshot);
        Directory.CreateDirectory(Path.Combine(snapshot, "in the way"));
        Assert.Equal(expected, await EndAsync(world, id));
    }

    [Fact]
    public async Task Verification_finds_a_snapshot_that_tells_another_state_than_its_journal_and_removes_it()
    {
        using var folder = new TemporaryFolder();
        var world = new RolloutWorld(store: context => new FolderJournalStore(folder.Path, context)) { SnapshotEvery = 1 };
        string id = (await world.NewProcess().StartAsync(RolloutWorld.Document(Plan), new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
        string stream = RolloutService.Prefix + id, snapshot = Path.Combine(folder.Path, stream + ".snapshot");
        var verifier = new SnapshotVerifier(new FolderJournalStore(folder.Path, world.Context));
        JournalVerification whole = await world.Store.VerifyAsync(stream, CancellationToken.None);
        Assert.True(whole.Valid);
        Assert.Same(whole, await verifier.VerifyAsync(whole, CancellationToken.None));

        string json = RolloutSnapshotTests.Json(await File.ReadAllBytesAsync(snapshot, TestContext.Current.CancellationToken));
        string edited = json.Replace("\"sharePercent\":10", "\"sharePercent\":0", StringComparison.Ordinal);
        Assert.NotEqual(json, edited);
        await File.WriteAllBytesAsync(snapshot, RolloutSnapshotTests.Signed(edited), TestContext.Current.CancellationToken);
        // This is what a changed snapshot does, and why it is looked for.
        Assert.Equal(0m, (await world.NewProcess().GetAsync(id, CancellationToken.None)).SharePercent);

        JournalVerification found = await verifier.VerifyAsync(whole, CancellationToken.None);
        Assert.False(found.Valid);
        Assert.Contains("the snapshot beside them tells another state", found.Reason, StringComparison.Ordinal);
        Assert.False(File.Exists(snapshot));
        Assert.Equal(10m, (await world.NewProcess().GetAsync(id, CancellationToken.None)).SharePercent);
        Assert.Same(whole, await verifier.VerifyAsync(whole, CancellationToken.None));

        // What is damaged already, and what no rollout wrote, it leaves alone.
        JournalVerification damaged = whole with { Valid = false };
        Assert.Same(damaged, await verifier.VerifyAsync(damaged, CancellationToken.None));
    }

    private static byte[]? Flipped(byte[]? kept, int at)
    {
        if (kept is null) return null;
        byte[] flipped = [.. kept];
        flipped[at] ^= 4;
        return flipped;
    }

    private static byte[]? Moved(byte[]? kept, Func<JournalPlace, JournalPlace> move) => kept is null ? null
        : System.Text.Json.JsonDocument.Parse(RolloutSnapshotTests.Json(kept)).RootElement.GetProperty("stream").GetString() is { } stream && RolloutSnapshot.TryDecode(kept, stream) is { } fits
            ? RolloutSnapshot.TryEncode(stream, move(fits.Place), fits.State with { SharePercent = 55, Phase = RolloutPhase.Baking, Reason = "Not so." }) : kept;

    /// <summary>Bad for five minutes while it bakes.</summary>
    private static double Fault(string signal, DateTimeOffset time) => time.Minute is >= 40 and < 45 && signal == "errors" ? 0.5 : 0;

    private static async Task<(string Hash, int Kept)> RunAsync(bool faulty, long every, Func<byte[]?, byte[]?>? fate = null)
    {
        var world = new RolloutWorld { SnapshotEvery = every };
        if (faulty) world.Value = Fault;
        if (fate is not null) world.Store.Snapshot = fate;
        string id = (await world.NewProcess().StartAsync(RolloutWorld.Document(Plan), new RolloutStart { Release = "2.4.0" }, CancellationToken.None)).Id;
        string hash = await EndAsync(world, id);
        RolloutStatus end = await world.NewProcess().GetAsync(id, CancellationToken.None);
        Assert.Equal(faulty ? RolloutPhase.RolledBack : RolloutPhase.Succeeded, end.Phase);
        return (hash, world.Store.SnapshotsKept);
    }

    /// <summary>Each tick in a process of its own, as a scheduled task does.</summary>
    private static async Task<string> EndAsync(RolloutWorld world, string id)
    {
        for (int i = 0; i < 200 && !(await world.NewProcess().GetAsync(id, CancellationToken.None)).Ended; i++)
        {
            world.Clock.Advance(s_minute);
            await world.NewProcess().TickAsync(id, CancellationToken.None);
        }

        return await HashAsync(world, id);
    }

    private static async Task<string> HashAsync(RolloutWorld world, string id)
    {
        JournalVerification proof = await world.Store.VerifyAsync(RolloutService.Prefix + id, CancellationToken.None);
        Assert.True(proof.Valid, proof.Reason);
        return proof.LastHash;
    }
}
