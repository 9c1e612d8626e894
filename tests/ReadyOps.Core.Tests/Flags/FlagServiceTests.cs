using System.Text.Json.Nodes;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Flags;

public sealed class FlagServiceTests : IDisposable
{
    private const string Document = """{"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly EngineContext _context = new() { Clock = new ManualClock(), Actor = "ada" };
    private readonly MemoryJournalStore _journals;

    public FlagServiceTests() => _journals = new MemoryJournalStore(_context);

    private string FilePath => Path.Combine(_folder, "flags.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_change_is_written_whole_and_told_with_who_why_and_what()
    {
        File.WriteAllText(FilePath, Document);
        FlagChange change = await Service().ChangeAsync("incident 7", flags => flags.SetDefaultVariant("a", "on"), CancellationToken.None);

        Assert.Equal(Document.Replace("\"off\"}", "\"on\"}", StringComparison.Ordinal), File.ReadAllText(FilePath));
        Assert.True(change.Applied);
        FlagDifference difference = Assert.Single(change.Differences);
        Assert.Equal(("a", "defaultVariant", "\"off\"", "\"on\""), (difference.Flag, difference.Member, difference.Before, difference.After));
        FlagChange told = Assert.Single(await HistoryAsync());
        Assert.Equal(("ada", "incident 7", true), (told.Actor, told.Reason, told.Applied));
        Assert.Equal(change.JournalReference, told.JournalReference);
        Assert.Equal(["FlagChangeIntended", "FlagChanged"], (await LinesAsync()).Select(line => line.Type));
    }

    [Fact]
    public async Task The_first_flag_makes_the_document()
    {
        FlagChange change = await Service().ChangeAsync("begin", flags => flags.Add("a", new JsonObject { ["state"] = "ENABLED", ["variants"] = new JsonObject { ["on"] = true }, ["defaultVariant"] = "on" }), CancellationToken.None);
        Assert.Equal("", change.DigestBefore);
        Assert.True((await Service().GetAsync(CancellationToken.None)).EvaluateBoolean("a", default, false));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Nothing_is_changed_without_a_reason(string reason)
    {
        File.WriteAllText(FilePath, Document);
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await Service().ChangeAsync(reason, flags => flags.SetState("a", false), CancellationToken.None));
        Assert.Equal("FlagReasonMissing", refused.Id);
        Assert.Equal(Document, File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task What_would_be_wrong_afterwards_is_refused_and_nothing_is_written()
    {
        File.WriteAllText(FilePath, Document);
        await Assert.ThrowsAsync<DocumentException>(async () => await Service().ChangeAsync("x", flags => flags.SetDefaultVariant("a", "maybe"), CancellationToken.None));
        Assert.Equal(Document, File.ReadAllText(FilePath));
        Assert.Empty(await LinesAsync());
    }

    [Fact]
    public async Task What_is_so_already_is_no_change_and_leaves_no_trace()
    {
        File.WriteAllText(FilePath, Document);
        Assert.Empty((await Service().ChangeAsync("x", flags => flags.SetState("a", true), CancellationToken.None)).Differences);
        Assert.Empty(await LinesAsync());
    }

    [Fact]
    public async Task A_preview_tells_the_difference_and_writes_nothing()
    {
        File.WriteAllText(FilePath, Document);
        FlagChange preview = await Service().PreviewAsync("x", flags => flags.SetState("a", false), CancellationToken.None);
        Assert.Equal("a.state: \"ENABLED\" -> \"DISABLED\"", Assert.Single(preview.Differences).ToString());
        Assert.False(preview.Applied);
        Assert.Equal(Document, File.ReadAllText(FilePath));
    }

    [Fact]
    public async Task Somebody_who_was_faster_loses_nothing()
    {
        File.WriteAllText(FilePath, Document);
        bool first = true;
        await Service().ChangeAsync("mine", flags =>
        {
            // Between our reading and our writing, somebody without a journal changes the same file.
            if (first) File.WriteAllText(FilePath, Document.Replace("\"on\":true", "\"on\":true,\"third\":false", StringComparison.Ordinal));
            first = false;
            flags.SetState("a", false);
        }, CancellationToken.None);

        string now = File.ReadAllText(FilePath);
        Assert.Contains("third", now, StringComparison.Ordinal);
        Assert.Contains("DISABLED", now, StringComparison.Ordinal);
        Assert.Equal([false, true], (await HistoryAsync()).Select(change => change.Applied));
    }

    [Theory]
    [InlineData(true, true, "")]
    [InlineData(false, false, "its process ended before it was written")]
    public async Task A_process_that_died_in_the_middle_is_settled_by_the_next_change(bool written, bool applied, string problem)
    {
        File.WriteAllText(FilePath, Document);
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await new FlagService(new DyingStore(new FileFlagStore(FilePath, _context), written), _journals, _context).ChangeAsync("dies", flags => flags.SetState("a", false), CancellationToken.None));
        Assert.Equal("its outcome is not known yet: the next change finds it out", Assert.Single(await HistoryAsync()).Problem);

        await Service().ChangeAsync("next", flags => flags.SetMetadata("a", "readyops.owner", JsonValue.Create("ada")), CancellationToken.None);

        FlagChange[] told = [.. await HistoryAsync()];
        Assert.Equal(("dies", applied, problem), (told[0].Reason, told[0].Applied, told[0].Problem));
        Assert.Equal(("next", true), (told[1].Reason, told[1].Applied));
    }

    [Fact]
    public async Task A_store_that_was_changed_by_others_refuses_a_write_of_an_old_version()
    {
        File.WriteAllText(FilePath, Document);
        await using var store = new FileFlagStore(FilePath, _context);
        FlagStoreContent read = await store.ReadAsync(CancellationToken.None);
        File.WriteAllText(FilePath, "{\"flags\":{}}");
        Assert.Equal("FlagConflict", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.WriteAsync(read.Utf8, read.Version, CancellationToken.None))).Id);
        Assert.Equal("FlagConflict", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.WriteAsync(read.Utf8, null, CancellationToken.None))).Id);
        Assert.Equal("{\"flags\":{}}", File.ReadAllText(FilePath));
    }

    private FlagService Service() => new(new FileFlagStore(FilePath, _context), _journals, _context);

    private async Task<IReadOnlyList<JournalLine>> LinesAsync() => await _journals.ReadAsync(FlagService.StreamOf(FilePath), CancellationToken.None);

    private async Task<IReadOnlyList<FlagChange>> HistoryAsync()
    {
        var changes = new List<FlagChange>();
        await foreach (FlagChange change in Service().HistoryAsync(null, CancellationToken.None)) changes.Add(change);
        return changes;
    }

    private sealed class DyingStore(IFlagStore inner, bool writes) : IFlagStore
    {
        public string Location => inner.Location;

        public ValueTask<FlagStoreContent> ReadAsync(CancellationToken cancel) => inner.ReadAsync(cancel);

        public async ValueTask<FlagStoreContent> WriteAsync(ReadOnlyMemory<byte> utf8, string? expected, CancellationToken cancel)
        {
            if (writes) await inner.WriteAsync(utf8, expected, cancel);
            throw new InvalidOperationException("killed");
        }

        public ValueTask WaitForChangeAsync(string? known, CancellationToken cancel) => inner.WaitForChangeAsync(known, cancel);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
