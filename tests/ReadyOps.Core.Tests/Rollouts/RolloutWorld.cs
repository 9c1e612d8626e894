using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A rollout on a virtual clock: the engine, the machine and the journal are real, the world around them is not.</summary>
internal sealed class RolloutWorld
{
    private readonly KillSwitch _kill;

    public RolloutWorld(KillSwitch? kill = null, Func<EngineContext, IJournalStore>? store = null, HttpClient? http = null)
    {
        _kill = kill ?? new KillSwitch(int.MaxValue);
        Context = new EngineContext { Clock = Clock, Actor = "alice" };
        if (http is not null) Context = Context with { Http = http };
        Target = new FakeTarget(_kill);
        Store = new KillableStore(store?.Invoke(Context) ?? new MemoryJournalStore(Context), _kill);
        Service = NewProcess();
    }

    public ManualClock Clock { get; } = new();

    public EngineContext Context { get; }

    public FakeTarget Target { get; }

    /// <summary>Further targets that are moved with the first as one.</summary>
    public List<FakeTarget> Others { get; } = [];

    public KillableStore Store { get; }

    public RolloutService Service { get; }

    /// <summary>The value of a signal at a time; NaN for no sample. By default all is well.</summary>
    public Func<string, DateTimeOffset, double> Value { get; set; } = (_, _) => 0;

    /// <summary>The same for the stable side.</summary>
    public Func<string, DateTimeOffset, double> StableValue { get; set; } = (_, _) => 0;

    /// <summary>Why the metrics backend cannot be asked at a time, if it cannot.</summary>
    public Func<DateTimeOffset, string?> Outage { get; set; } = _ => null;

    /// <summary>Where the samples of a signal come from, if not from this world.</summary>
    public Func<SignalDefinition, ISignalSource?> SourceOf { get; set; } = _ => null;

    /// <summary>A service that remembers nothing but what the journal says.</summary>
    public RolloutService NewProcess() => SnapshotEvery is { } every ? new(Store, Context, Make) { SnapshotEvery = every } : new(Store, Context, Make);

    /// <summary>How many bytes a journal grows before a process keeps its state beside it, if not as many as usual.</summary>
    public long? SnapshotEvery { get; set; }

    /// <summary>Told whenever a source is asked: which signal, whether of the stable side, and up to when.</summary>
    public Action<string, bool, DateTimeOffset>? Asked { get; set; }

    /// <summary>How often a source was asked.</summary>
    public int Collections { get; private set; }

    public DateTimeOffset Now => Clock.GetUtcNow();

    public static Document Document(string json) => new()
    {
        File = "rollout.json",
        BaseDirectory = Path.GetTempPath(),
        Kind = "Rollout",
        Name = "checkout",
        Digest = new string('0', 64),
        Root = DocumentJson.FromJson(System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetBytes(json)).RootElement),
    };

    public ValueTask<RolloutStatus> StartAsync(string json, RolloutStart? start = null) =>
        Service.StartAsync(Document(json), start ?? new RolloutStart { Release = "2.4.0" }, CancellationToken.None);

    /// <summary>Ticks at a pace until the rollout has ended or the time is up, and tells where it stands.</summary>
    public async Task<RolloutStatus> RunAsync(string id, TimeSpan pace, TimeSpan atMost, Func<RolloutStatus, bool>? until = null)
    {
        DateTimeOffset end = Now + atMost;
        RolloutStatus status = await Service.GetAsync(id, CancellationToken.None);
        while (!status.Ended && Now < end && until?.Invoke(status) != true)
        {
            Clock.Advance(pace);
            status = await Service.TickAsync(id, CancellationToken.None);
        }

        return status;
    }

    public async Task<IReadOnlyList<(DateTimeOffset At, RolloutEvent Event)>> EventsAsync(string id)
    {
        IReadOnlyList<JournalLine> lines = await Store.ReadAsync(RolloutService.Prefix + id, CancellationToken.None);
        return [.. lines.Select(line => (line.Time, RolloutEvents.Decode(line)!)).Where(pair => pair.Item2 is not null)];
    }

    public async Task<IReadOnlyList<T>> EventsAsync<T>(string id)
        where T : RolloutEvent => [.. (await EventsAsync(id)).Select(pair => pair.Event).OfType<T>()];

    private RolloutPlan Make(ObjectReader reader, string name, EngineContext context)
    {
        RolloutDefinition definition = RolloutPlan.ReadDefinition(reader, name);
        return new RolloutPlan(definition, new RolloutParts(Others.Count == 0 ? Target : new TargetGroup([Target, .. Others]),
            definition.Signals.ToDictionary(signal => signal.Name, signal => SourceOf(signal) ?? new FakeSource(this, signal, stable: false)),
            definition.Signals.Where(signal => signal.HasStable).ToDictionary(signal => signal.Name, signal => (ISignalSource)new FakeSource(this, signal, stable: true))));
    }

    /// <summary>A backend with a history: it answers on the grid of the signal, the same whenever it is asked.</summary>
    private sealed class FakeSource(RolloutWorld world, SignalDefinition signal, bool stable) : ISignalSource
    {
        public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
        {
            world.Collections++;
            world.Asked?.Invoke(signal.Name, stable, span.Until);
            if (world.Outage(span.Until) is { } error)
                return ValueTask.FromResult(new SignalBatch { CollectedUntil = span.After, Error = error });

            if (signal.Type != "prometheus")
            {
                // A check: one look at each tick, and no history.
                double seen = world.Value(signal.Name, span.Until);
                return ValueTask.FromResult(new SignalBatch
                {
                    CollectedUntil = span.Until,
                    Samples = [new SignalSample(span.Until, seen, span.Until - span.After, span.Until > span.StepStart)],
                    SeesOnlyTicks = true,
                });
            }

            long step = signal.Interval.Ticks;
            var samples = new List<SignalSample>();
            for (long ticks = ((span.After.Ticks / step) + 1) * step; ticks <= span.Until.Ticks; ticks += step)
            {
                var time = new DateTimeOffset(ticks, TimeSpan.Zero);
                double value = (stable ? world.StableValue : world.Value)(signal.Name, time);
                if (!double.IsNaN(value)) samples.Add(new SignalSample(time, value, signal.Interval, time > span.StepStart));
            }

            return ValueTask.FromResult(new SignalBatch { CollectedUntil = span.Until, Samples = samples });
        }
    }
}

/// <summary>A process that dies before its n-th operation on the outside world, as after <c>kill -9</c>: nothing runs after that.</summary>
internal sealed class KillSwitch(int dieBefore)
{
    private int _operations;
    private bool _revived;

    public bool Killed { get; private set; }

    public int Operations => _operations;

    public void Operate()
    {
        if (_revived) return;
        if (Killed || ++_operations > dieBefore)
        {
            Killed = true;
            throw new KilledException();
        }
    }

    public void Revive() => _revived = true;

    /// <summary>Dies again, before the n-th operation from now.</summary>
    public void Arm(int before)
    {
        (_operations, _revived, Killed) = (0, false, false);
        dieBefore = before;
    }
}

internal sealed class KilledException : Exception;

internal sealed class FakeTarget(KillSwitch kill, string identity = "fake web/new") : ITarget
{
    public decimal Share { get; set; }

    /// <summary>Every share that was ever set, in order.</summary>
    public List<decimal> History { get; } = [];

    public string? ReadError { get; set; }

    public string? SetError { get; set; }

    /// <summary>What it says it exposes, if it lies.</summary>
    public Func<decimal, decimal>? Lie { get; set; }

    /// <summary>Told of every share before it is set.</summary>
    public Action<decimal>? Setting { get; set; }

    public string Identity => identity;

    public decimal Nearest(decimal percent) => percent;

    public ValueTask<decimal> ReadAsync(CancellationToken cancel)
    {
        kill.Operate();
        return ReadError is { } error ? throw new ReadyOpsException("TargetUnreachable", error) : ValueTask.FromResult(Lie?.Invoke(Share) ?? Share);
    }

    public ValueTask SetAsync(decimal percent, CancellationToken cancel)
    {
        kill.Operate();
        if (SetError is { } error) throw new ReadyOpsException("TargetUnreachable", error);
        Setting?.Invoke(percent);
        Share = percent;
        History.Add(percent);
        return ValueTask.CompletedTask;
    }
}

internal sealed class KillableStore(IJournalStore inner, KillSwitch kill) : IJournalLines, IJournalSnapshots
{
    public string Location => inner.Location;

    public bool LeasesEnd => inner.LeasesEnd;

    /// <summary>Why nothing can be appended to a stream, if nothing can.</summary>
    public Func<string, string?> AppendError { get; set; } = _ => null;

    /// <summary>How many lines of the next append of so many arrive before its process is killed.</summary>
    public (int Lines, int Arrive)? Tear { get; set; }

    public void Revive() => kill.Revive();

    public ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) => inner.ListAsync(prefix, cancel);

    public ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) => inner.ReadAsync(stream, cancel);

    public ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel) => inner.VerifyAsync(stream, cancel);

    public ValueTask<JournalTail> ReadAfterAsync(string stream, JournalPlace? known, CancellationToken cancel) => inner.ReadAfterAsync(stream, known, cancel);

    /// <summary>What is given for a snapshot that was kept, if not that.</summary>
    public Func<byte[]?, byte[]?> Snapshot { get; set; } = kept => kept;

    /// <summary>How often a snapshot was kept.</summary>
    public int SnapshotsKept { get; private set; }

    public ValueTask<IReadOnlyList<byte[]>> ReadBytesAsync(string stream, JournalPlace? after, CancellationToken cancel) => ((IJournalLines)inner).ReadBytesAsync(stream, after, cancel);

    public async ValueTask<byte[]?> ReadSnapshotAsync(string stream, CancellationToken cancel) => Snapshot(await ((IJournalSnapshots)inner).ReadSnapshotAsync(stream, cancel));

    public ValueTask<bool> WriteSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel)
    {
        kill.Operate();
        SnapshotsKept++;
        return ((IJournalSnapshots)inner).WriteSnapshotAsync(stream, snapshot, cancel);
    }

    public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel) => TryAcquireAsync(stream, null, wait, cancel);

    public async ValueTask<IJournalLease?> TryAcquireAsync(string stream, JournalPlace? known, TimeSpan wait, CancellationToken cancel) =>
        await inner.TryAcquireAsync(stream, known, wait, cancel) is { } lease ? new Lease(this, lease, kill) : null;

    private sealed class Lease(KillableStore store, IJournalLease inner, KillSwitch kill) : IJournalLease
    {
        public string Stream => inner.Stream;

        public IReadOnlyList<JournalLine> Lines => inner.Lines;

        public JournalPlace? Before => inner.Before;

        public JournalPlace? End => inner.End;

        public bool IsHeld => inner.IsHeld;

        public bool UsedReserve => inner.UsedReserve;

        public ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel) => AppendAsync(entries, urgent: false, cancel);

        public ValueTask<IReadOnlyList<JournalLine>> AppendUrgentAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel) => AppendAsync(entries, urgent: true, cancel);

        private ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, bool urgent, CancellationToken cancel)
        {
            kill.Operate();
            if (store.Tear is { } tear && tear.Lines == entries.Count)
            {
                store.Tear = null;
                if (tear.Arrive > 0) inner.AppendAsync([.. entries.Take(tear.Arrive)], cancel).AsTask().GetAwaiter().GetResult();
                throw new KilledException();
            }

            return store.AppendError(Stream) is { } error ? throw new ReadyOpsException("JournalWriteFailed", error)
                : urgent ? inner.AppendUrgentAsync(entries, cancel) : inner.AppendAsync(entries, cancel);
        }

        public ValueTask SealAsync(CancellationToken cancel) => inner.SealAsync(cancel);

        // The operating system lets go of a dead process's locks.
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
