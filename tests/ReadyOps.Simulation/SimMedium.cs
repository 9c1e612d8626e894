using ReadyOps.Core.Journal;

namespace ReadyOps.Simulation;

/// <summary>The disk as one process sees it: every operation may be its last, may fail, and may be followed by another's.</summary>
internal sealed class SimMedium(SimWorld world, SimProcess process) : IJournalMedium
{
    /// <summary>Enough for a rollback, and not for several that each take long.</summary>
    private const long ReserveSize = 48 * 1024;

    public string Location => "the simulated disk";

    public IEnumerable<string> List()
    {
        process.Touch();
        return [.. world.Disk.Files.Where(file => file.Value.Length > 0).Select(file => file.Key)];
    }

    public IJournalFile? OpenRead(string stream)
    {
        process.Touch();
        return world.Disk.Files.TryGetValue(stream, out SimFile? file) ? new OpenFile(world, process, file, stream) : null;
    }

    public IJournalFile? OpenWrite(string stream, bool create)
    {
        process.Touch();
        if (world.Disk.Files.TryGetValue(stream, out SimFile? file)) return new OpenFile(world, process, file, stream);
        if (!create) return null;
        if (world.IsDiskFull) throw world.DiskFails(process, Fault.DiskFull, "No space left on device");
        world.Disk.Files.Add(stream, file = new SimFile());
        return new OpenFile(world, process, file, stream);
    }

    public IDisposable? TryLock(string stream, string holder)
    {
        process.Touch();
        if (!world.Disk.TryLock(stream, process, holder)) return null;
        return new HeldLock(world, process, stream);
    }

    public string? Holder(string stream)
    {
        process.Touch();
        return world.Disk.HolderText(stream);
    }

    public void KeepRoom()
    {
        if (world.Disk.Reserve == ReserveSize || world.IsDiskFull) return;
        process.Touch();
        if (!world.IsDiskFull) (world.Disk.Reserve, world.Disk.Room) = (ReserveSize, 0);
    }

    public bool GiveRoom(long bytes)
    {
        process.Touch();
        if (world.Disk.Reserve == 0) return false;
        long given = Math.Min(world.Disk.Reserve, Math.Max(2 * bytes, 4096));
        world.Disk.Reserve -= given;
        // Others on the disk may be quicker.
        if (!world.Random.OneIn(4)) world.Disk.Room += given;
        return true;
    }

    public byte[]? ReadSnapshot(string stream)
    {
        process.Touch();
        if (!world.Disk.Snapshots.TryGetValue(stream, out SimSnapshot? snapshot) || snapshot.Bytes is null) return null;
        process.Reach[stream] = snapshot.Reach;
        world.Disk.SnapshotsFound++;
        return [.. snapshot.Bytes];
    }

    public void WriteSnapshot(string stream, byte[]? bytes)
    {
        process.Touch();
        if (world.IsDiskFull) throw world.DiskFails(process, Fault.DiskFull, "No space left on device");
        if (!world.Disk.Snapshots.TryGetValue(stream, out SimSnapshot? snapshot)) world.Disk.Snapshots[stream] = snapshot = new SimSnapshot();
        // Between the bytes and the new name.
        process.Touch();
        snapshot.Put(bytes);
        world.Disk.SnapshotsKept++;
    }

    private sealed class HeldLock(SimWorld world, SimProcess process, string stream) : IDisposable
    {
        // Not an operation of its own: a dead process has let go already.
        public void Dispose() => world.Disk.Unlock(stream, process);
    }

    private sealed class OpenFile(SimWorld world, SimProcess process, SimFile file, string stream) : IJournalFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            process.Touch();
            // Another may have cut it since its length was asked for.
            if (offset >= file.Length) return 0;
            int count = (int)Math.Min(file.Length - offset, buffer.Length);
            // Reading may give less than asked for, as long as it gives something.
            if (count > 200 && world.Random.OneIn(50)) count = world.Random.Between(1, count);
            file.Content.Slice((int)offset, count).CopyTo(buffer);
            return count;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (process.DiesNext || process.DiesInWrite)
            {
                Put(offset, bytes[..Taken(bytes)]);
                world.Count(Fault.TornWrite);
                process.Die("killed within a write");
            }

            process.Touch();
            bool isFull = world.IsDiskFull;
            if (isFull && world.Disk.Room >= bytes.Length)
            {
                isFull = false;
                world.Disk.Room -= bytes.Length;
                world.Disk.ReserveUsed++;
            }

            if (isFull || world.TakeOnce(Fault.ShortWrite))
            {
                Put(offset, bytes[..world.Random.Between(0, bytes.Length - 1)]);
                throw world.DiskFails(process, isFull ? Fault.DiskFull : Fault.ShortWrite, "No space left on device");
            }

            int first = world.Scheduler.Shared && world.Random.OneIn(8) ? world.Random.Between(0, bytes.Length) : bytes.Length;
            Put(offset, bytes[..first]);
            if (first == bytes.Length) return;
            process.Touch();
            Put(offset + first, bytes[first..]);
        }

        public void SetLength(long length)
        {
            process.Touch();
            if (world.TakeOnce(Fault.CutFails)) throw world.DiskFails(process, Fault.CutFails, "Input/output error");
            world.Laws.Hold(Law.AcknowledgedIsKept, length >= file.Acknowledged, $"{stream} is cut to {length} bytes of {file.Acknowledged} that were acknowledged");
            file.Cut((int)length);
        }

        public void Flush()
        {
            process.Touch();
            if (world.TakeOnce(Fault.FlushFails)) throw world.DiskFails(process, Fault.FlushFails, "Input/output error");
            file.Flush();
        }

        public void Dispose()
        {
        }

        /// <summary>As much as the kernel had taken when the process was killed: any number of bytes, and often whole lines.</summary>
        private int Taken(ReadOnlySpan<byte> bytes)
        {
            int taken = world.Random.Between(0, bytes.Length);
            return world.Random.OneIn(2) ? taken : bytes[..taken].LastIndexOf((byte)'\n') + 1;
        }

        private void Put(long offset, ReadOnlySpan<byte> bytes)
        {
            world.Laws.Hold(Law.AcknowledgedIsKept, offset >= file.Acknowledged, $"{stream} is written at {offset} of {file.Acknowledged} bytes that were acknowledged");
            file.Write((int)offset, bytes, process.Look);
        }
    }
}
