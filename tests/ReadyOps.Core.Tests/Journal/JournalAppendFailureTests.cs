using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalAppendFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<ReadyOpsException> FailsAsync(IJournalLease lease, params JournalEntry[] entries) =>
        await Assert.ThrowsAsync<ReadyOpsException>(async () => await lease.AppendAsync(entries, Cancel));

    [Fact]
    public async Task Lines_that_another_process_may_have_left_unflushed_are_flushed_before_anybody_acts_on_them_and_only_once()
    {
        FaultyMedium medium = new(new MemoryMedium());
        await AppendAsync(new JournalStore(medium, Context), "One");
        JournalStore next = new(medium, Context);
        int before = medium.Flushes;
        await using (await AcquireAsync(next))
            Assert.True(medium.Flushes > before);
        int after = medium.Flushes;
        await using (await AcquireAsync(next))
            Assert.Equal(after, medium.Flushes);

        medium.FlushFails = true;
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await AcquireAsync(new JournalStore(medium, Context)));
        Assert.Equal("JournalUnavailable", e.Id);
        medium.FlushFails = false;
        await using (await AcquireAsync(new JournalStore(medium, Context)))
            Assert.True(medium.Flushes > after);
    }

    [Fact]
    public async Task A_disk_full_at_any_byte_of_an_append_leaves_the_journal_as_it_was_and_the_lease_usable()
    {
        MemoryMedium probe = new();
        await AppendAsync(new JournalStore(probe, Context), "One", "Two");
        using IJournalFile whole = probe.OpenRead(Checkout)!;
        MemoryMedium one = new();
        await AppendAsync(new JournalStore(one, Context), "One");
        using IJournalFile first = one.OpenRead(Checkout)!;
        long size = whole.Length - first.Length;

        for (long room = 0; room < size; room++)
        {
            FaultyMedium medium = new(new MemoryMedium());
            JournalStore store = new(medium, Context);
            await using IJournalLease lease = await AcquireAsync(store);
            JournalLine acknowledged = Assert.Single(await lease.AppendAsync([Entry("One", """{"of":"One"}""")], Cancel));
            medium.Room = room;
            ReadyOpsException failed = await FailsAsync(lease, Entry("Two", """{"of":"Two"}"""));
            Assert.Equal("JournalWriteFailed", failed.Id);
            Assert.Contains("No space left", failed.Message, StringComparison.Ordinal);
            Assert.Equal([acknowledged], lease.Lines);
            using IJournalFile file = medium.OpenRead(Checkout)!;
            Assert.Equal(first.Length, file.Length);

            medium.Room = long.MaxValue;
            await lease.AppendAsync([Entry("Three")], Cancel);
            Assert.Equal(["One", "Three"], (await store.ReadAsync(Checkout, Cancel)).Select(l => l.Type));
        }
    }

    [Fact]
    public async Task A_flush_that_fails_acknowledges_nothing_and_ends_the_lease_when_taking_back_cannot_be_made_sure()
    {
        FaultyMedium medium = new(new MemoryMedium());
        JournalStore store = new(medium, Context);
        await using IJournalLease lease = await AcquireAsync(store);
        await lease.AppendAsync([Entry("One")], Cancel);
        medium.FlushFails = true;
        Assert.Equal("JournalWriteFailed", (await FailsAsync(lease, Entry("Two"))).Id);
        medium.FlushFails = false;
        Assert.Contains("could not be taken back", (await FailsAsync(lease, Entry("Three"))).Message, StringComparison.Ordinal);
        Assert.Equal(["One"], (await store.ReadAsync(Checkout, Cancel)).Select(l => l.Type));
    }

    [Fact]
    public async Task When_half_an_append_cannot_be_cut_off_the_next_holder_does_it()
    {
        FaultyMedium medium = new(new MemoryMedium());
        JournalStore store = new(medium, Context);
        await using (IJournalLease lease = await AcquireAsync(store))
        {
            await lease.AppendAsync([Entry("One")], Cancel);
            (medium.Room, medium.CutFails) = (30, true);
            await FailsAsync(lease, Entry("Two"));
            (medium.Room, medium.CutFails) = (long.MaxValue, false);
            await FailsAsync(lease, Entry("Three"));
        }
        await using IJournalLease next = await AcquireAsync(store);
        Assert.Equal(["One", "TornTailRemoved"], next.Lines.Select(l => l.Type));
        Assert.Equal(30, next.Lines[1].Data.GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task A_catalog_that_cannot_be_written_never_fails_an_append_and_is_made_good_at_the_next_acquire()
    {
        MemoryMedium medium = new();
        JournalStore store = new(medium, Context);
        await using (IJournalLease lease = await AcquireAsync(store))
        {
            using (medium.TryLock("catalog", "a test"))
                await lease.AppendAsync([Entry("One")], Cancel);
        }
        Assert.Empty(await store.ReadAsync("catalog", Cancel));
        JournalVerification verification = await store.VerifyAsync(Checkout, Cancel);
        Assert.True(verification.Valid);
        Assert.Contains("not in the catalog yet", verification.Reason, StringComparison.Ordinal);

        await (await AcquireAsync(new JournalStore(medium, Context))).DisposeAsync();
        Assert.Equal(Checkout, Assert.Single(await store.ReadAsync("catalog", Cancel)).Data.GetProperty("stream").GetString());
    }

    [Fact]
    public async Task An_append_is_fenced_off_when_somebody_else_wrote_since()
    {
        FolderJournalStore store = new(_folder.Path, Context);
        await AppendAsync(store, "One");
        string path = _folder.File(Checkout + ".jsonl");
        byte[] one = await File.ReadAllBytesAsync(path, Cancel);
        await using IJournalLease lease = await AcquireAsync(store);

        byte[] longer = [.. one, .. "{"u8];
        await File.WriteAllBytesAsync(path, longer, Cancel);
        Assert.Equal("JournalFenced", (await FailsAsync(lease, Entry("Two"))).Id);
        Assert.Equal(longer, await File.ReadAllBytesAsync(path, Cancel));

        byte[] sameLength = [.. one];
        sameLength[^10] ^= 1;
        await File.WriteAllBytesAsync(path, sameLength, Cancel);
        Assert.Equal("JournalFenced", (await FailsAsync(lease, Entry("Two"))).Id);
        Assert.Equal(sameLength, await File.ReadAllBytesAsync(path, Cancel));

        File.Delete(path);
        Assert.Equal("JournalFenced", (await FailsAsync(lease, Entry("Two"))).Id);
        Assert.False(File.Exists(path));

        await File.WriteAllBytesAsync(path, one, Cancel);
        await lease.AppendAsync([Entry("Two")], Cancel);
        Assert.Equal(["One", "Two"], (await store.ReadAsync(Checkout, Cancel)).Select(l => l.Type));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_an_expected_failure()
    {
        string file = _folder.File("taken");
        await File.WriteAllTextAsync(file, "", Cancel);
        FolderJournalStore store = new(Path.Combine(file, "below"), Context);
        ReadyOpsException failed = await Assert.ThrowsAsync<ReadyOpsException>(async () => await AcquireAsync(store));
        Assert.Equal("JournalUnavailable", failed.Id);
    }
}
