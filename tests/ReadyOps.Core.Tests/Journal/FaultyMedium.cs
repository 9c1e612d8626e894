using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Tests.Journal;

/// <summary>A medium whose writes break off, flushes fail or cuts fail when a test says so.</summary>
internal sealed class FaultyMedium(IJournalMedium inner) : IJournalMedium
{
    /// <summary>How many more bytes fit; then writes break off after a first part.</summary>
    public long Room { get; set; } = long.MaxValue;

    /// <summary>How many bytes are kept for what cannot wait.</summary>
    public long Reserve { get; set; }

    /// <summary>How many of what is given back others take at once.</summary>
    public long Taken { get; set; }

    public int Gifts { get; private set; }

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

    public bool GiveRoom(long bytes)
    {
        if (Reserve == 0)
            return false;
        Gifts++;
        long given = Math.Min(Reserve, Math.Max(2 * bytes, 4096));
        (Reserve, Room) = (Reserve - given, Room + given - Math.Min(Taken, given));
        Taken = Math.Max(0, Taken - given);
        return true;
    }

    private sealed class FaultyFile(FaultyMedium medium, IJournalFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer) => file.Read(offset, buffer[..Math.Min(buffer.Length, 7)]);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            int fits = (int)Math.Min(medium.Room, bytes.Length);
            file.Write(offset, bytes[..fits]);
            if (fits < bytes.Length)
                throw new IOException("No space left on device.", DiskFull.Code);
            medium.Room -= bytes.Length;
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
