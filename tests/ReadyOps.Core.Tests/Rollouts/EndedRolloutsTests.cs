using System.Text.Json;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Journal;

namespace ReadyOps.Core.Tests.Rollouts;

public sealed class EndedRolloutsTests
{
    private const string Stream = RolloutService.Prefix + "web-2.0";

    private readonly MemoryJournalStore _store = new(new EngineContext());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", "RolloutSucceeded", true)]
    [InlineData("{}", "RolledBack", true)]
    [InlineData("{}", "ShareSet", false)]
    [InlineData("{}", "RollbackRequested", false)]
    // Killed right after it ended: somebody may be still to be called, which its last line does not say.
    [InlineData("""{"escalation":{"url":"https://pager.example"}}""", "RolloutFailed", false)]
    public async Task A_rollout_is_passed_over_by_its_last_line_only_where_nobody_can_be_left_to_be_called(string document, string last, bool known)
    {
        JsonElement started = JsonSerializer.SerializeToElement(new Dictionary<string, object> { ["document"] = JsonDocument.Parse(document).RootElement });
        await AppendAsync(new JournalEntry("RolloutStarted", "test", started), JournalTesting.Entry(last));
        var ended = new EndedRollouts(_store);
        Assert.Equal(known, await ended.KnowsAsync(await StampAsync(), Stop));

        // What was looked at as a whole is known by its stamp, until something is appended.
        ended.Note(await StampAsync());
        Assert.True(await ended.KnowsAsync(await StampAsync(), Stop));
        await AppendAsync(JournalTesting.Entry("RollbackRequested"));
        Assert.False(await ended.KnowsAsync(await StampAsync(), Stop));
    }

    private async Task<JournalStamp> StampAsync() => Assert.Single(await _store.ListStampsAsync(RolloutService.Prefix, Stop));

    private async Task AppendAsync(params JournalEntry[] entries)
    {
        await using IJournalLease lease = (await _store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        await lease.AppendAsync(entries, Stop);
    }
}
