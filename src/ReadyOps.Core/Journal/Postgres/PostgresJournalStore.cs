using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>
/// Journals in PostgreSQL, for agents on several machines: the same lines byte for byte, each a row. A stream's lease lasts for a time
/// by the database's clock and is renewed while it is held; its token grows with each holder, so that one who was away for too long
/// appends nothing any more.
/// </summary>
public sealed class PostgresJournalStore : IJournalLines, IJournalSnapshots
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, string> _holders = new(StringComparer.Ordinal);
    private volatile bool _riskTold;

    /// <summary>Opens journals. Nothing is read or made before they are first used.</summary>
    /// <param name="location"><c>secret:NAME</c> or <c>env:NAME</c> of a connection string, or <c>postgresql://host/database</c> without a password.</param>
    /// <param name="context">Clock, host, secrets and log.</param>
    /// <exception cref="ReadyOpsException"><c>JournalPasswordWritten</c>, <c>JournalAddressInvalid</c></exception>
    public PostgresJournalStore(string location, EngineContext context)
        : this(location, context, null)
    {
    }

    /// <summary>The same over other sessions, and with the address that was read of the location before, if it was.</summary>
    internal PostgresJournalStore(string location, EngineContext context, Func<PostgresAddress, IPostgresSession>? open, PostgresAddress? written = null)
    {
        (Location, Context, Database) = (location, context, new PostgresDatabase(location, context, open, written));
        Catalog = new PostgresCatalog(Database, context);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public TimeProvider? Clock => SharesClock ? Database.Clock : null;

    /// <inheritdoc/>
    public bool LeasesEnd => true;

    /// <summary>Whether time is the database's. Only a benchmark that plays weeks says no.</summary>
    internal bool SharesClock { get; init; } = true;

    internal EngineContext Context { get; }

    internal PostgresDatabase Database { get; }

    internal PostgresCatalog Catalog { get; }

    /// <summary>The time that is written into lines.</summary>
    internal DateTimeOffset Now => (Clock ?? Context.Clock).GetUtcNow();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
        [.. (await ListStampsAsync(prefix, cancel).ConfigureAwait(false)).Select(stamp => stamp.Stream)];

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalStamp>> ListStampsAsync(string prefix, CancellationToken cancel) =>
        Database.RunAsync(session => session.StampsAsync(prefix, cancel), cancel);

    /// <inheritdoc/>
    public async ValueTask<bool> ExistsAsync(string stream, CancellationToken cancel) =>
        await Database.RunAsync(session => session.FindAsync(stream, forUpdate: false, cancel), cancel).ConfigureAwait(false) is { Events: > 0 };

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) =>
        (await ReadAfterAsync(stream, null, cancel).ConfigureAwait(false)).Lines;

    /// <inheritdoc/>
    public ValueTask<JournalTail> ReadAfterAsync(string stream, JournalPlace? known, CancellationToken cancel)
    {
        JournalName.Check(stream);
        return Database.RunAsync(async session =>
            await session.FindAsync(stream, forUpdate: false, cancel).ConfigureAwait(false) is { Events: > 0 } row
                ? await ReadAsync(session, stream, row, known, cancel).ConfigureAwait(false)
                : new JournalTail(null, [], null), cancel);
    }

    /// <inheritdoc/>
    public ValueTask<JournalLine?> TryReadLastAsync(string stream, CancellationToken cancel) => LookAt(stream, last: true, cancel);

    /// <inheritdoc/>
    public ValueTask<JournalLine?> TryReadFirstAsync(string stream, CancellationToken cancel) => LookAt(stream, last: false, cancel);

    private ValueTask<JournalLine?> LookAt(string stream, bool last, CancellationToken cancel)
    {
        JournalName.Check(stream);
        return Database.RunAsync(async session =>
            await session.LineAsync(stream, last, cancel).ConfigureAwait(false) is { } line ? JournalChain.TryReadAlone(line) : null, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel) => TryAcquireAsync(stream, null, wait, cancel);

    /// <inheritdoc/>
    public async ValueTask<IJournalLease?> TryAcquireAsync(string stream, JournalPlace? known, TimeSpan wait, CancellationToken cancel)
    {
        JournalName.Check(stream);
        JournalName.CheckNotCatalog(stream);
        long began = Context.Clock.GetTimestamp();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (await TryAcquireAsync(stream, known, cancel).ConfigureAwait(false) is { } lease) return lease;
            TimeSpan left = wait - Context.Clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return null;
            await Task.Delay(left < Poll ? left : Poll, Context.Clock, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<byte[]>> IJournalLines.ReadBytesAsync(string stream, JournalPlace? after, CancellationToken cancel)
    {
        JournalName.Check(stream);
        return Database.RunAsync(session => session.LinesAfterAsync(stream, after?.Sequence ?? 0L, cancel), cancel);
    }

    /// <inheritdoc/>
    ValueTask<byte[]?> IJournalSnapshots.ReadSnapshotAsync(string stream, CancellationToken cancel) =>
        Database.TryAsync("The snapshots", session => session.SnapshotAsync(stream, cancel), cancel);

    /// <inheritdoc/>
    ValueTask<bool> IJournalSnapshots.WriteSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel) => Database.TryAsync("The snapshots", async session =>
    {
        await session.KeepSnapshotAsync(stream, snapshot, cancel).ConfigureAwait(false);
        return true;
    }, cancel);

    /// <inheritdoc/>
    public string? DescribeHolder(string stream) => _holders.GetValueOrDefault(stream);

    /// <inheritdoc/>
    public async ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel)
    {
        JournalName.Check(stream);
        return await VerifyAsync(await CatalogAsync(cancel).ConfigureAwait(false), stream, cancel).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournalVerification> VerifyAllAsync(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        SortedSet<string> streams = new(StringComparer.Ordinal);
        streams.UnionWith(await ListAsync(prefix, cancel).ConfigureAwait(false));
        CatalogContent catalog = await CatalogAsync(cancel).ConfigureAwait(false);
        streams.UnionWith(catalog.Streams.Keys.Where(s => s.StartsWith(prefix, StringComparison.Ordinal)));
        foreach (string stream in streams) yield return await VerifyAsync(catalog, stream, cancel).ConfigureAwait(false);
    }

    private async ValueTask<JournalVerification> VerifyAsync(CatalogContent catalog, string stream, CancellationToken cancel)
    {
        IReadOnlyList<string> there = stream == JournalCatalog.Stream ? await ListAsync("", cancel).ConfigureAwait(false) : [];
        return await Database.RunAsync(async session =>
        {
            JournalVerifier verifier = new(catalog, stream);
            PostgresStream? row = await session.FindAsync(stream, forUpdate: false, cancel).ConfigureAwait(false);
            JournalScan? scan = row is not { Events: > 0 } ? null
                : await PostgresRows.ScanAsync(session, row, null, withData: false, _ => verifier.Restart(), verifier.Take, cancel).ConfigureAwait(false);
            return verifier.Conclude(scan, () => there);
        }, cancel).ConfigureAwait(false);
    }

    private ValueTask<CatalogContent> CatalogAsync(CancellationToken cancel) => Database.RunAsync(async session =>
    {
        List<JournalLine> lines = [];
        PostgresStream? row = await session.FindAsync(JournalCatalog.Stream, forUpdate: false, cancel).ConfigureAwait(false);
        JournalScan? scan = row is not { Events: > 0 } ? null
            : await PostgresRows.ScanAsync(session, row, null, withData: true, _ => lines.Clear(), lines.Add, cancel).ConfigureAwait(false);
        CatalogContent content = CatalogContent.Fold(lines);
        content.Problem = scan?.Problem;
        return content;
    }, cancel);

    /// <summary>Tries once.</summary>
    private async ValueTask<PostgresLease?> TryAcquireAsync(string stream, JournalPlace? known, CancellationToken cancel)
    {
        // Told apart from every other attempt: an attempt whose answer was lost is found to be ours when it is repeated.
        Guid owner = Guid.NewGuid();
        PostgresAddress address = await Database.AddressAsync(cancel).ConfigureAwait(false);
        (PostgresStream Row, PostgresFence Fence, long Since)? taken = await Database.RunAsync(
            session => TakeAsync(session, stream, owner, address.LeaseTime, cancel), cancel).ConfigureAwait(false);
        if (taken is not { } mine) return null;
        PostgresLease lease = new(this, stream, mine.Fence, address.LeaseTime, mine.Since);
        try
        {
            JournalTail tail = mine.Row.Events == 0 ? new JournalTail(null, [], null) : await Database.RunAsync(
                session => ReadAsync(session, stream, mine.Row, known, cancel), cancel).ConfigureAwait(false);
            lease.Begin(mine.Row, tail);
            return lease;
        }
        catch
        {
            await lease.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<(PostgresStream Row, PostgresFence Fence, long Since)?> TakeAsync(
        IPostgresSession session, string stream, Guid owner, TimeSpan leaseTime, CancellationToken cancel)
    {
        DateTimeOffset asked = Context.Clock.GetUtcNow();
        long since = Context.Clock.GetTimestamp();
        // Not every encoding that a database may have knows every letter.
        string host = string.Concat(Context.HostName.Select(c => char.IsAscii(c) ? c : '?'));
        string who = string.Create(CultureInfo.InvariantCulture, $"{host}, process {Environment.ProcessId}, since {Now.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
        if (await session.TakeAsync(stream, owner, who, leaseTime, cancel).ConfigureAwait(false) is { } taken)
        {
            Database.SetClock(taken.Time, asked);
            await TellRiskAsync(session, cancel).ConfigureAwait(false);
            return (taken.Row, new PostgresFence(taken.Token, owner), since);
        }

        if (await session.HolderAsync(stream, cancel).ConfigureAwait(false) is { } holder) _holders[stream] = holder;
        return null;
    }

    /// <summary>Tells once what is to be feared for: not those who only read.</summary>
    private async Task TellRiskAsync(IPostgresSession session, CancellationToken cancel)
    {
        if (_riskTold) return;
        if (await session.RiskAsync(cancel).ConfigureAwait(false) is { } risk)
            Context.Logs.CreateLogger("ReadyOps.Journal").LogWarning("The journals in {Location} are not safe in this server: {Risk}", Location, risk);
        _riskTold = true;
    }

    private async Task<JournalTail> ReadAsync(IPostgresSession session, string stream, PostgresStream row, JournalPlace? known, CancellationToken cancel)
    {
        List<JournalLine> lines = [];
        JournalPlace? before = null;
        JournalScan scan = await PostgresRows.ScanAsync(
            session, row, known, withData: true, place => { before = place; lines.Clear(); }, lines.Add, cancel).ConfigureAwait(false);
        if (scan.Problem is null) return new JournalTail(before, lines, JournalStore.PlaceOf(scan, before, lines));
        throw new ReadyOpsException("JournalDamaged",
            string.Create(CultureInfo.InvariantCulture, $"Line {scan.Events + 1} of the journal {stream} in {Location} does not fit: {scan.Problem}."),
            "Nothing was changed. Compare the rows with a backup, and find out who may write to these tables.");
    }
}
