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
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

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
    /// <exception cref="ReadyOpsException"><c>JournalCatalogBusy</c>: others held the catalog for too long.</exception>
    public async ValueTask SealAsync(string stream, string firstHash, JournalLine last, CancellationToken cancel)
    {
        TimeProvider clock = store.Context.Clock;
        long began = clock.GetTimestamp();
        while (true)
        {
            lock (_gate)
            {
                if (store.Touch(() => TryUpdate(c => [.. Opened(c, stream, firstHash), .. Sealed(c, stream, last)], cancel)))
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
        if (_known.Contains(stream))
            return true;
        _known.UnionWith(CatalogContent.Read(store, default).Streams.Keys);
        return _known.Contains(stream);
    }

    private bool TryUpdate(Func<CatalogContent, IReadOnlyList<JournalEntry>> news, CancellationToken cancel)
    {
        JournalLease? lease = store.TryAcquire(Stream, null, cancel);
        if (lease is null)
            return false;
        try
        {
            CatalogContent content = CatalogContent.Fold(lease.Lines);
            lease.Append(news(content));
            _known.UnionWith(content.Streams.Keys);
            return true;
        }
        finally
        {
            lease.Dispose();
        }
    }

    private static IReadOnlyList<JournalEntry> Opened(CatalogContent catalog, string stream, string firstHash)
    {
        if (catalog.Streams.ContainsKey(stream))
            return [];
        return [Entry(StreamOpened, new() { ["stream"] = stream, ["hash"] = firstHash })];
    }

    private static IReadOnlyList<JournalEntry> Sealed(CatalogContent catalog, string stream, JournalLine last)
    {
        if (catalog.Streams.TryGetValue(stream, out CatalogedStream? known) && known.Seals.GetValueOrDefault(last.Sequence) == last.Hash)
            return [];
        return [Entry(StreamSealed, new() { ["stream"] = stream, ["sequence"] = last.Sequence, ["hash"] = last.Hash })];
    }

    private static JournalEntry Entry(string type, Dictionary<string, object> data) =>
        new(type, "readyops", JsonSerializer.SerializeToElement(data));
}
