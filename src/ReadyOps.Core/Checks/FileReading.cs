using System.Diagnostics.CodeAnalysis;

namespace ReadyOps.Core.Checks;

/// <summary>Looks at files so that "not there" and "could not look" are never mixed up.</summary>
internal static class FileReading
{
    /// <summary>What is at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="info">The file; <see langword="null"/> when there is none.</param>
    /// <param name="problem">Why there is no file: nothing there, a folder, a link to nothing.</param>
    /// <exception cref="UnauthorizedAccessException">It is not allowed to look.</exception>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static bool TryFind(string path, [NotNullWhen(true)] out FileInfo? info, out string problem)
    {
        info = null;
        problem = "does not exist";
        FileAttributes attributes;
        try
        {
            // Unlike File.Exists, this tells a missing file from one in a folder that may not be entered.
            attributes = File.GetAttributes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }

        if (attributes.HasFlag(FileAttributes.Directory))
        {
            problem = "is a folder, not a file";
            return false;
        }

        info = new FileInfo(path);
        if (attributes.HasFlag(FileAttributes.ReparsePoint) && info.LinkTarget is not null)
        {
            // The size and the time of a link are its own, not those of the file.
            if (info.ResolveLinkTarget(returnFinalTarget: true) is not FileInfo { Exists: true } target)
            {
                info = null;
                problem = "is a link to something that is not there";
                return false;
            }

            info = target;
        }

        return true;
    }

    /// <summary>Opens a file to read it from the beginning to the end, whoever else has it open.</summary>
    public static FileStream Open(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Share = FileShare.ReadWrite | FileShare.Delete,
        Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
        BufferSize = 0,
    });

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call it in the message.</param>
    /// <param name="cap">How many bytes it may have. Counted as they are read, because a device has no length.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ReadyOpsException"><c>FileTooLarge</c></exception>
    public static async Task<ArraySegment<byte>> ReadAsync(string path, string name, int cap, CancellationToken cancel)
    {
        using FileStream stream = Open(path);
        byte[] buffer = new byte[stream.CanSeek && stream.Length < cap ? (int)stream.Length + 1 : 64 * 1024];
        int length = 0;
        while (true)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancel).ConfigureAwait(false);
            if (read == 0) return new ArraySegment<byte>(buffer, 0, length);
            length += read;
            if (length > cap) throw new ReadyOpsException("FileTooLarge", $"{name} has more than {cap / 1024 / 1024} MiB, too much to look through.", "Look at a smaller file, or at a summary of this one.");
            if (length == buffer.Length) Array.Resize(ref buffer, (int)Math.Min(2L * length, (long)cap + 1));
        }
    }
}
