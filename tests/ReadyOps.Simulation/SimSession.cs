using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Npgsql;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;

namespace ReadyOps.Simulation;

/// <summary>A connection of one process to the database. Each statement may be its last, may wait, and may be done without an answer.</summary>
internal sealed class SimSession(SimWorld world, SimDatabase database, SimProcess process) : IPostgresSession
{
    private static readonly TimeSpan s_commandTimeout = TimeSpan.FromSeconds(15);

    private readonly List<Func<SimCommit>> _pending = [];
    private readonly List<SimRow> _locked = [];
    private bool _inTransaction;
    private bool _isClosed;
    private bool _isLate;
    private int _era;

    /// <summary>Whether the server holds nothing for it any more.</summary>
    public bool IsOver => _isClosed || process.IsDead || _era != database.Era;

    private bool IsLost => _isClosed || _era != database.Era;

    public Task OpenAsync(CancellationToken cancel)
    {
        if (process.IsDead || world.IsOver) throw new KilledException();
        FailWhenDown();
        _era = database.Era;
        return Task.CompletedTask;
    }

    public Task EnsureAsync(CancellationToken cancel) => Task.CompletedTask;

    public void Forget()
    {
    }

    public Task BeginAsync(CancellationToken cancel)
    {
        _inTransaction = true;
        return Task.CompletedTask;
    }

    public Task CommitAsync(CancellationToken cancel) => Change(() =>
    {
        foreach (Func<SimCommit> change in _pending) change().IsTold = true;
        _pending.Clear();
        End();
        return true;
    });

    public ValueTask DisposeAsync()
    {
        _isClosed = true;
        _pending.Clear();
        End();
        return ValueTask.CompletedTask;
    }

    public Task<DateTime> ClockAsync(CancellationToken cancel) => Ask(() => new DateTime(world.Scheduler.Now, DateTimeKind.Utc));

    public Task<IReadOnlyList<JournalStamp>> StampsAsync(string prefix, CancellationToken cancel) => Ask<IReadOnlyList<JournalStamp>>(() =>
        [.. database.Rows.Where(row => row.Events > 0 && row.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(row => new JournalStamp(row.Name, row.LastHash!))]);

    public Task<PostgresStream?> FindAsync(string stream, bool forUpdate, CancellationToken cancel) => Ask(() =>
    {
        if (forUpdate && database.Find(stream) is { } row) Lock(row);
        return database.Find(stream)?.Told;
    });

    public Task MakeAsync(string stream, CancellationToken cancel) => Change(() => database.Make(stream));

    public async IAsyncEnumerable<byte[]> LinesAsync(long stream, long from, long to, [EnumeratorCancellation] CancellationToken cancel)
    {
        SimRow row = database.Find(stream);
        byte[][] lines = await Ask(() => Enumerable.Range((int)from, (int)Math.Max(0, Math.Min(to, row.Events) - from + 1)).Select(i => database.Line(row, i)).ToArray()).ConfigureAwait(false);
        foreach (byte[] line in lines) yield return line;
    }

    public Task<IReadOnlyList<byte[]>> LinesAfterAsync(string stream, long sequence, CancellationToken cancel) => Ask<IReadOnlyList<byte[]>>(() =>
        database.Find(stream) is { } row ? [.. Enumerable.Range((int)sequence + 1, (int)Math.Clamp(row.Events - sequence, 0, 500)).Select(i => database.Line(row, i))] : []);

    public Task<byte[]?> LineAsync(string stream, bool last, CancellationToken cancel) => Ask(() =>
        database.Find(stream) is { Events: > 0 } row ? database.Line(row, last ? row.Events : 1) : null);

    public Task<bool> HasAsync(long stream, long sequence, byte[] line, CancellationToken cancel) => Ask(() =>
        sequence <= database.Find(stream).Events && database.Line(database.Find(stream), sequence).AsSpan().SequenceEqual(line));

    public Task<PostgresTaken?> TakeAsync(string stream, Guid owner, string holder, TimeSpan lease, CancellationToken cancel) => Change(() =>
    {
        if (database.Find(stream) is { } known) Lock(known);
        SimCommit commit = database.Take(process, stream, owner, holder, lease);
        if (commit == SimCommit.Nothing)
        {
            process.Look.MetLease = true;
            return (commit, (PostgresTaken?)null);
        }

        SimRow row = database.Find(stream)!;
        return (commit, new PostgresTaken(row.Told, row.Token, new DateTime(world.Scheduler.Now, DateTimeKind.Utc)));
    });

    public Task<string?> HolderAsync(string stream, CancellationToken cancel) => Ask(() => database.Find(stream)?.Holder);

    public Task<bool> RenewAsync(string stream, PostgresFence fence, TimeSpan lease, CancellationToken cancel) => Change(() =>
    {
        if (database.Find(stream) is { } row) Lock(row);
        SimCommit commit = database.Renew(process, stream, fence.Token, lease);
        return (commit, commit != SimCommit.Nothing);
    });

    public Task GiveBackAsync(string stream, PostgresFence fence, CancellationToken cancel) => Change(() =>
    {
        database.GiveBack(process, stream, fence.Token);
        return true;
    });

    public Task<bool> AppendAsync(PostgresStream row, PostgresFence? fence, TimeSpan lease, IReadOnlyList<byte[]> lines, string firstHash, string lastHash, CancellationToken cancel)
    {
        bool inTransaction = _inTransaction;
        Look look = process.Look;
        return Change(() =>
        {
            Lock(database.Find(row.Id));
            if (database.Append(process, look, row, fence?.Token, lease, lines, firstHash, lastHash) is not { } append) return (SimCommit.Nothing, false);
            if (!inTransaction) return (append(), true);
            _pending.Add(append);
            return (SimCommit.Nothing, true);
        });
    }

    public Task NoteSealedAsync(long stream, long sequence, CancellationToken cancel) => Change(() =>
    {
        _pending.Add(() =>
        {
            database.NoteSealed(database.Find(stream), sequence);
            return SimCommit.Nothing;
        });
        return true;
    });

    public Task<byte[]?> SnapshotAsync(string stream, CancellationToken cancel) => Ask<byte[]?>(() =>
    {
        if (!world.Disk.Snapshots.TryGetValue(stream, out SimSnapshot? snapshot) || snapshot.Bytes is null) return null;
        process.Reach[stream] = snapshot.Reach;
        return [.. snapshot.Bytes];
    });

    public Task KeepSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel) => Change(() =>
    {
        if (!world.Disk.Snapshots.TryGetValue(stream, out SimSnapshot? kept)) world.Disk.Snapshots[stream] = kept = new SimSnapshot();
        kept.Put(snapshot);
        return true;
    });

    private Task<T> Ask<T>(Func<T> statement)
    {
        Arrive();
        return Task.FromResult(statement());
    }

    private Task<T> Change<T>(Func<T> statement) => Change(() => (SimCommit.Nothing, statement()));

    /// <summary>A statement that changes something: also where its answer is lost, it may have been done, or be done later.</summary>
    private Task<T> Change<T>(Func<(SimCommit Commit, T Answer)> statement)
    {
        bool dies = process.DiesNext || process.DiesInWrite;
        if (dies)
        {
            if (!IsLost && world.Random.OneIn(2)) statement();
            world.Count(Fault.TornWrite);
            process.Die("killed while it waits for the database");
        }

        Arrive(() => LoseWithin(statement));
        if (world.IsDiskFull)
        {
            Note(Fault.DiskFull);
            throw new PostgresException("could not extend file: No space left on device", "ERROR", "ERROR", "53100");
        }

        if (world.TakeOnce(Fault.StoreCut))
        {
            Note(Fault.StoreCut);
            LoseWithin(statement);
            _isClosed = true;
            throw Lost("the connection was closed");
        }

        (SimCommit commit, T answer) = statement();
        process.Touch();
        if (IsLost) throw Lost("the server closed the connection");
        if (commit.Undo is not null) commit.IsTold = true;
        return Task.FromResult(answer);
    }

    /// <summary>Nobody hears whether a statement was done: it was, or is later, or never.</summary>
    private void LoseWithin<T>(Func<(SimCommit Commit, T Answer)> statement)
    {
        int how = world.Random.Below(3);
        if (how == 0) statement();
        else if (how == 1 && !_inTransaction) database.ArriveLater(world.Random.Pick(world.Random.Seconds(1, 10), world.Random.Seconds(5, 90)), () => Try(statement));
    }

    /// <summary>A statement that nobody waits for any more fails where nobody sees it.</summary>
    private void Try<T>(Func<(SimCommit Commit, T Answer)> statement)
    {
        _isLate = true;
        try
        {
            statement();
        }
        catch (TimeoutException)
        {
        }
    }

    private void Arrive(Action? lose = null)
    {
        process.Touch();
        if (IsLost)
        {
            process.Look.DiskFaults++;
            throw new PostgresException("terminating connection due to administrator command", "FATAL", "FATAL", "57P01");
        }

        FailWhenDown();
        if (!world.Is(Fault.StoreSlow)) return;
        process.Look.DiskFaults++;
        TimeSpan wait = world.Random.Seconds(1, 20);
        if (wait >= s_commandTimeout) lose?.Invoke();
        world.Sleep(process, wait < s_commandTimeout ? wait : s_commandTimeout);
        if (wait < s_commandTimeout && !IsLost) return;
        _isClosed = true;
        throw new NpgsqlException("Exception while reading from stream", new TimeoutException("Timeout during reading attempt"));
    }

    private void FailWhenDown()
    {
        if (!world.Is(Fault.StoreDown)) return;
        process.Look.DiskFaults++;
        bool isRefused = world.Random.OneIn(2);
        if (!isRefused) world.Sleep(process, s_commandTimeout);
        _isClosed = true;
        throw isRefused ? new NpgsqlException("Failed to connect", new SocketException((int)SocketError.ConnectionRefused))
            : new NpgsqlException("Exception while connecting", new TimeoutException("The operation has timed out"));
    }

    private NpgsqlException Lost(string why)
    {
        process.Look.DiskFaults++;
        return new NpgsqlException("Exception while reading from stream", new IOException(why));
    }

    private void Note(Fault fault)
    {
        world.Count(fault);
        process.Look.DiskFaults++;
    }

    /// <summary>Waits until nobody else holds the row; keeps it in a transaction.</summary>
    private void Lock(SimRow row)
    {
        for (TimeSpan waited = TimeSpan.Zero; SimDatabase.LockOf(row) is { } other && other != this; waited += TimeSpan.FromSeconds(1))
        {
            if (_isLate) throw new TimeoutException();
            // What holds it may be the very process that waits here, further up: it goes on when this gives up.
            if (waited >= TimeSpan.FromSeconds(other.BelongsTo(process) ? 1 : 15))
            {
                process.Look.DiskFaults++;
                _isClosed = true;
                throw new NpgsqlException("Exception while reading from stream", new TimeoutException("Timeout during reading attempt"));
            }

            world.Sleep(process, TimeSpan.FromSeconds(1));
        }

        if (!_inTransaction) return;
        row.LockedBy = this;
        _locked.Add(row);
    }

    private bool BelongsTo(SimProcess other) => process == other;

    private void End()
    {
        _inTransaction = false;
        foreach (SimRow row in _locked.Where(row => row.LockedBy == this)) row.LockedBy = null;
        _locked.Clear();
    }
}
