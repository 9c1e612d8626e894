using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Core.Journal;

/// <summary>The right to append to one stream. Knows the stream's length and last hash; both must still be so at each append.</summary>
internal sealed class JournalLease : IJournalLinesLease
{
    /// <summary>What a crash left of an append was cut off.</summary>
    internal const string TornTailRemoved = "TornTailRemoved";

    private readonly JournalStore _store;
    private readonly JournalCatalog? _catalog;
    private readonly IDisposable _held;
    private readonly List<JournalLine> _lines;
    private readonly object _gate = new();
    private long _length;
    private bool _unusable;
    private bool _urgent;
    private bool _disposed;

    internal JournalLease(
        JournalStore store, JournalCatalog? catalog, string stream, IDisposable held, JournalPlace? before, List<JournalLine> lines, long length)
    {
        (_store, _catalog, Stream, _held, Before, _lines, _length) = (store, catalog, stream, held, before, lines, length);
    }

    public string Stream { get; }

    public IReadOnlyList<JournalLine> Lines => _lines;

    public JournalPlace? Before { get; private set; }

    public JournalPlace? End
    {
        get
        {
            lock (_gate)
                return LastSequence == 0 ? null : new JournalPlace(LastSequence, LastHash, Before?.FirstHash ?? _lines[0].Hash, _length);
        }
    }

    private long LastSequence => (Before?.Sequence ?? 0) + _lines.Count;

    private string LastHash => _lines.Count > 0 ? _lines[^1].Hash : Before?.Hash ?? JournalChain.Genesis;

    public ValueTask<IReadOnlyList<JournalLine>> AppendAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Append(entries));
    }

    public ValueTask<IReadOnlyList<JournalLine>> AppendUrgentAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Append(entries, urgent: true));
    }

    public bool UsedReserve { get; private set; }

    public async ValueTask SealAsync(CancellationToken cancel)
    {
        if (_catalog is not null && End is { } end)
            await _catalog.SealAsync(Stream, end, _urgent, cancel).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _held.Dispose();
        }
    }

    internal IReadOnlyList<JournalLine> Append(IReadOnlyList<JournalEntry> entries, bool urgent = false)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (entries.Count == 0)
                return [];
            bool first = LastSequence == 0;
            (List<JournalLine> written, ReadOnlyMemory<byte> bytes) = Compose(entries);
            _urgent |= urgent;
            Write(bytes.Span, urgent);
            _lines.AddRange(written);
            _length += bytes.Length;
            _store.NoteFlushed(Stream, LastHash);
            if (first)
                _catalog?.NoteOpened(Stream, _lines[0].Hash);
            return written;
        }
    }

    ValueTask IJournalLinesLease.AppendBytesAsync(IReadOnlyList<byte[]> lines, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            JournalPlace end = JournalScan.Continue(Stream, _store.Location, End, lines);
            bool first = LastSequence == 0;
            ArrayBufferWriter<byte> bytes = new((int)(end.Offset - _length));
            foreach (byte[] line in lines)
            {
                bytes.Write(line);
                bytes.Write("\n"u8);
            }
            Write(bytes.WrittenSpan, urgent: false);
            (Before, _length) = (end, end.Offset);
            _lines.Clear();
            if (first)
                _catalog?.NoteOpened(Stream, end.FirstHash);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Cuts off what a crash left of an append that nobody was told of, and notes it.</summary>
    internal void RemoveTornTail(JournalScan scan)
    {
        using (IJournalFile file = _store.Medium.OpenWrite(Stream, create: false) ?? throw Fenced("the file is gone"))
        {
            if (file.Length != scan.Length + scan.TornBytes)
                throw Fenced("its length changed");
            file.SetLength(scan.Length);
            file.Flush();
        }
        JsonElement data = JsonSerializer.SerializeToElement(new Dictionary<string, object>
        {
            ["bytes"] = scan.TornBytes,
            ["sha256"] = scan.TornHash,
        });
        // Whatever is to be written, however urgent, comes behind this.
        Append([new JournalEntry(TornTailRemoved, "readyops", data)], urgent: true);
    }

    private (List<JournalLine> Lines, ReadOnlyMemory<byte> Bytes) Compose(IReadOnlyList<JournalEntry> entries)
    {
        ArrayBufferWriter<byte> output = new(1024);
        List<JournalLine> lines = [];
        string hash = LastHash;
        DateTimeOffset now = _store.Context.Clock.GetUtcNow();
        foreach (JournalEntry entry in entries)
        {
            long sequence = LastSequence + lines.Count + 1;
            JournalLine line = JournalChain.Write(output, entry, sequence, hash, now, _store.Context.HostName);
            lines.Add(line);
            hash = line.Hash;
        }
        return (lines, output.WrittenMemory);
    }

    private void Write(ReadOnlySpan<byte> bytes, bool urgent)
    {
        if (_unusable)
            throw Failed("an append failed before, and what it left could not be taken back", null);
        IJournalFile? opened;
        try
        {
            opened = _store.Medium.OpenWrite(Stream, create: _length == 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e.Message, e);
        }
        using IJournalFile file = opened ?? throw Fenced("the file is gone");
        if (file.Length != _length)
            throw Fenced(string.Create(CultureInfo.InvariantCulture, $"it has {file.Length} bytes where {_length} were left"));
        // The same length in another file (a copy moved into place) is seen by the hash that it ends with.
        if (_length > 0 && !JournalLastLine.EndsAt(file, _length, LastHash))
            throw Fenced("its last line is not the one that was left");
        while (TryWrite(file, bytes) is { } failure)
        {
            // Others may take what is given back, so again and again while there is any.
            if (urgent && !_unusable && DiskFull.Is(failure) && _store.Medium.GiveRoom(bytes.Length)) NoteReserve();
            else throw Failed(failure.Message, failure);
        }
    }

    private Exception? TryWrite(IJournalFile file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(_length, bytes);
            file.Flush();
            return null;
        }
        catch (Exception e)
        {
            TakeBack(file);
            return e;
        }
    }

    private void NoteReserve()
    {
        if (!UsedReserve)
            _store.Log.LogWarning("The disk of {Folder} is full: what cannot wait is written to {Stream} in the room that was kept for that. Make room there.", _store.Location, Stream);
        UsedReserve = true;
    }

    /// <summary>What was not acknowledged must not be found later: a caller that was told of a failure acts accordingly.</summary>
    private void TakeBack(IJournalFile file)
    {
        try
        {
            file.SetLength(_length);
            file.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _unusable = true;
        }
    }

    private ReadyOpsException Failed(string why, Exception? inner) => new(
        "JournalWriteFailed",
        $"Nothing could be appended to the journal {Stream} in {_store.Location}: {why.TrimEnd('.')}.",
        "Check free space and rights; then run the same again: what the journal does not say has not been done.",
        inner);

    private ReadyOpsException Fenced(string why) => new(
        "JournalFenced",
        $"The journal {Stream} in {_store.Location} was changed by somebody else since this process took it: {why}.",
        "Nothing was written. Start over from the journal as it is now.");
}
