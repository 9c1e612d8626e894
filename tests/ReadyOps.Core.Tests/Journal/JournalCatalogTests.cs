using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalCatalogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Journal => _folder.File(Checkout + ".jsonl");

    private FolderJournalStore Store => new(_folder.Path, Context);

    public void Dispose() => _folder.Dispose();

    private async Task SealedAsync(params string[] types)
    {
        await using IJournalLease lease = await AcquireAsync(Store);
        await lease.AppendAsync([.. types.Select(t => Entry(t))], Cancel);
        await lease.SealAsync(Cancel);
        await lease.SealAsync(Cancel);
    }

    [Fact]
    public async Task Beginning_and_sealing_a_stream_are_noted_once()
    {
        await SealedAsync("One", "Two");
        IReadOnlyList<JournalLine> lines = await Store.ReadAsync(Checkout, Cancel);
        IReadOnlyList<JournalLine> catalog = await Store.ReadAsync("catalog", Cancel);
        Assert.Equal(["StreamOpened", "StreamSealed"], catalog.Select(l => l.Type));
        Assert.Equal($$"""{"stream":"{{Checkout}}","hash":"{{lines[0].Hash}}"}""", catalog[0].Data.GetRawText());
        Assert.Equal($$"""{"stream":"{{Checkout}}","sequence":2,"hash":"{{lines[1].Hash}}"}""", catalog[1].Data.GetRawText());
        await foreach (JournalVerification verification in Store.VerifyAllAsync("", Cancel))
            Assert.True(verification.Valid, verification.Reason);
    }

    [Fact]
    public async Task Whole_lines_cut_off_the_end_of_a_sealed_stream_are_missed()
    {
        await SealedAsync("One", "Two", "Three");
        string[] lines = await File.ReadAllLinesAsync(Journal, Cancel);
        await File.WriteAllTextAsync(Journal, $"{lines[0]}\n{lines[1]}\n", Cancel);
        JournalVerification verification = await Store.VerifyAsync(Checkout, Cancel);
        Assert.False(verification.Valid);
        Assert.Equal(3, verification.BadLine);
        Assert.Equal(2, verification.Events);
        Assert.Contains("the catalog knows 3 lines", verification.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sealed_stream_may_go_on()
    {
        await SealedAsync("One");
        await AppendAsync(Store, "Two");
        Assert.True((await Store.VerifyAsync(Checkout, Cancel)).Valid);
        await SealedAsync("Three");
        Assert.True((await Store.VerifyAsync(Checkout, Cancel)).Valid);
    }

    [Fact]
    public async Task A_stream_rewritten_with_a_chain_that_fits_is_found_at_its_first_line()
    {
        await SealedAsync("One", "Two");
        using TemporaryFolder other = new();
        await AppendAsync(new FolderJournalStore(other.Path, Context), "Uno", "Two", "Three");
        File.Copy(other.File(Checkout + ".jsonl"), Journal, overwrite: true);
        JournalVerification verification = await Store.VerifyAsync(Checkout, Cancel);
        Assert.False(verification.Valid);
        Assert.Equal(1, verification.BadLine);
        Assert.Contains("replaced", verification.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_rewritten_behind_its_first_line_is_found_where_it_was_sealed()
    {
        await SealedAsync("One", "Two");
        using TemporaryFolder other = new();
        FolderJournalStore forger = new(other.Path, Context);
        await using (IJournalLease lease = await AcquireAsync(forger))
            await lease.AppendAsync([Entry("One"), Entry("Zwei")], Cancel);
        File.Copy(other.File(Checkout + ".jsonl"), Journal, overwrite: true);
        JournalVerification verification = await Store.VerifyAsync(Checkout, Cancel);
        Assert.Equal((false, 2L), (verification.Valid, verification.BadLine));
        Assert.Contains("rewritten", verification.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_is_gone_is_missed()
    {
        await SealedAsync("One");
        File.Delete(Journal);
        Assert.False((await Store.VerifyAsync(Checkout, Cancel)).Valid);
        JournalVerification catalog = await Store.VerifyAsync("catalog", Cancel);
        Assert.False(catalog.Valid);
        Assert.Contains(Checkout, catalog.Reason, StringComparison.Ordinal);
        List<string> all = [];
        await foreach (JournalVerification verification in Store.VerifyAllAsync("", Cancel))
            all.Add($"{verification.Stream} {verification.Valid}");
        Assert.Equal(["catalog False", $"{Checkout} False"], all);
    }

    [Fact]
    public async Task A_damaged_catalog_leaves_streams_usable_but_not_verified()
    {
        await SealedAsync("One");
        byte[] catalog = await File.ReadAllBytesAsync(_folder.File("catalog.jsonl"), Cancel);
        catalog[20] ^= 1;
        await File.WriteAllBytesAsync(_folder.File("catalog.jsonl"), catalog, Cancel);
        await AppendAsync(Store, "Two");
        Assert.Equal(["One", "Two"], (await Store.ReadAsync(Checkout, Cancel)).Select(l => l.Type));
        JournalVerification verification = await Store.VerifyAsync(Checkout, Cancel);
        Assert.False(verification.Valid);
        Assert.Null(verification.BadLine);
        Assert.Contains("the catalog is damaged", verification.Reason, StringComparison.Ordinal);
        Assert.Equal(1, (await Store.VerifyAsync("catalog", Cancel)).BadLine);
    }

    [Fact]
    public async Task Verification_needs_no_lease()
    {
        await AppendAsync(Store, "One");
        await using IJournalLease lease = await AcquireAsync(Store);
        Assert.True((await Store.VerifyAsync(Checkout, Cancel)).Valid);
        await lease.AppendAsync([Entry("Two")], Cancel);
        Assert.Equal(2, (await Store.VerifyAsync(Checkout, Cancel)).Events);
    }
}
