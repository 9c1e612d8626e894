using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ReadyOps.Core;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Journal;

namespace ReadyOps.Scenario.Tests.Flags;

/// <summary>
/// Eight writers that each count up a flag of their own, and with it two flags that must always say the same; sixty-four readers, who
/// watch that the two do, that no count goes back, and that they always have flags to read.
/// </summary>
internal sealed class FlagStress : IAsyncDisposable
{
    public const int Writers = 8;
    private const int Clients = 8;
    private const int ReadersOfEach = 8;

    private readonly Func<IFlagStore> _open;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly List<FeatureFlagClient> _clients = [];
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, Writers).Select(_ => new SemaphoreSlim(1, 1))];
    private Task _readers = Task.CompletedTask;
    private int _acknowledged;
    private long _reads;

    private FlagStress(Func<IFlagStore> open) => _open = open;

    /// <summary>Changes that were acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Reads so far.</summary>
    public long Reads => Interlocked.Read(ref _reads);

    /// <summary>What writers were refused with, by its id.</summary>
    public ConcurrentDictionary<string, int> Refusals { get; } = new();

    /// <summary>What readers saw that must not be.</summary>
    public ConcurrentQueue<string> Broken { get; } = new();

    public IReadOnlyList<FeatureFlagClient> All => _clients;

    public static async Task<FlagStress> StartAsync(Func<IFlagStore> open)
    {
        var stress = new FlagStress(open);
        await using (IFlagStore store = open())
        {
            JsonObject flags = [];
            foreach (string key in Enumerable.Range(0, Writers).Select(i => $"w{i}").Concat(["x", "y"]))
                flags[key] = new JsonObject { ["state"] = "ENABLED", ["variants"] = new JsonObject { ["n"] = 0 }, ["defaultVariant"] = "n" };
            await store.WriteAsync(System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["flags"] = flags }.ToJsonString()), null, stress._stop.Token);
        }

        for (int i = 0; i < Clients; i++) stress._clients.Add(new FeatureFlagClient(open(), new EngineContext()));
        foreach (FeatureFlagClient client in stress._clients) await client.WhenReadyAsync(stress._stop.Token);
        stress._readers = Task.WhenAll(stress._clients.SelectMany(client => Enumerable.Range(0, ReadersOfEach).Select(_ => Task.Run(() => stress.ReadAsync(client)))));
        return stress;
    }

    /// <summary>Each writer makes so many changes, however often it must try.</summary>
    public Task WriteAsync(int changes) => Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => WriteAsync(i, changes))));

    /// <summary>Keeps the writers from writing.</summary>
    public async Task PauseWritersAsync()
    {
        foreach (SemaphoreSlim turn in _turns) await turn.WaitAsync(_stop.Token);
    }

    public void LetWritersGoOn()
    {
        foreach (SemaphoreSlim turn in _turns) turn.Release();
    }

    /// <summary>Waits for something to become so.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"it never came to it: {what}; {string.Join("; ", _clients.Select(client => client.Status))}; {string.Join("; ", Refusals)}");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Everything acknowledged is there, every client serves it, and no reader saw what must not be.</summary>
    public async Task AssertNothingLostAsync(int changes)
    {
        await UntilAsync(() => _clients.TrueForAll(client => client.Status.State == FeatureFlagState.Ready && Counts(client.Flags).All(count => count == changes)), "all clients serve all changes");
        Assert.Equal(Writers * changes, Acknowledged);
        await using IFlagStore store = _open();
        FlagSet flags = FlagSet.Load((await store.ReadAsync(_stop.Token)).Utf8, "flags");
        Assert.All(Counts(flags), count => Assert.Equal(changes, count));
        Assert.True(Number(flags, "x") >= Writers * changes, "a change was lost that another counted on");
        Assert.Empty(Broken);
        Assert.True(Reads > 0);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _readers;
        foreach (FeatureFlagClient client in _clients) await client.DisposeAsync();
        _stop.Dispose();
    }

    private static IEnumerable<long> Counts(FlagSet flags) => Enumerable.Range(0, Writers).Select(i => Number(flags, $"w{i}"));

    private static long Number(FlagSet flags, string key) => flags.EvaluateInteger(key, default, -1);

    private async Task WriteAsync(int writer, int changes)
    {
        var context = new EngineContext { Actor = $"writer {writer}" };
        await using IFlagStore store = _open();
        // A journal of its own, so that nothing but the store's compare-and-set stands between the writers.
        var service = new FlagService(store, new MemoryJournalStore(context), context);
        for (int count = 1; count <= changes;)
        {
            await _turns[writer].WaitAsync(_stop.Token);
            try
            {
                await service.ChangeAsync($"count to {count}", flags =>
                {
                    flags.SetVariant($"w{writer}", "n", count);
                    long next = flags.Find("x")!["variants"]!["n"]!.GetValue<long>() + 1;
                    flags.SetVariant("x", "n", next);
                    flags.SetVariant("y", "n", next);
                }, _stop.Token);
                Interlocked.Increment(ref _acknowledged);
                count++;
            }
            catch (ReadyOpsException e)
            {
                Refusals.AddOrUpdate(e.Id, 1, (_, times) => times + 1);
                await Task.Delay(20, _stop.Token);
            }
            finally
            {
                _turns[writer].Release();
            }
        }
    }

    private async Task ReadAsync(FeatureFlagClient client)
    {
        long[] last = new long[Writers];
        while (!_stop.IsCancellationRequested)
        {
            FlagSet flags = client.Flags;
            (long x, long y) = (Number(flags, "x"), Number(flags, "y"));
            if (x != y) Broken.Enqueue($"torn: {x} and {y}");
            for (int i = 0; i < Writers; i++)
            {
                long now = client.GetInteger($"w{i}", default, -1);
                if (now < last[i]) Broken.Enqueue($"w{i} went back from {last[i]} to {now} while {client.Status}");
                last[i] = now;
            }

            Interlocked.Increment(ref _reads);
            await Task.Delay(2, CancellationToken.None);
        }
    }
}
