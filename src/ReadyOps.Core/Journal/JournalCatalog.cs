using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Core.Journal;

/// <summary>
/// A chain cannot show that lines were cut off its end, nor that a whole stream is gone. So a store keeps one more stream,
/// <c>catalog</c>: it says which streams there are, how each begins, and how far those had got that were sealed.
/// </summary>
internal sealed class JournalCatalog(JournalStore store)
{
    /// <summary>Its name.</summary>
    public const string Stream = "catalog";

    /// <summary>A stream was begun: <c>stream</c>, <c>hash</c> of its first line.</summary>
    public const string StreamOpened = "StreamOpened";

    /// <summary>A stream came to an end or a rest: <c>stream</c>, <c>sequence</c> and <c>hash</c> of its last line then.</summary>
    public const string StreamSealed = "StreamSealed";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly object _gate = new();

    // What was read of it before, and how far: a store of ten thousand streams does not read it anew for each.
    private CatalogContent _content = new();
    private JournalPlace? _place;

    /// <summary>
    /// Notes that a stream exists. Never fails and never waits: a rollback must not stop for the catalog. What could not be noted,
    /// or was not because the process died just before, is noted when the stream is next acquired.
    /// </summary>
    public void NoteOpened(string stream, string firstHash)
    {
        lock (_gate)
        {
            try
            {
                if (!IsKnown(stream))
                    TryUpdate(catalog => Opened(catalog, stream, firstHash), default);
            }
            catch (Exception e) when (e is ReadyOpsException or IOException or UnauthorizedAccessException)
            {
                store.Log.LogWarning("The journal {Stream} could not be noted in the catalog: {Reason}", stream, e.Message);
            }
        }
    }

    /// <summary>Notes how far a stream has got.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="end">Its last line.</param>
    /// <param name="urgent">Whether room that was kept for that may be used on a full disk.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <exception cref="ReadyOpsException"><c>JournalCatalogBusy</c>: others held the catalog for too long.</exception>
    public async ValueTask SealAsync(string stream, JournalPlace end, bool urgent, CancellationToken cancel)
    {
        TimeProvider clock = store.Context.Clock;
        long began = clock.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (store.Touch(() => TryUpdate(c => [.. Opened(c, stream, end.FirstHash), .. Sealed(c, stream, end)], cancel, urgent)))
                    return;
            }
            if (clock.GetElapsedTime(began) >= LongestWait)
            {
                throw new ReadyOpsException(
                    "JournalCatalogBusy",
                    $"The catalog of {store.Location} is held by {store.Medium.Holder(Stream) ?? "another process"}.",
                    $"Nothing is lost; the end of {stream} is only not noted yet.");
            }
            await Task.Delay(Poll, clock, cancel).ConfigureAwait(false);
        }
    }

    private bool IsKnown(string stream)
    {
        if (!_content.Streams.ContainsKey(stream))
        {
            JournalTail tail = store.ReadAfter(Stream, _place, default);
            Take(tail.Before, tail.Lines, tail.End);
        }
        return _content.Streams.ContainsKey(stream);
    }

    private bool TryUpdate(Func<CatalogContent, IReadOnlyList<JournalEntry>> news, CancellationToken cancel, bool urgent = false)
    {
        JournalLease? lease = store.TryAcquire(Stream, _place, null, cancel);
        if (lease is null)
            return false;
        try
        {
            Take(lease.Before, lease.Lines, lease.End);
            IReadOnlyList<JournalLine> written = lease.Append(news(_content), urgent);
            Take(_place, written, lease.End);
            return true;
        }
        finally
        {
            lease.Dispose();
        }
    }

    private void Take(JournalPlace? before, IReadOnlyList<JournalLine> lines, JournalPlace? end)
    {
        if (before is null || before != _place)
            _content = new CatalogContent();
        _content.Add(lines);
        _place = end;
    }

    private static IReadOnlyList<JournalEntry> Opened(CatalogContent catalog, string stream, string firstHash)
    {
        if (catalog.Streams.ContainsKey(stream))
            return [];
        return [Entry(StreamOpened, new() { ["stream"] = stream, ["hash"] = firstHash })];
    }

    private static IReadOnlyList<JournalEntry> Sealed(CatalogContent catalog, string stream, JournalPlace last)
    {
        if (catalog.Streams.TryGetValue(stream, out CatalogedStream? known) && known.Seals.GetValueOrDefault(last.Sequence) == last.Hash)
            return [];
        return [Entry(StreamSealed, new() { ["stream"] = stream, ["sequence"] = last.Sequence, ["hash"] = last.Hash })];
    }

    private static JournalEntry Entry(string type, Dictionary<string, object> data) =>
        new(type, "readyops", JsonSerializer.SerializeToElement(data));
}
