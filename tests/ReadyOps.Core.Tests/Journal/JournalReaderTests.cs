using ReadyOps.Core.Journal;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalReaderTests
{
    private readonly EngineContext _context = JournalTesting.Context;
    private readonly MemoryJournalStore _store;

    public JournalReaderTests() => _store = new MemoryJournalStore(_context);

    private JournalReader Reader(Func<string, bool>? streams = null, Func<JournalEvent, bool>? wanted = null) => new(_store, _context.Clock)
    {
        Streams = streams ?? (stream => stream.StartsWith("rollouts/", StringComparison.Ordinal)),
        Wanted = wanted ?? (_ => true),
        Unreadable = (stream, why) => Assert.Fail($"{stream}: {why.Message}"),
    };

    [Fact]
    public async Task Several_journals_read_as_one_history()
    {
        await AppendAsync(_store, "A1");
        await using (IJournalLease lease = await AcquireAsync(_store, "rollouts/billing-1")) await lease.AppendAsync([Entry("B1")], Cancel);
        await AppendAsync(_store, "A2");

        IReadOnlyList<JournalEvent> events = await Reader().ReadNewAsync(Cancel);

        // The standing clock gives all three one time: then the name of the stream and the number decide.
        Assert.Equal(["rollouts/billing-1#1 B1", $"{Checkout}#1 A1", $"{Checkout}#2 A2"], events.Select(e => e.ToString()));
    }

    [Fact]
    public async Task Where_the_clock_went_backwards_a_journal_keeps_its_own_order()
    {
        MovableClock clock = new();
        MemoryJournalStore store = new(_context with { Clock = clock });
        await using IJournalLease a = await AcquireAsync(store, "rollouts/a");
        await using IJournalLease b = await AcquireAsync(store, "rollouts/b");
        foreach ((IJournalLease lease, int minute) in new[] { (a, 0), (b, 1), (a, 3), (a, 1), (b, 2), (b, 4) })
        {
            clock.Now = new DateTimeOffset(2026, 11, 21, 10, minute, 0, TimeSpan.Zero);
            await lease.AppendAsync([Entry("At" + minute)], Cancel);
        }

        JournalReader reader = new(store, clock) { Streams = s => s != "catalog", Wanted = _ => true, Unreadable = (_, _) => { } };
        IReadOnlyList<JournalEvent> events = await reader.ReadNewAsync(Cancel);
        Assert.Equal(["a1", "b1", "b2", "a2", "a3", "b3"], events.Select(e => $"{e.Stream[^1]}{e.Sequence}"));
    }

    private sealed class MovableClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public async Task What_was_read_once_is_not_read_again()
    {
        JournalReader reader = Reader();
        await AppendAsync(_store, "First");
        await reader.ReadNewAsync(Cancel);
        await AppendAsync(_store, "Second");
        Assert.Equal(["Second"], (await reader.ReadNewAsync(Cancel)).Select(e => e.Type));
        Assert.Empty(await reader.ReadNewAsync(Cancel));
    }

    [Fact]
    public async Task Only_what_is_wanted_comes()
    {
        await AppendAsync(_store, "Kept", "Left");
        Assert.Equal(["Kept"], (await Reader(wanted: e => e.Type == "Kept").ReadNewAsync(Cancel)).Select(e => e.Type));
    }

    [Fact]
    public async Task Following_waits_for_what_is_written_later()
    {
        await AppendAsync(_store, "Now");
        await using IAsyncEnumerator<JournalEvent> followed = Reader().FollowAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await followed.MoveNextAsync());
        await AppendAsync(_store, "Later");
        Assert.True(await followed.MoveNextAsync());
        Assert.Equal("Later", followed.Current.Type);
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_is_told_once_and_the_others_go_on()
    {
        var told = new List<string>();
        await AppendAsync(_store, "Fine");
        JournalReader reader = new(new Damaged(_store, "rollouts/damaged"), _context.Clock)
        {
            Streams = _ => true,
            Wanted = e => e.Stream == Checkout,
            Unreadable = (stream, why) => told.Add($"{stream}: {why.Id}"),
        };
        Assert.Single(await reader.ReadNewAsync(Cancel));
        Assert.Empty(await reader.ReadNewAsync(Cancel));
        Assert.Equal(["rollouts/damaged: JournalDamaged"], told);
    }

    [Fact]
    public async Task Data_becomes_plain_values()
    {
        await using (IJournalLease lease = await AcquireAsync(_store))
            await lease.AppendAsync([Entry("E", """{"text":"é","whole":3,"number":0.5,"yes":true,"no":null,"list":[1,"a"],"in":{"deep":1e300},"half":"\ud800"}""")], Cancel);
        Dictionary<string, object?> data = (await Reader().ReadNewAsync(Cancel))[0].Data;
        Assert.Equal("é", data["text"]);
        Assert.Equal(3L, data["whole"]);
        Assert.Equal(0.5, data["number"]);
        Assert.Equal(true, data["yes"]);
        Assert.Null(data["no"]);
        Assert.Equal([1L, "a"], Assert.IsType<object?[]>(data["list"]));
        Assert.Equal(1e300, Assert.IsType<Dictionary<string, object?>>(data["in"])["deep"]);
        Assert.Equal("\"\\ud800\"", data["half"]);
    }

    private sealed class Damaged(IJournalStore inner, string damaged) : IJournalStore
    {
        public string Location => inner.Location;

        public async ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
            [damaged, .. await inner.ListAsync(prefix, cancel)];

        public ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) =>
            stream == damaged ? throw new ReadyOpsException("JournalDamaged", "Line 3 does not fit.") : inner.ReadAsync(stream, cancel);

        public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel) => inner.TryAcquireAsync(stream, wait, cancel);

        public ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel) => inner.VerifyAsync(stream, cancel);
    }
}
