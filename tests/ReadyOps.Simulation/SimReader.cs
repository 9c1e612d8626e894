using ReadyOps.Core;
using ReadyOps.Core.Journal;

namespace ReadyOps.Simulation;

/// <summary>Reads the disk when the world is over, by the engine's own reader and without faults.</summary>
internal sealed class SimReader(SimWorld world) : IJournalMedium
{
    public string Location => "the simulated disk";

    public IReadOnlyList<JournalLine> Lines(string stream) => new JournalStore(this, new EngineContext()).ReadAfter(stream, null, CancellationToken.None).Lines;

    public IEnumerable<string> List() => world.Disk.Files.Keys;

    public IJournalFile? OpenRead(string stream) => world.Disk.Files.TryGetValue(stream, out SimFile? file) ? new Bytes(file) : null;

    public IJournalFile? OpenWrite(string stream, bool create) => throw new NotSupportedException();

    public IDisposable? TryLock(string stream, string holder) => throw new NotSupportedException();

    public string? Holder(string stream) => null;

    private sealed class Bytes(SimFile file) : IJournalFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            int count = (int)Math.Clamp(file.Length - offset, 0, buffer.Length);
            file.Content.Slice((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

        public void SetLength(long length) => throw new NotSupportedException();

        public void Flush() => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
