using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace ReadyOps.Core.Journal;

/// <summary>Streams as files below a folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="reserve">How many bytes of it to keep free for what cannot wait.</param>
internal sealed class FolderMedium(string folder, long reserve = FolderReserve.UsualSize) : IJournalMedium
{
    private readonly FolderReserve _reserve = new(Path.Combine(Path.GetFullPath(folder), FolderReserve.Name), reserve);

    public string Location { get; } = Path.GetFullPath(folder);

    public IEnumerable<string> List() => ListStamps().Select(stamp => stamp.Stream);

    // The time belongs to it: a file rewritten in the same length is to be looked at again.
    public IEnumerable<JournalStamp> ListStamps()
    {
        DirectoryInfo root = new(Location);
        if (!root.Exists)
            yield break;
        foreach (FileInfo file in root.EnumerateFiles("*" + JournalName.LineEnding, SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(Location, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
            string stream = relative[..^JournalName.LineEnding.Length];
            if (file.Length > 0 && JournalName.Problem(stream) is null)
                yield return new JournalStamp(stream, string.Create(CultureInfo.InvariantCulture, $"{file.Length}@{file.LastWriteTimeUtc.Ticks}"));
        }
    }

    public IJournalFile? OpenRead(string stream) =>
        Open(stream, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    public IJournalFile? OpenWrite(string stream, bool create)
    {
        if (create)
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(stream, JournalName.LineEnding))!);
        return Open(stream, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
    }

    public IDisposable? TryLock(string stream, string holder)
    {
        string path = PathOf(stream, JournalName.LockEnding);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream? hold = TryOpenAlone(path);
        if (hold is null)
            return null;
        // Some network file systems, and a switch of .NET itself, quietly leave the lock out. Then nothing would exclude anybody.
        using (FileStream? second = TryOpenAlone(path))
        {
            if (second is not null)
            {
                hold.Dispose();
                throw new ReadyOpsException(
                    "JournalLockUnsupported",
                    $"Files in {Location} cannot be locked, so two processes could write the same journal.",
                    "Keep journals on a local disk, and do not set DOTNET_SYSTEM_IO_DISABLEFILELOCKING.");
            }
        }
        return new HeldLock(hold, PathOf(stream, JournalName.HolderEnding), holder);
    }

    public string? Holder(string stream)
    {
        try
        {
            return File.ReadAllText(PathOf(stream, JournalName.HolderEnding));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public byte[]? ReadSnapshot(string stream)
    {
        string path = PathOf(stream, JournalName.SnapshotEnding);
        // Asked first: most streams have none, and an exception costs more than what it would tell.
        if (!File.Exists(path))
            return null;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > JournalChain.MaxLineBytes)
            return null;
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    public void WriteSnapshot(string stream, byte[]? snapshot)
    {
        string path = PathOf(stream, JournalName.SnapshotEnding);
        if (snapshot is null)
        {
            File.Delete(path);
            return;
        }
        string unfinished = path + ".new";
        try
        {
            File.WriteAllBytes(unfinished, snapshot);
            File.Move(unfinished, path, overwrite: true);
        }
        catch (IOException)
        {
            // Half of one takes room that others may need.
            File.Delete(unfinished);
            throw;
        }
    }

    public void KeepRoom() => _reserve.Keep();

    public bool GiveRoom(long bytes) => _reserve.Give(bytes);

    private string PathOf(string stream, string ending) =>
        Path.Combine(Location, stream.Replace('/', Path.DirectorySeparatorChar) + ending);

    private OpenFile? Open(string stream, FileMode mode, FileAccess access, FileShare share)
    {
        try
        {
            return new OpenFile(File.OpenHandle(PathOf(stream, JournalName.LineEnding), mode, access, share));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>On Unix .NET takes an advisory flock for this, which belongs to the open file: it also excludes this process.</summary>
    private static FileStream? TryOpenAlone(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (IsHeldByAnother(e))
        {
            return null;
        }
    }

    private static bool IsHeldByAnother(IOException e)
    {
        int code = e.HResult & 0xffff;
        // ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION; EWOULDBLOCK on Linux and on macOS.
        return OperatingSystem.IsWindows() ? code is 32 or 33 : code is 11 or 35;
    }

    private sealed class OpenFile(SafeFileHandle handle) : IJournalFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(handle, buffer, offset);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);

        public void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public void Flush() => RandomAccess.FlushToDisk(handle);

        public void Dispose() => handle.Dispose();
    }

    private sealed class HeldLock : IDisposable
    {
        private readonly FileStream _lock;
        private readonly string _holderPath;

        public HeldLock(FileStream held, string holderPath, string holder)
        {
            (_lock, _holderPath) = (held, holderPath);
            TryTell(() => File.WriteAllText(_holderPath, holder));
        }

        // The lock file itself stays: removing it would let one process lock the removed file and another a new one.
        public void Dispose()
        {
            if (_lock.SafeFileHandle.IsClosed)
                return;
            TryTell(() => File.Delete(_holderPath));
            _lock.Dispose();
        }

        /// <summary>The holder's name is for messages only: a lease is as good without it.</summary>
        private static void TryTell(Action tell)
        {
            try
            {
                tell();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
            }
        }
    }
}
