using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Journal;

/// <summary>A medium whose writes break off, flushes fail or cuts fail when a test says so.</summary>
internal sealed class FaultyMedium(IJournalMedium inner) : IJournalMedium
{
    /// <summary>How many more bytes fit; then writes break off after a first part.</summary>
    public long Room { get; set; } = long.MaxValue;

    public bool FlushFails { get; set; }

    public bool CutFails { get; set; }

    public int Flushes { get; private set; }

    public string Location => inner.Location;

    public IEnumerable<string> List() => inner.List();

    public IJournalFile? OpenRead(string stream) => inner.OpenRead(stream);

    public IJournalFile? OpenWrite(string stream, bool create) =>
        inner.OpenWrite(stream, create) is IJournalFile file ? new FaultyFile(this, file) : null;

    public IDisposable? TryLock(string stream, string holder) => inner.TryLock(stream, holder);

    public string? Holder(string stream) => inner.Holder(stream);

    private sealed class FaultyFile(FaultyMedium medium, IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer[..Math.Min(buffer.Length, 7)]);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            int fits = (int)Math.Min(medium.Room, bytes.Length);
            file.Write(offset, bytes[..fits]);
            if (fits < bytes.Length)
                throw new IOException("No space left on device.");
        }

        public void SetLength(long length)
        {
            if (medium.CutFails)
                throw new IOException("Input/output error.");
            file.SetLength(length);
        }

        public void Flush()
        {
            if (medium.FlushFails)
                throw new IOException("Input/output error.");
            file.Flush();
            medium.Flushes++;
        }

        public void Dispose() => file.Dispose();
    }
}
