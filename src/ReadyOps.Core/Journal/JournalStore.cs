using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Core.Journal;

/// <summary>
/// Streams of hash-chained lines: everything a store does, whatever keeps its bytes. Reads and writes block while the disk works:
/// an append is not over before its flush, so there is nothing to win by returning earlier.
/// </summary>
public class JournalStore : IJournalStore
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly JournalCatalog _catalog;

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
    public ValueTask<IReadOnlyList<JournalLine>> ReadAsync(string stream, CancellationToken cancel)
    {
        JournalName.Check(stream);
        return ValueTask.FromResult<IReadOnlyList<JournalLine>>(Touch(() => Read(stream, cancel)));
    }

    /// <inheritdoc/>
    public async ValueTask<IJournalLease?> TryAcquireAsync(string stream, TimeSpan wait, CancellationToken cancel)
    {
        JournalName.Check(stream);
        if (string.Equals(stream, JournalCatalog.Stream, StringComparison.OrdinalIgnoreCase))
        {
            throw new ReadyOpsException(
                "JournalStreamInvalid", $"'{stream}' is the store's own journal; only the store appends to it.", "Use another name.");
        }
        long began = Context.Clock.GetTimestamp();
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            if (Touch(() => TryAcquire(stream, _catalog, cancel)) is JournalLease lease)
            {
                if (lease.Lines.Count > 0)
                    _catalog.NoteOpened(stream, lease.Lines[0].Hash);
                return lease;
            }
            TimeSpan left = wait - Context.Clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
                return null;
            await Task.Delay(left < Poll ? left : Poll, Context.Clock, cancel).ConfigureAwait(false);
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
        return ValueTask.FromResult(Touch(() => JournalVerifier.Verify(this, stream, cancel)));
    }

    /// <summary>Verifies every stream that there is or that the catalog says there should be, in ordinal order.</summary>
    /// <param name="prefix">Only streams whose names begin with it; empty for all.</param>
    /// <param name="cancel">Stops it.</param>
    public async IAsyncEnumerable<JournalVerification> VerifyAllAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        SortedSet<string> streams = new(StringComparer.Ordinal);
        streams.UnionWith(await ListAsync(prefix, cancel).ConfigureAwait(false));
        CatalogContent catalog = Touch(() => CatalogContent.Read(this, cancel));
        streams.UnionWith(catalog.Streams.Keys.Where(s => s.StartsWith(prefix, StringComparison.Ordinal)));
        foreach (string stream in streams)
            yield return await VerifyAsync(stream, cancel).ConfigureAwait(false);
    }

    /// <summary>Tries once. The lease is verified as a whole and its torn tail, if there is one, is gone.</summary>
    internal JournalLease? TryAcquire(string stream, JournalCatalog? catalog, CancellationToken cancel)
    {
        IDisposable? held = Medium.TryLock(stream, Holder());
        if (held is null)
            return null;
        try
        {
            List<JournalLine> lines = [];
            JournalScan scan = Scan(stream, withData: true, lines, cancel);
            JournalLease lease = new(this, catalog, stream, held, lines, scan.Length);
            if (scan.TornBytes > 0)
                lease.RemoveTornTail(scan);
            return lease;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    internal List<JournalLine> Read(string stream, CancellationToken cancel)
    {
        List<JournalLine> lines = [];
        Scan(stream, withData: true, lines, cancel);
        return lines;
    }

    /// <summary>
    /// Goes over a stream. When something does not fit and the file's length changed meanwhile, a writer was cutting its own
    /// unfinished bytes off under our eyes: only what is still wrong when looked at again is damage.
    /// </summary>
    internal JournalScan? TryScan(string stream, bool withData, Action restart, Action<JournalLine> take, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            restart();
            using IJournalFile? file = Medium.OpenRead(stream);
            if (file is null)
                return null;
            long length = file.Length;
            JournalScan scan = JournalScan.Run(file, withData, take, cancel);
            if (scan.Problem is null || attempt == 3 || length == file.Length)
                return scan;
        }
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

    private JournalScan Scan(string stream, bool withData, List<JournalLine> lines, CancellationToken cancel)
    {
        JournalScan scan = TryScan(stream, withData, lines.Clear, lines.Add, cancel) ?? new JournalScan();
        if (scan.Problem is null)
            return scan;
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
