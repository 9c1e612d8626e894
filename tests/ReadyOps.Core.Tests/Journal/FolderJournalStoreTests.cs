using System.Text;
using System.Text.Json;
using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class FolderJournalStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Journal => _folder.File(Checkout + ".jsonl");

    public void Dispose() => _folder.Dispose();

    private FolderJournalStore NewStore() => new(_folder.Path, Context);

    [Fact]
    public async Task A_line_is_written_exactly_as_documented()
    {
        await using IJournalLease lease = await AcquireAsync(NewStore());
        await lease.AppendAsync([Entry("ShareSet", """{ "share" : 0.05, "bound": "< 1%", "who": "Zoë" }""", "dana")], Cancel);

        byte[] bytes = await File.ReadAllBytesAsync(Journal, Cancel);
        string body = """{"seq":1,"time":"2026-11-21T10:15:00.0000000Z","actor":"dana","host":"build-07","type":"ShareSet","data":{"share":0.05,"bound":"< 1%","who":"Zoë"},"prev":"0000000000000000000000000000000000000000000000000000000000000000" """.TrimEnd();
        // printf '%s' '<body>' | sha256sum
        Assert.Equal(body + ",\"hash\":\"c1d2790803ce89eda25fa2ab490361f1ebed7c3c0eba2e17807c72579d6184fc\"}\n", Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public async Task What_was_appended_is_read_and_the_chain_holds()
    {
        FolderJournalStore store = NewStore();
        await AppendAsync(store, "One", "Two", "Three");
        await AppendAsync(NewStore(), "Four");

        IReadOnlyList<JournalLine> lines = await store.ReadAsync(Checkout, Cancel);
        Assert.Equal(["One", "Two", "Three", "Four"], lines.Select(l => l.Type));
        Assert.Equal([1L, 2, 3, 4], lines.Select(l => l.Sequence));
        Assert.Equal("Four", lines[3].Data.GetProperty("of").GetString());
        AssertChain(await File.ReadAllBytesAsync(Journal, Cancel));
        AssertChain(await File.ReadAllBytesAsync(_folder.File("catalog.jsonl"), Cancel));
        JournalVerification verification = await store.VerifyAsync(Checkout, Cancel);
        Assert.True(verification.Valid, verification.Reason);
        Assert.Equal(4, verification.Events);
        Assert.Equal(lines[3].Hash, verification.LastHash);
    }

    [Fact]
    public async Task A_stream_that_does_not_exist_is_empty_and_acquiring_it_does_not_make_it()
    {
        FolderJournalStore store = NewStore();
        Assert.Empty(await store.ReadAsync(Checkout, Cancel));
        await using (IJournalLease lease = await AcquireAsync(store))
            Assert.Empty(lease.Lines);
        Assert.Empty(await store.ListAsync("", Cancel));
        Assert.False((await store.VerifyAsync(Checkout, Cancel)).Valid);
    }

    [Fact]
    public async Task Streams_are_listed_by_prefix_in_ordinal_order()
    {
        FolderJournalStore store = NewStore();
        foreach (string stream in new[] { "rollouts/b", "rollouts/B", "gates/production", "rollouts/a" })
        {
            await using IJournalLease lease = await AcquireAsync(store, stream);
            await lease.AppendAsync([Entry("Opened")], Cancel);
        }
        Assert.Equal(["rollouts/B", "rollouts/a", "rollouts/b"], await store.ListAsync("rollouts/", Cancel));
        Assert.Equal(["catalog", "gates/production", "rollouts/B", "rollouts/a", "rollouts/b"], await store.ListAsync("", Cancel));
    }

    [Theory]
    [InlineData("")]
    [InlineData("../outside")]
    [InlineData("a/../b")]
    [InlineData("/absolute")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("C:/x")]
    [InlineData("a\\b")]
    [InlineData(".hidden")]
    [InlineData("dot.")]
    [InlineData("sp ace")]
    [InlineData("zoë")]
    [InlineData("rollouts/NUL")]
    [InlineData("rollouts/com1.x")]
    [InlineData("a.jsonl/b")]
    [InlineData("a.lock")]
    [InlineData("line\nbreak")]
    public async Task A_name_that_is_no_safe_path_is_refused(string stream)
    {
        FolderJournalStore store = NewStore();
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await AcquireAsync(store, stream));
        Assert.Equal("JournalStreamInvalid", refused.Id);
        await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.ReadAsync(stream, Cancel));
    }

    [Theory]
    [InlineData("catalog")]
    [InlineData("Catalog")]
    public async Task The_catalog_is_only_the_stores_own(string stream)
    {
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await AcquireAsync(NewStore(), stream));
        Assert.Equal("JournalStreamInvalid", refused.Id);
    }

    [Fact]
    public async Task Two_leases_of_one_stream_exclude_each_other()
    {
        FolderJournalStore store = NewStore(), other = NewStore();
        IJournalLease lease = await AcquireAsync(store);
        Assert.Null(await store.TryAcquireAsync(Checkout, TimeSpan.Zero, Cancel));
        Assert.Null(await other.TryAcquireAsync(Checkout, TimeSpan.FromSeconds(1), Cancel));
        Assert.Equal($"build-07, process {Environment.ProcessId}, since 2026-11-21T10:15:00Z", new FolderJournalStore(_folder.Path, new()).DescribeHolder(Checkout));
        await (await AcquireAsync(other, "rollouts/other")).DisposeAsync();

        await lease.DisposeAsync();
        await using IJournalLease next = await AcquireAsync(other);
        await lease.DisposeAsync();
        Assert.Null(await store.TryAcquireAsync(Checkout, TimeSpan.Zero, Cancel));
    }

    [Fact]
    public async Task A_lease_that_was_given_back_appends_nothing()
    {
        IJournalLease lease = await AcquireAsync(NewStore());
        await lease.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await lease.AppendAsync([Entry("Late")], Cancel));
        Assert.False(File.Exists(Journal));
    }

    [Fact]
    public async Task Events_with_data_that_is_no_object_are_refused_and_nothing_is_written()
    {
        await using IJournalLease lease = await AcquireAsync(NewStore());
        JournalEntry[] entries = [Entry("Good"), Entry("Bad", "[1]")];
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await lease.AppendAsync(entries, Cancel));
        Assert.Equal("JournalEntryInvalid", refused.Id);
        refused = await Assert.ThrowsAsync<ReadyOpsException>(
            async () => await lease.AppendAsync([new JournalEntry("Undefined", "dana", default(JsonElement))], Cancel));
        Assert.Equal("JournalEntryInvalid", refused.Id);
        Assert.False(File.Exists(Journal));
        Assert.Empty(lease.Lines);
    }
}
