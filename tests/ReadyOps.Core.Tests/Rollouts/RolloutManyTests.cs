using System.Collections.Concurrent;
using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Many rollouts ticked by one call, which has its time.</summary>
public sealed class RolloutManyTests
{
    private readonly ManualClock _clock = new();
    private readonly EngineContext _context;
    private readonly MemoryJournalStore _store;
    private readonly ConcurrentDictionary<string, ITarget> _targets = new(StringComparer.Ordinal);
    private Func<string, Task> _asked = _ => Task.CompletedTask;

    public RolloutManyTests()
    {
        _context = new EngineContext { Clock = _clock };
        _store = new MemoryJournalStore(_context);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_tick_begins_when_the_time_is_up_and_what_is_left_is_named()
    {
        string[] ids = await StartAsync(5);
        _asked = _ =>
        {
            _clock.Advance(TimeSpan.FromMinutes(4));
            return Task.CompletedTask;
        };
        // They begin after 0, 4 and 8 of 10 minutes.
        RolloutTick[] ticks = await TickAsync(Service(), ids, TimeSpan.FromMinutes(10));
        Assert.Equal(ids, ticks.Select(tick => tick.Id));
        Assert.Equal([true, true, true, false, false], ticks.Select(tick => tick.Status is not null));
        Assert.All(ticks, tick => Assert.Null(tick.Failure));
    }

    [Fact]
    public async Task A_budget_of_nothing_begins_nothing()
    {
        string[] ids = await StartAsync(2);
        _asked = _ => throw new InvalidOperationException("It was to begin nothing.");
        Assert.Equal(ids.Select(id => new RolloutTick(id)), await TickAsync(Service(), ids, TimeSpan.Zero));
    }

    [Fact]
    public async Task All_that_are_under_way_are_ticked_within_the_time()
    {
        string[] ids = await StartAsync(3);
        _asked = _ =>
        {
            _clock.Advance(TimeSpan.FromSeconds(40));
            return Task.CompletedTask;
        };
        RolloutTick[] ticks = await TickAsync(Service(), await Service().ListActiveIdsAsync(Stop), TimeSpan.FromMinutes(1));
        Assert.Equal(ids.Take(2), ticks.Where(tick => tick.Status is not null).Select(tick => tick.Id));
    }

    [Fact]
    public async Task One_whose_backend_does_not_answer_keeps_no_other_waiting()
    {
        string[] ids = await StartAsync(4);
        var answer = new TaskCompletionSource();
        _asked = name => name == "web-0" ? answer.Task : Task.CompletedTask;
        var seen = new List<string>();
        await foreach (RolloutTick tick in Service(2).TickEachAsync(ids, TimeSpan.MaxValue, Stop))
        {
            seen.Add(tick.Id);
            if (seen.Count == 3) answer.SetResult();
        }

        Assert.Equal([ids[1], ids[2], ids[3], ids[0]], seen);
    }

    [Fact]
    public async Task One_that_cannot_be_ticked_keeps_no_other_from_its_tick()
    {
        string[] ids = await StartAsync(2);
        await using IJournalLease? busy = await _store.TryAcquireAsync(RolloutService.Prefix + ids[0], TimeSpan.Zero, Stop);
        Task<RolloutTick[]> ticking = TickAsync(Service(), ["nobody", .. ids], TimeSpan.MaxValue);
        while (!ticking.IsCompleted)
        {
            // It waits for whoever has the journal, by the virtual clock, before it gives up.
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        RolloutTick[] ticks = await ticking;
        Assert.Equal(["RolloutNotFound", "RolloutBusy", null], ticks.Select(tick => (tick.Failure as ReadyOpsException)?.Id));
        Assert.Equal(RolloutPhase.Progressing, ticks[2].Status!.Phase);
    }

    private async Task<string[]> StartAsync(int count)
    {
        var ids = new List<string>();
        for (int i = 0; i < count; i++)
        {
            Document document = RolloutWorld.Document("""
                {"tick": "15s", "steps": [{"share":"10%","hold":"10h"}], "signals": [{"name":"errors","query":"q","bound":"<= 1%","for":"2m"}]}
                """) with { Name = string.Create(CultureInfo.InvariantCulture, $"web-{i}") };
            ids.Add((await Service().StartAsync(document, new RolloutStart { Release = "2.4.0" }, Stop)).Id);
        }

        _clock.Advance(TimeSpan.FromMinutes(1));
        return [.. ids];
    }

    private static async Task<RolloutTick[]> TickAsync(RolloutService service, IEnumerable<string> ids, TimeSpan budget)
    {
        var ticks = new List<RolloutTick>();
        await foreach (RolloutTick tick in service.TickEachAsync(ids, budget, Stop)) ticks.Add(tick);
        return [.. ticks];
    }

    private RolloutService Service(int concurrency = 1) => new(_store, _context, (reader, name, _) =>
    {
        RolloutDefinition definition = RolloutPlan.ReadDefinition(reader, name);
        return new RolloutPlan(definition, new RolloutParts(_targets.GetOrAdd(name, one => new FakeTarget(new KillSwitch(int.MaxValue), $"fake {one}")), definition.Signals.ToDictionary(signal => signal.Name, _ => (ISignalSource)new Source(this, name)), new Dictionary<string, ISignalSource>()));
    }) { Concurrency = concurrency };

    private sealed class Source(RolloutManyTests test, string name) : ISignalSource
    {
        public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
        {
            await test._asked(name);
            return new SignalBatch { CollectedUntil = span.Until };
        }
    }
}
