using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>
/// The right to append to one stream, for a time by the database's clock and as long as it is renewed. Each append names the token and
/// the line that it continues; the database takes it only while both are still so.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="stream">The stream.</param>
/// <param name="fence">What tells its holder from everybody else.</param>
/// <param name="leaseTime">How long it lasts without being renewed.</param>
/// <param name="since">When it was asked for, as a timestamp of this process.</param>
internal sealed class PostgresLease(PostgresJournalStore store, string stream, PostgresFence fence, TimeSpan leaseTime, long since) : IJournalLinesLease
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<JournalLine> _lines = [];
    private readonly ILogger _log = store.Context.Logs.CreateLogger("ReadyOps.Journal");
    private PostgresStream _row = null!;
    private PeriodicTimer? _due;
    private Task _renewing = Task.CompletedTask;
    private long _renewedAt = since;
    private volatile bool _lost;
    private bool _disposed;

    public string Stream => stream;

    public IReadOnlyList<JournalLine> Lines => _lines;

    public JournalPlace? Before { get; private set; }

    public JournalPlace? End => _row.Events == 0 ? null : new JournalPlace(_row.Events, _row.LastHash, _row.FirstHash, _row.Bytes);

    // The time since it was asked for, not since it was answered: the database began to count in between.
    public bool IsHeld => !_lost && !_disposed && store.Context.Clock.GetElapsedTime(Interlocked.Read(ref _renewedAt)) < leaseTime;

    /// <summary>Begins with what was read, and renews from now on.</summary>
    public void Begin(PostgresStream row, JournalTail tail)
    {
        (_row, Before) = (row, tail.Before);
        _lines.AddRange(tail.Lines);
        _due = new PeriodicTimer(leaseTime / 3, store.Context.Clock);
        _renewing = RenewAsync(_due);
    }

    public async ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (entries.Count == 0) return [];
            (List<JournalLine> lines, List<byte[]> bytes) = Compose(entries);
            JournalPlace end = new(lines[^1].Sequence, lines[^1].Hash, _row.Events == 0 ? lines[0].Hash : _row.FirstHash, _row.Bytes + bytes.Sum(line => line.Length + 1L));
            await WriteAsync(end, bytes, cancel).ConfigureAwait(false);
            _lines.AddRange(lines);
            return lines;
        }
        finally
        {
            _gate.Release();
        }
    }

    async ValueTask IJournalLinesLease.AppendBytesAsync(IReadOnlyList<byte[]> lines, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await _gate.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            JournalPlace end = JournalScan.Continue(stream, store.Location, End, lines);
            await WriteAsync(end, lines, cancel).ConfigureAwait(false);
            Before = end;
            _lines.Clear();
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask SealAsync(CancellationToken cancel)
    {
        if (End is not { } end) return;
        await store.Database.RunAsync(async session =>
        {
            await session.BeginAsync(cancel).ConfigureAwait(false);
            PostgresStream? now = await session.FindAsync(stream, forUpdate: true, cancel).ConfigureAwait(false);
            if (now is null || now.Sealed >= end.Sequence) return false;
            await store.Catalog.AppendAsync(session, JournalCatalog.StreamSealed, new() { ["stream"] = stream, ["sequence"] = end.Sequence, ["hash"] = end.Hash }, cancel).ConfigureAwait(false);
            await session.NoteSealedAsync(now.Id, end.Sequence, cancel).ConfigureAwait(false);
            await session.CommitAsync(cancel).ConfigureAwait(false);
            return true;
        }, cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        // It ends a wait without an exception, which at every tick would cost more than the tick. What is under way is cancelled.
        _due?.Dispose();
        _stop.Cancel();
        await _renewing.ConfigureAwait(false);
        _stop.Dispose();
        // Otherwise it ends by itself.
        await store.Database.TryAsync($"The lease of {stream}", async session =>
        {
            await session.GiveBackAsync(stream, fence, CancellationToken.None).ConfigureAwait(false);
            return true;
        }, CancellationToken.None).ConfigureAwait(false);
    }

    private (List<JournalLine> Lines, List<byte[]> Bytes) Compose(IReadOnlyList<JournalEntry> entries)
    {
        List<JournalLine> lines = [];
        List<byte[]> bytes = [];
        string hash = _row.LastHash;
        DateTimeOffset now = store.Now;
        foreach (JournalEntry entry in entries)
        {
            ArrayBufferWriter<byte> output = new(1024);
            JournalLine line = JournalChain.Write(output, entry, _row.Events + lines.Count + 1, hash, now, store.Context.HostName);
            lines.Add(line);
            bytes.Add(output.WrittenSpan[..^1].ToArray());
            hash = line.Hash;
        }

        return (lines, bytes);
    }

    /// <summary>
    /// Writes until it is known that it was written or cannot be. An attempt whose answer was lost may have been carried out: the next one
    /// then finds the stream further on, and its end the very line that was to be written.
    /// </summary>
    private async Task WriteAsync(JournalPlace end, IReadOnlyList<byte[]> bytes, CancellationToken cancel)
    {
        long? renewed = null;
        bool written, unsure = false;
        try
        {
            written = await store.Database.RunAsync(async session =>
            {
                long asked = store.Context.Clock.GetTimestamp();
                try
                {
                    if (await TryWriteAsync(session, end, bytes).ConfigureAwait(false))
                    {
                        renewed = asked;
                        return true;
                    }
                }
                catch (Exception e) when (!PostgresErrors.IsRefused(e))
                {
                    unsure = true;
                    throw;
                }

                // What an earlier attempt wrote has renewed the lease then, and not now.
                return await session.HasAsync(_row.Id, end.Sequence, bytes[^1], CancellationToken.None).ConfigureAwait(false);
            }, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id == "JournalUnavailable")
        {
            string what = unsure ? $"Whether the journal {stream} in {store.Location} took {bytes.Count} further events cannot be said" : $"Nothing could be appended to the journal {stream} in {store.Location}";
            throw new ReadyOpsException("JournalWriteFailed", $"{what}: {e.Message}", $"{e.NextStep} The next tick goes by what the journal then says.", e);
        }

        if (written)
        {
            if (renewed is { } at) Interlocked.Exchange(ref _renewedAt, at);
            _row = _row with { Events = end.Sequence, Bytes = end.Offset, FirstHash = end.FirstHash, LastHash = end.Hash };
            return;
        }

        _lost = true;
        throw new ReadyOpsException("JournalFenced",
            string.Create(CultureInfo.InvariantCulture, $"The journal {stream} in {store.Location} was taken by somebody else since this process took it: its lease had ended, or it has other lines than the {_row.Events} that were left."),
            "Nothing was written. Start over from the journal as it is now.");
    }

    private async Task<bool> TryWriteAsync(IPostgresSession session, JournalPlace end, IReadOnlyList<byte[]> bytes)
    {
        // From here on nothing is given up in the middle: a half-known outcome helps nobody.
        if (_row.Events > 0)
            return await session.AppendAsync(_row, fence, leaseTime, bytes, end.FirstHash, end.Hash, CancellationToken.None).ConfigureAwait(false);

        await session.BeginAsync(CancellationToken.None).ConfigureAwait(false);
        if (!await session.AppendAsync(_row, fence, leaseTime, bytes, end.FirstHash, end.Hash, CancellationToken.None).ConfigureAwait(false)) return false;
        await store.Catalog.AppendAsync(session, JournalCatalog.StreamOpened, new() { ["stream"] = stream, ["hash"] = end.FirstHash }, CancellationToken.None).ConfigureAwait(false);
        await session.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        return true;
    }

    private async Task RenewAsync(PeriodicTimer due)
    {
        using PeriodicTimer timer = due;
        try
        {
            while (!_lost && await timer.WaitForNextTickAsync(CancellationToken.None).ConfigureAwait(false))
                _lost = !await TryRenewAsync().ConfigureAwait(false);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // However it ended: the lease is being given back.
        }
    }

    /// <summary>Renews once; whether it is still ours, as far as that can be told.</summary>
    private async Task<bool> TryRenewAsync()
    {
        long asked = store.Context.Clock.GetTimestamp();
        try
        {
            bool ours = await store.Database.RunAsync(session =>
            {
                asked = store.Context.Clock.GetTimestamp();
                return session.RenewAsync(stream, fence, leaseTime, _stop.Token);
            }, _stop.Token).ConfigureAwait(false);
            if (ours) Interlocked.Exchange(ref _renewedAt, asked);
            return ours;
        }
        catch (ReadyOpsException e)
        {
            _log.LogWarning("The lease of {Stream} could not be renewed: {Reason}", stream, e.Message);
            return true;
        }
    }
}
