using System.Text;
using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalPlaceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Journal => _folder.File(Checkout + ".jsonl");

    public void Dispose() => _folder.Dispose();

    private FolderJournalStore NewStore() => new(_folder.Path, Context);

    [Fact]
    public async Task Reading_goes_on_behind_a_known_line_and_its_end_is_the_next_known_one()
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One", "Two");
        JournalTail whole = await store.ReadAfterAsync(Checkout, null, Cancel);
        Assert.Null(whole.Before);
        Assert.Equal(["One", "Two"], whole.Lines.Select(line => line.Type));
        Assert.Equal(new JournalPlace(2, whole.Lines[1].Hash, whole.Lines[0].Hash, new FileInfo(Journal).Length), whole.End);

        await AppendAsync(store, "Three");
        JournalTail tail = await store.ReadAfterAsync(Checkout, whole.End, Cancel);
        Assert.Equal(whole.End, tail.Before);
        JournalLine three = Assert.Single(tail.Lines);
        Assert.Equal((3L, "Three", whole.Lines[1].Hash), (three.Sequence, three.Type, three.PreviousHash));
        Assert.Equal(new JournalPlace(3, three.Hash, whole.Lines[0].Hash, new FileInfo(Journal).Length), tail.End);
        Assert.Empty((await store.ReadAfterAsync(Checkout, tail.End, Cancel)).Lines);
    }

    [Fact]
    public async Task A_lease_that_begins_behind_a_known_line_continues_the_chain()
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One", "Two");
        JournalPlace? known = (await store.ReadAfterAsync(Checkout, null, Cancel)).End;
        await using (IJournalLease? lease = await store.TryAcquireAsync(Checkout, known, TimeSpan.Zero, Cancel))
        {
            Assert.Equal(known, lease!.Before);
            Assert.Empty(lease.Lines);
            await lease.AppendAsync([Entry("Three")], Cancel);
            Assert.Equal(3, Assert.Single(lease.Lines).Sequence);
            await lease.SealAsync(Cancel);
            Assert.Equal(3, lease.End!.Sequence);
        }

        AssertChain(await File.ReadAllBytesAsync(Journal, Cancel));
        JournalVerification verification = await NewStore().VerifyAsync(Checkout, Cancel);
        Assert.True(verification.Valid, verification.Reason);
        Assert.Contains("\"sequence\":3", await File.ReadAllTextAsync(_folder.File("catalog.jsonl"), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_line_that_is_there_no_more_is_not_believed_and_everything_is_read()
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One", "Two");
        JournalPlace known = (await store.ReadAfterAsync(Checkout, null, Cancel)).End!;
        using TemporaryFolder other = new();
        await AppendAsync(new FolderJournalStore(other.Path, Context), "Uno", "Dos", "Tres");
        File.Copy(other.File(Checkout + ".jsonl"), Journal, overwrite: true);

        JournalTail tail = await store.ReadAfterAsync(Checkout, known, Cancel);

        Assert.Null(tail.Before);
        Assert.Equal(["Uno", "Dos", "Tres"], tail.Lines.Select(line => line.Type));
        // Neither a line that was cut off nor one further on than the file is believed.
        Assert.Null((await store.ReadAfterAsync(Checkout, known with { Offset = known.Offset * 100 }, Cancel)).Before);
        Assert.Null((await store.ReadAfterAsync(Checkout, known with { Offset = 3 }, Cancel)).Before);
        Assert.Null((await store.ReadAfterAsync(Checkout, new JournalPlace(2, new string('a', 64), "", tail.End!.Offset), Cancel)).Before);
    }

    [Fact]
    public async Task Damage_behind_a_known_line_is_found_and_names_its_line()
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One", "Two");
        JournalPlace? known = (await store.ReadAfterAsync(Checkout, null, Cancel)).End;
        await AppendAsync(store, "Three", "Four");
        byte[] bytes = await File.ReadAllBytesAsync(Journal, Cancel);
        bytes[Encoding.UTF8.GetString(bytes).IndexOf("Three", StringComparison.Ordinal)] = (byte)'t';
        await File.WriteAllBytesAsync(Journal, bytes, Cancel);

        ReadyOpsException damaged = await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.ReadAfterAsync(Checkout, known, Cancel));
        Assert.Equal("JournalDamaged", damaged.Id);
        Assert.Contains("Line 3 ", damaged.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_torn_tail_behind_a_known_line_is_cut_off_and_noted()
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One", "Two");
        JournalPlace? known = (await store.ReadAfterAsync(Checkout, null, Cancel)).End;
        await File.AppendAllTextAsync(Journal, "{\"seq\":3,\"ti", Cancel);

        await using (IJournalLease? lease = await store.TryAcquireAsync(Checkout, known, TimeSpan.Zero, Cancel))
            Assert.Equal("TornTailRemoved", Assert.Single(lease!.Lines).Type);
        AssertChain(await File.ReadAllBytesAsync(Journal, Cancel));
    }

    [Fact]
    public async Task A_stamp_changes_with_each_append_and_with_nothing_else()
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One");
        string? before = Assert.Single(await store.ListStampsAsync("rollouts/", Cancel)).Mark;
        await store.VerifyAsync(Checkout, Cancel);
        Assert.Equal(before, Assert.Single(await store.ListStampsAsync("rollouts/", Cancel)).Mark);
        await AppendAsync(store, "Two");
        Assert.NotEqual(before, Assert.Single(await store.ListStampsAsync("rollouts/", Cancel)).Mark);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(40_000)]
    [InlineData(300_000)]
    public async Task The_last_line_is_read_without_the_others_however_long_it_is(int length)
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One");
        await using (IJournalLease lease = await AcquireAsync(store))
            await lease.AppendAsync([Entry("Long", $$"""{"text":"{{new string('x', length)}}"}""")], Cancel);

        JournalLine? last = await store.TryReadLastAsync(Checkout, Cancel);

        Assert.Equal((2L, "Long"), (last!.Sequence, last.Type));
        Assert.Equal((await store.ReadAsync(Checkout, Cancel))[1].Hash, last.Hash);
        await File.AppendAllTextAsync(Journal, "{\"seq\":3,\"ti", Cancel);
        Assert.Null(await store.TryReadLastAsync(Checkout, Cancel));
        Assert.Null(await store.TryReadLastAsync("rollouts/none", Cancel));
    }

    [Fact]
    public async Task Two_hundred_streams_are_noted_without_reading_the_catalog_anew_for_each()
    {
        FolderJournalStore store = NewStore();
        for (int i = 0; i < 200; i++)
        {
            await using IJournalLease lease = await AcquireAsync(store, $"rollouts/r{i}");
            await lease.AppendAsync([Entry("Opened")], Cancel);
        }

        // Another process adds one in between; both go on with what the other wrote.
        FolderJournalStore other = NewStore();
        await using (IJournalLease lease = await AcquireAsync(other, "rollouts/other"))
            await lease.AppendAsync([Entry("Opened")], Cancel);
        await using (IJournalLease lease = await AcquireAsync(store, "rollouts/last"))
            await lease.AppendAsync([Entry("Opened")], Cancel);
        IReadOnlyList<JournalLine> catalog = await store.ReadAsync("catalog", Cancel);
        Assert.Equal(202, catalog.Count);
        Assert.Equal(202, catalog.Select(line => line.Data.GetProperty("stream").GetString()).Distinct().Count());
    }
}
