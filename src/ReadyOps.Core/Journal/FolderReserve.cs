using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace ReadyOps.Core.Journal;

/// <summary>
/// A file that only takes up room, as the ballast of a ship: when the disk is full, some of it goes overboard and what must be written is
/// written in its place.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="size">Its length in bytes while nothing was given back.</param>
internal sealed class FolderReserve(string path, long size)
{
    /// <summary>Its name. No stream begins with a dot.</summary>
    public const string Name = ".reserve";

    /// <summary>Hundreds of events: far more than it takes to take a release back.</summary>
    public const long UsualSize = 1024 * 1024;

    /// <summary>At least this much is given back at a time: disks count in blocks, and others on this one may take some of it.</summary>
    private const long LeastGiven = 8 * 1024;

    /// <summary>Room is taken only from a disk that has so many times as much.</summary>
    private const int Plenty = 8;

    /// <summary>Takes up what is missing, if there is plenty of room.</summary>
    public void Keep()
    {
        try
        {
            FileInfo file = new(path);
            if ((file.Exists && file.Length >= size) || FreeRoom() < Plenty * size)
                return;
            // Alone: others may find it missing at the same moment.
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            Fill(handle, RandomAccess.GetLength(handle));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Without it everything works as long as the disk is not full.
        }
    }

    /// <summary>Gives room back to the disk.</summary>
    /// <param name="bytes">How much is needed at least.</param>
    /// <returns>Whether there was any left to give.</returns>
    public bool Give(long bytes)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            long length = RandomAccess.GetLength(handle);
            if (length == 0)
                return false;
            RandomAccess.SetLength(handle, Math.Max(0, length - Math.Max(2 * bytes, LeastGiven)));
            // Some file systems have the room only once they have noted where it is.
            RandomAccess.FlushToDisk(handle);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private void Fill(SafeFileHandle handle, long length)
    {
        if (length >= size)
            return;
        try
        {
            // Not zeros, which some file systems keep as a note that there are none.
            RandomAccess.Write(handle, RandomNumberGenerator.GetBytes((int)(size - length)), length);
            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException)
        {
            RandomAccess.SetLength(handle, length);
        }
    }

    private long FreeRoom()
    {
        string folder = Path.GetDirectoryName(path)!;
        return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
    }
}
