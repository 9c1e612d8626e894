using System.Collections.Concurrent;
using System.Globalization;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;

namespace ReadyOps.Simulation;

/// <summary>The real store on the simulated disk, or in the simulated database. Only tells the laws what somebody was told is kept.</summary>
internal sealed class SimStore(SimWorld world, SimProcess process, EngineContext context) : IJournalLines, IJournalSnapshots, IJournalReserve
{
    // One for each length of a lease; reading it costs more than many a world.
    private static readonly ConcurrentDictionary<string, PostgresAddress> s_addresses = new(StringComparer.Ordinal);

    private readonly IJournalStore _inner = Open(world, process, context);

    public TimeProvider? Clock => _inner.Clock;

    public bool LeasesEnd => _inner.LeasesEnd;

    public string Location => _inner.Location;

    public ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) => _inner.ListAsync(prefix, cancel);

    public ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) => _inner.ReadAsync(stream, cancel);

    public ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel) => _inner.VerifyAsync(stream, cancel);

    public string? DescribeHolder(string stream) => _inner.DescribeHolder(stream);

    public ValueTask<bool> ExistsAsync(string stream, CancellationToken cancel) => _inner.ExistsAsync(stream, cancel);

    public ValueTask<JournalTail> ReadAfterAsync(string stream, JournalPlace? known, CancellationToken cancel) => _inner.ReadAfterAsync(stream, known, cancel);

    public ValueTask<IReadOnlyList<JournalStamp>> ListStampsAsync(string prefix, CancellationToken cancel) => _inner.ListStampsAsync(prefix, cancel);

    public ValueTask<JournalLine?> TryReadLastAsync(string stream, CancellationToken cancel) => _inner.TryReadLastAsync(stream, cancel);

    public ValueTask<IReadOnlyList<byte[]>> ReadBytesAsync(string stream, JournalPlace? after, CancellationToken cancel) => ((IJournalLines)_inner).ReadBytesAsync(stream, after, cancel);

    public void KeepRoom() => (_inner as IJournalReserve)?.KeepRoom();

    public ValueTask<byte[]?> ReadSnapshotAsync(string stream, CancellationToken cancel) => ((IJournalSnapshots)_inner).ReadSnapshotAsync(stream, cancel);

    public ValueTask<bool> WriteSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel) => ((IJournalSnapshots)_inner).WriteSnapshotAsync(stream, snapshot, cancel);

    private static IJournalStore Open(SimWorld world, SimProcess process, EngineContext context)
    {
        if (world.Database is not { } database) return new JournalStore(new SimMedium(world, process), context);
        string location = string.Create(CultureInfo.InvariantCulture, $"postgresql://journals.invalid/readyops?lease={world.Profile.Lease.TotalSeconds:0}s");
        PostgresJournalStore store = new(location, context, _ => new SimSession(world, database, process), s_addresses.GetOrAdd(location, PostgresAddress.ReadWritten));
        process.Agent.Clock.Shared = store.Clock;
        return store;
    }

    public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel) => TryAcquireAsync(stream, null, wait, cancel);

    public async ValueTask<IJournalLease?> TryAcquireAsync(string stream, JournalPlace? known, TimeSpan wait, CancellationToken cancel)
    {
        IJournalLease? lease = await _inner.TryAcquireAsync(stream, known, wait, cancel).ConfigureAwait(false);
        if (lease is null) return null;
        Ledger? ledger = world.Laws.Accept(stream);
        Ledger? outer = process.Held;
        if (ledger is not null) (process.Held, process.Look.Since, process.Look.Open) = (ledger, ledger.LastAt, ledger.OpenAct);
        return new Lease(this, lease, ledger, outer, process.Leases.LastOrDefault(given => given.Stream == stream));
    }

    private sealed class Lease(SimStore store, IJournalLease inner, Ledger? ledger, Ledger? outer, SimLease? given) : IJournalLease
    {
        private readonly LedgerView? _before = ledger?.View();

        public string Stream => inner.Stream;

        public IReadOnlyList<JournalLine> Lines => inner.Lines;

        public JournalPlace? Before => inner.Before;

        public JournalPlace? End => inner.End;

        public bool IsHeld
        {
            get
            {
                bool held = inner.IsHeld;
                if (given is not null) store.Laws.AfterIsHeld(store.Process, Stream, held);
                return held;
            }
        }

        public bool UsedReserve => inner.UsedReserve;

        public ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel) => AppendAsync(inner.AppendAsync, entries, cancel);

        public ValueTask<IReadOnlyList<JournalLine>> AppendUrgentAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel) => AppendAsync(inner.AppendUrgentAsync, entries, cancel);

        private async ValueTask<IReadOnlyList<JournalLine>> AppendAsync(
            Func<IReadOnlyList<JournalEntry>, CancellationToken, ValueTask<IReadOnlyList<JournalLine>>> append, IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
        {
            long began = store.World.Scheduler.Now;
            int appends = given?.Appends ?? 0;
            try
            {
                IReadOnlyList<JournalLine> lines = await append(entries, cancel).ConfigureAwait(false);
                store.Laws.Accept(Stream);
                if (inner.UsedReserve) store.Process.Look.UsedReserve = Stream;
                if (given is not null) store.Laws.AfterAppend(store.Process, Stream, began, lines, inner.IsHeld);
                return lines;
            }
            catch (ReadyOpsException e) when (e.Id == "JournalFenced")
            {
                store.Laws.AfterFenced(store.Process, Stream, given, appends);
                throw;
            }
            catch (ReadyOpsException e) when (e.Id == "JournalWriteFailed" && given is null)
            {
                store.Laws.AfterFailedAppend(store.Process, Stream);
                throw;
            }
        }

        public ValueTask SealAsync(CancellationToken cancel) => inner.SealAsync(cancel);

        public ValueTask DisposeAsync()
        {
            if (ledger is not null && store.Process.Held == ledger)
            {
                if (!store.Laws.IsOvertaken(store.Process, ledger)) store.Process.Look.Views[ledger] = (_before!, ledger.View());
                store.Process.Held = outer;
            }

            return inner.DisposeAsync();
        }
    }

    private SimWorld World => world;

    private LawBook Laws => world.Laws;

    private SimProcess Process => process;
}
