using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps.Simulation;

/// <summary>The real store on the simulated disk. Only tells the laws what somebody was told is kept.</summary>
internal sealed class SimStore(SimWorld world, SimProcess process, EngineContext context) : IJournalLines, IJournalSnapshots
{
    private readonly JournalStore _inner = new(new SimMedium(world, process), context);

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

    public ValueTask<byte[]?> ReadSnapshotAsync(string stream, CancellationToken cancel) => ((IJournalSnapshots)_inner).ReadSnapshotAsync(stream, cancel);

    public ValueTask<bool> WriteSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel) => ((IJournalSnapshots)_inner).WriteSnapshotAsync(stream, snapshot, cancel);

    public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel) => TryAcquireAsync(stream, null, wait, cancel);

    public async ValueTask<IJournalLease?> TryAcquireAsync(string stream, JournalPlace? known, TimeSpan wait, CancellationToken cancel)
    {
        IJournalLease? lease = await _inner.TryAcquireAsync(stream, known, wait, cancel).ConfigureAwait(false);
        if (lease is null) return null;
        Ledger? ledger = world.Laws.Accept(stream);
        Ledger? outer = process.Held;
        if (ledger is not null) process.Held = ledger;
        return new Lease(this, lease, ledger, outer);
    }

    private sealed class Lease(SimStore store, IJournalLease inner, Ledger? ledger, Ledger? outer) : IJournalLease
    {
        private readonly LedgerView? _before = ledger?.View();

        public string Stream => inner.Stream;

        public IReadOnlyList<JournalLine> Lines => inner.Lines;

        public JournalPlace? Before => inner.Before;

        public JournalPlace? End => inner.End;

        public async ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
        {
            try
            {
                IReadOnlyList<JournalLine> lines = await inner.AppendAsync(entries, cancel).ConfigureAwait(false);
                store.Laws.Accept(Stream);
                return lines;
            }
            catch (ReadyOpsException e) when (e.Id == "JournalWriteFailed")
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
                store.Process.Look.Views[ledger] = (_before!, ledger.View());
                store.Process.Held = outer;
            }

            return inner.DisposeAsync();
        }
    }

    private LawBook Laws => world.Laws;

    private SimProcess Process => process;
}
