using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Core.Journal;

/// <summary>
/// Streams of hash-chained lines: everything a store does, whatever keeps its bytes. Reads and writes block while the disk works:
/// an append is not over before its flush, so there is nothing to win by returning earlier.
/// </summary>
public class JournalStore : IJournalLines, IJournalSnapshots, IJournalReserve
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly JournalCatalog _catalog;
    private readonly ConcurrentDictionary<string, string> _flushed = new(StringComparer.Ordinal);

    internal JournalStore(IJournalMedium medium, EngineContext context)
    {
        (Medium, Context) = (medium, context);
        _catalog = new JournalCatalog(this);
    }

    internal IJournalMedium Medium { get; }

    internal EngineContext Context { get; }

    /// <inheritdoc/>
    public string Location => Medium.Location;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Touch(() =>
        {
            List<string> names = [.. Medium.List().Where(s => s.StartsWith(prefix, StringComparison.Ordinal))];
            names.Sort(StringComparer.Ordinal);
            return ValueTask.FromResult<IReadOnlyList<string>>(names);
        });
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<JournalStamp>> ListStampsAsync(string prefix, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return Touch(() =>
        {
            List<JournalStamp> stamps = [.. Medium.ListStamps().Where(s => s.Stream.StartsWith(prefix, StringComparison.Ordinal))];
            stamps.Sort((a, b) => string.CompareOrdinal(a.Stream, b.Stream));
            return ValueTask.FromResult<IReadOnlyList<JournalStamp>>(stamps);
        });
    }

    /// <inheritdoc/>
    public ValueTask<bool> ExistsAsync(string stream, CancellationToken cancel)
    {
        if (JournalName.Problem(stream) is not null)
            return ValueTask.FromResult(false);
        return ValueTask.FromResult(Touch(() =>
        {
            using IJournalFile? file = Medium.OpenRead(stream);
            return file is { Length: > 0 };
        }));
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel) =>
        (await ReadAfterAsync(stream, null, cancel).ConfigureAwait(false)).Lines;

    /// <inheritdoc/>
    public ValueTask<JournalTail> ReadAfterAsync(string stream, JournalPlace? known, CancellationToken cancel)
    {
        JournalName.Check(stream);
        return ValueTask.FromResult(Touch(() => ReadAfter(stream, known, cancel)));
    }

    /// <inheritdoc/>
    public ValueTask<JournalLine?> TryReadLastAsync(string stream, CancellationToken cancel) => LookAt(stream, JournalLastLine.Read);

    /// <inheritdoc/>
    public ValueTask<JournalLine?> TryReadFirstAsync(string stream, CancellationToken cancel) =>
        LookAt(stream, file => JournalLastLine.ReadSome(file, 0, 16 * 1024) is [{ } first, ..] ? JournalChain.TryReadAlone(first) : null);

    private ValueTask<JournalLine?> LookAt(string stream, Func<IJournalFile, JournalLine?> look)
    {
        JournalName.Check(stream);
        return ValueTask.FromResult(Touch(() =>
        {
            using IJournalFile? file = Medium.OpenRead(stream);
            return file is null ? null : look(file);
        }));
    }

    /// <inheritdoc/>
    public ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel) =>
        TryAcquireAsync(stream, null, wait, cancel);

    /// <inheritdoc/>
    public async ValueTask<IJournalLease?> TryAcquireAsync(string stream, JournalPlace? known, TimeSpan wait, CancellationToken cancel)
    {
        JournalName.Check(stream);
        JournalName.CheckNotCatalog(stream);
        long began = Context.Clock.GetTimestamp();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (Touch(() => TryAcquire(stream, known, _catalog, cancel)) is JournalLease lease)
            {
                if (lease.End is { } end)
                    _catalog.NoteOpened(stream, end.FirstHash);
                Acquired(lease);
                return lease;
            }
            TimeSpan left = wait - Context.Clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                FoundHeld(stream);
                return null;
            }
            await Task.Delay(left < Poll ? left : Poll, Context.Clock, cancel).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    ValueTask<IReadOnlyList<byte[]>> IJournalLines.ReadBytesAsync(string stream, JournalPlace? after, CancellationToken cancel)
    {
        JournalName.Check(stream);
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Touch<IReadOnlyList<byte[]>>(() =>
        {
            using IJournalFile? file = Medium.OpenRead(stream);
            return file is null ? [] : JournalLastLine.ReadSome(file, after?.Offset ?? 0);
        }));
    }

    /// <inheritdoc/>
    void IJournalReserve.KeepRoom() => Medium.KeepRoom();

    /// <inheritdoc/>
    ValueTask<byte[]?> IJournalSnapshots.ReadSnapshotAsync(string stream, CancellationToken cancel) =>
        ValueTask.FromResult(TrySnapshot(stream, "read", () => Medium.ReadSnapshot(stream)));

    /// <inheritdoc/>
    ValueTask<bool> IJournalSnapshots.WriteSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel) => ValueTask.FromResult(TrySnapshot(stream, "written", () =>
    {
        Medium.WriteSnapshot(stream, snapshot);
        return true;
    }));

    private T? TrySnapshot<T>(string stream, string what, Func<T?> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.LogDebug("The snapshot of {Stream} cannot be {What}: {Reason}", stream, what, e.Message);
            return default;
        }
    }

    /// <inheritdoc/>
    public string? DescribeHolder(string stream)
    {
        JournalName.Check(stream);
        return Medium.Holder(stream);
    }

    /// <inheritdoc/>
    public ValueTask<JournalVerification> VerifyAsync(string stream, CancellationToken cancel)
    {
        JournalName.Check(stream);
        return ValueTask.FromResult(Touch(() => Verify(CatalogContent.Read(this, cancel), stream, cancel)));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournalVerification> VerifyAllAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        SortedSet<string> streams = new(StringComparer.Ordinal);
        streams.UnionWith(await ListAsync(prefix, cancel).ConfigureAwait(false));
        CatalogContent catalog = Touch(() => CatalogContent.Read(this, cancel));
        streams.UnionWith(catalog.Streams.Keys.Where(s => s.StartsWith(prefix, StringComparison.Ordinal)));
        foreach (string stream in streams)
            yield return Touch(() => Verify(catalog, stream, cancel));
    }

    private JournalVerification Verify(CatalogContent catalog, string stream, CancellationToken cancel)
    {
        JournalVerifier verifier = new(catalog, stream);
        JournalScan? scan = TryScan(stream, null, withData: false, _ => verifier.Restart(), verifier.Take, cancel);
        return verifier.Conclude(scan, Medium.List);
    }

    /// <summary>A lease was taken, and what it holds was read.</summary>
    private protected virtual void Acquired(JournalLease lease)
    {
    }

    /// <summary>A lease could not be taken: another holds it.</summary>
    private protected virtual void FoundHeld(string stream)
    {
    }

    /// <summary>Tries once. The lease is verified from where it begins and its torn tail, if there is one, is gone.</summary>
    internal JournalLease? TryAcquire(string stream, JournalPlace? known, JournalCatalog? catalog, CancellationToken cancel)
    {
        IDisposable? held = Medium.TryLock(stream, Holder());
        if (held is null)
            return null;
        try
        {
            List<JournalLine> lines = [];
            (JournalScan scan, JournalPlace? before) = Scan(stream, known, lines, cancel);
            JournalLease lease = new(this, catalog, stream, held, before, lines, scan.Length);
            if (scan.TornBytes > 0)
                lease.RemoveTornTail(scan);
            FlushWhatOthersWrote(stream, lease.End?.Hash);
            return lease;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Everything up to a line is on the disk.</summary>
    internal void NoteFlushed(string stream, string lastHash) => _flushed[stream] = lastHash;

    /// <summary>
    /// Lines that another process wrote may not be on the disk yet, if it was killed before its flush. What is acted on must not be
    /// gone after a loss of power.
    /// </summary>
    private void FlushWhatOthersWrote(string stream, string? lastHash)
    {
        if (lastHash is null || _flushed.GetValueOrDefault(stream) == lastHash)
            return;
        using (IJournalFile? file = Medium.OpenWrite(stream, create: false))
            file?.Flush();
        NoteFlushed(stream, lastHash);
    }

    internal JournalTail ReadAfter(string stream, JournalPlace? known, CancellationToken cancel)
    {
        List<JournalLine> lines = [];
        (JournalScan scan, JournalPlace? before) = Scan(stream, known, lines, cancel);
        return new JournalTail(before, lines, PlaceOf(scan, before, lines));
    }

    /// <summary>
    /// Goes over a stream. When something does not fit and the file's length changed meanwhile, a writer was cutting its own
    /// unfinished bytes off under our eyes: only what is still wrong when looked at again is damage.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="known">Where to begin, if that line is still there.</param>
    /// <param name="withData">Whether the lines' data is wanted.</param>
    /// <param name="restart">Told before it begins, each time, and behind which line.</param>
    /// <param name="take">Gets every line that fits.</param>
    /// <param name="cancel">Stops it.</param>
    internal JournalScan? TryScan(
        string stream, JournalPlace? known, bool withData, Action<JournalPlace?> restart, Action<JournalLine> take, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            using IJournalFile? file = Medium.OpenRead(stream);
            if (file is null)
                return null;
            JournalPlace? before = known is not null && JournalLastLine.EndsAt(file, known.Offset, known.Hash) ? known : null;
            restart(before);
            long length = file.Length;
            JournalScan scan = JournalScan.Run(file, before, withData, take, cancel);
            if (scan.Problem is null || attempt == 3 || length == file.Length)
                return scan;
        }
    }

    /// <summary>The place of the last line that was scanned.</summary>
    internal static JournalPlace? PlaceOf(JournalScan scan, JournalPlace? before, List<JournalLine> lines)
    {
        string? first = before?.FirstHash ?? (lines.Count > 0 ? lines[0].Hash : null);
        return first is null ? null : new JournalPlace(scan.Events, scan.LastHash, first, scan.Length);
    }

    /// <summary>Runs something that touches the medium and says what failed in our words.</summary>
    internal T Touch<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException(
                "JournalUnavailable",
                $"The journals in {Location} cannot be used: {e.Message}",
                "Check that the folder exists, is on a disk that works, and that this account may read and write it.",
                e);
        }
    }

    private (JournalScan Scan, JournalPlace? Before) Scan(string stream, JournalPlace? known, List<JournalLine> lines, CancellationToken cancel)
    {
        JournalPlace? from = null;
        JournalScan scan = TryScan(stream, known, withData: true, place => { from = place; lines.Clear(); }, lines.Add, cancel) ?? new JournalScan();
        if (scan.Problem is null)
            return (scan, from);
        throw new ReadyOpsException(
            "JournalDamaged",
            string.Create(CultureInfo.InvariantCulture, $"Line {scan.Events + 1} of the journal {stream} in {Location} does not fit: {scan.Problem}."),
            "Nothing was changed. Compare the file with a copy; restore it, or move it aside if its history may be given up.");
    }

    private string Holder() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Context.HostName}, process {Environment.ProcessId}, since {Context.Clock.GetUtcNow().UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");

    internal ILogger Log => Context.Logs.CreateLogger("ReadyOps.Journal");
}
