using System.Globalization;

namespace ReadyOps.Core.Journal;

/// <summary>Streams in memory: gone with the process, otherwise as good as files.</summary>
internal sealed class MemoryMedium : IJournalMedium
{
    private readonly object _gate = new();
    private readonly Dictionary<string, MemoryStream> _streams = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _holders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, byte[]> _snapshots = new(StringComparer.Ordinal);

    public string Location => "memory";

    public IEnumerable<string> List()
    {
        lock (_gate)
            return [.. _streams.Where(s => s.Value.Length > 0).Select(s => s.Key)];
    }

    public IEnumerable<JournalStamp> ListStamps()
    {
        lock (_gate)
            return [.. _streams.Where(s => s.Value.Length > 0).Select(s => new JournalStamp(s.Key, s.Value.Length.ToString(CultureInfo.InvariantCulture)))];
    }

    public IJournalFile? OpenRead(string stream) => OpenWrite(stream, create: false);

    public IJournalFile? OpenWrite(string stream, bool create)
    {
        lock (_gate)
        {
            if (!_streams.TryGetValue(stream, out MemoryStream? bytes))
            {
                if (!create)
                    return null;
                _streams.Add(stream, bytes = new MemoryStream());
            }
            return new OpenFile(bytes);
        }
    }

    public IDisposable? TryLock(string stream, string holder)
    {
        lock (_gate)
            return _holders.TryAdd(stream, holder) ? new HeldLock(this, stream) : null;
    }

    public string? Holder(string stream)
    {
        lock (_gate)
            return _holders.GetValueOrDefault(stream);
    }

    public byte[]? ReadSnapshot(string stream)
    {
        lock (_gate)
            return _snapshots.GetValueOrDefault(stream);
    }

    public void WriteSnapshot(string stream, byte[]? snapshot)
    {
        lock (_gate)
        {
            if (snapshot is null)
                _snapshots.Remove(stream);
            else
                _snapshots[stream] = snapshot;
        }
    }

    private sealed class OpenFile(MemoryStream bytes) : IJournalFile
    {
        public long Length
        {
            get
            {
                lock (bytes)
                    return bytes.Length;
            }
        }

        public int Read(long offset, Span<byte> buffer)
        {
            lock (bytes)
            {
                bytes.Position = offset;
                return bytes.Read(buffer);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> written)
        {
            lock (bytes)
            {
                bytes.Position = offset;
                bytes.Write(written);
            }
        }

        public void SetLength(long length)
        {
            lock (bytes)
                bytes.SetLength(length);
        }

        public void Flush()
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class HeldLock(MemoryMedium medium, string stream) : IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            lock (medium._gate)
            {
                if (!_disposed)
                    medium._holders.Remove(stream);
                _disposed = true;
            }
        }
    }
}
