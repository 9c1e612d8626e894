using System.Text.Json;
using Npgsql;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Journal.Postgres;

/// <summary>What a lease makes of answers that are lost. The database is a stand-in; against a real one it is tested by the scenarios.</summary>
public sealed class PostgresLeaseTests
{
    private static readonly JournalEntry Entry = new("Tested", "alice", JsonSerializer.SerializeToElement(new { }));

    [Fact]
    public async Task An_append_that_an_earlier_attempt_carried_out_does_not_renew_the_lease_now()
    {
        ManualClock clock = new();
        Sessions sessions = new(clock);
        await using IJournalLease lease = await TakeAsync(clock, sessions);
        // The first attempt is carried out at once, and its answer is lost after ten seconds; so the lease lasts for 30 s from now on.
        sessions.LosesAppendAfter = TimeSpan.FromSeconds(10);
        Task<IReadOnlyList<JournalLine>> appending = lease.AppendAsync([Entry], CancellationToken.None).AsTask();
        await clock.WhenWaitingAsync(TimeSpan.FromMilliseconds(100));
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await appending;
        Assert.Equal(2, sessions.Appends);
        Assert.True(lease.IsHeld);
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.False(lease.IsHeld);
    }

    [Fact]
    public async Task A_renewal_that_fails_while_the_lease_is_given_back_is_nobodys_concern()
    {
        ManualClock clock = new();
        Sessions sessions = new(clock) { RenewalHangs = true };
        IJournalLease lease = await TakeAsync(clock, sessions);
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, sessions.Renewals);
        await lease.DisposeAsync();
        Assert.True(sessions.IsGivenBack);
    }

    [Fact]
    public void Every_statement_that_a_lease_rests_on_is_flushed_also_where_the_server_does_not_wait_for_that()
    {
        Assert.Contains("set_config('synchronous_commit'", PostgresStatements.Take("s"), StringComparison.Ordinal);
        Assert.Contains("set_config('synchronous_commit'", PostgresStatements.Renew("s"), StringComparison.Ordinal);
        Assert.Contains("set_config('synchronous_commit'", PostgresStatements.Append("s"), StringComparison.Ordinal);
        Assert.Contains("set_config('synchronous_commit'", PostgresStatements.Has("s"), StringComparison.Ordinal);
    }

    private static async Task<IJournalLease> TakeAsync(ManualClock clock, Sessions sessions)
    {
        PostgresJournalStore store = new("postgresql://db.example/readyops", new EngineContext { Clock = clock }, _ => sessions);
        return Assert.IsAssignableFrom<IJournalLease>(await store.TryAcquireAsync("tests/one", TimeSpan.Zero, CancellationToken.None));
    }

    /// <summary>A database with one stream of one line.</summary>
    private sealed class Sessions : IPostgresSession
    {
        private readonly ManualClock _clock;
        private readonly JournalLine _first;
        private readonly byte[] _bytes;
        private byte[]? _second;

        public Sessions(ManualClock clock)
        {
            _clock = clock;
            System.Buffers.ArrayBufferWriter<byte> output = new();
            _first = JournalChain.Write(output, Entry, 1, JournalChain.Genesis, clock.GetUtcNow(), "build-07");
            _bytes = output.WrittenSpan[..^1].ToArray();
        }

        public TimeSpan? LosesAppendAfter { get; set; }

        public bool RenewalHangs { get; init; }

        public int Appends { get; private set; }

        public int Renewals { get; private set; }

        public bool IsGivenBack { get; private set; }

        private PostgresStream Row => new(1, 1, _bytes.Length + 1, _first.Hash, _first.Hash, 0);

        public Task OpenAsync(CancellationToken cancel) => Task.CompletedTask;

        public Task EnsureAsync(CancellationToken cancel) => Task.CompletedTask;

        public void Forget()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public Task<DateTime> ClockAsync(CancellationToken cancel) => Task.FromResult(_clock.GetUtcNow().UtcDateTime);

        public Task<PostgresTaken?> TakeAsync(string stream, Guid owner, string holder, TimeSpan lease, CancellationToken cancel) =>
            Task.FromResult<PostgresTaken?>(new PostgresTaken(Row, 1, _clock.GetUtcNow().UtcDateTime));

        public async IAsyncEnumerable<byte[]> LinesAsync(long stream, long from, long to, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
        {
            await Task.CompletedTask;
            yield return _bytes;
        }

        public Task<bool> AppendAsync(PostgresStream row, PostgresFence? fence, TimeSpan lease, IReadOnlyList<byte[]> lines, string firstHash, string lastHash, CancellationToken cancel)
        {
            Appends++;
            if (_second is not null) return Task.FromResult(false);
            _second = lines[^1];
            _clock.Advance(LosesAppendAfter!.Value);
            throw new NpgsqlException("Exception while reading from stream", new IOException("the connection was closed"));
        }

        public Task<bool> HasAsync(long stream, long sequence, byte[] line, CancellationToken cancel) => Task.FromResult(_second?.AsSpan().SequenceEqual(line) == true);

        public async Task<bool> RenewAsync(string stream, PostgresFence fence, TimeSpan lease, CancellationToken cancel)
        {
            Renewals++;
            if (!RenewalHangs) throw new ReadyOpsException("JournalUnavailable", "The journals cannot be used.");
            TaskCompletionSource broken = new();
            await using CancellationTokenRegistration stopped = cancel.Register(() => broken.SetException(new NpgsqlException("Exception while reading from stream", new IOException("the connection was closed"))));
            await broken.Task;
            return true;
        }

        public Task GiveBackAsync(string stream, PostgresFence fence, CancellationToken cancel)
        {
            IsGivenBack = true;
            return Task.CompletedTask;
        }

        public Task BeginAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task CommitAsync(CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<JournalStamp>> StampsAsync(string prefix, CancellationToken cancel) => throw new NotSupportedException();

        public Task<PostgresStream?> FindAsync(string stream, bool forUpdate, CancellationToken cancel) => throw new NotSupportedException();

        public Task MakeAsync(string stream, CancellationToken cancel) => throw new NotSupportedException();

        public Task<IReadOnlyList<byte[]>> LinesAfterAsync(string stream, long sequence, CancellationToken cancel) => throw new NotSupportedException();

        public Task<byte[]?> LineAsync(string stream, bool last, CancellationToken cancel) => throw new NotSupportedException();

        public Task<string?> HolderAsync(string stream, CancellationToken cancel) => throw new NotSupportedException();

        public Task NoteSealedAsync(long stream, long sequence, CancellationToken cancel) => throw new NotSupportedException();
    }
}
