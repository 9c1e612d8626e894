namespace ReadyOps.Core.Flags;

/// <summary>A flag file on the disk: read whole, and replaced whole.</summary>
/// <param name="path">Its absolute path; a link is followed and stays a link.</param>
/// <param name="clock">Paces the wait for the lock.</param>
internal sealed class FlagFile(string path, TimeProvider clock)
{
    internal const int MaxBytes = 4 * 1024 * 1024;
    private const int Attempts = 5;
    private const int LockAttempts = 100;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    public string Path => path;

    /// <summary>All bytes of the file.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagUnreadable</c>.</exception>
    public async Task<byte[]> ReadAsync(CancellationToken cancel)
    {
        try
        {
            // A reader must never stop a writer from replacing the file.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (stream.Length > MaxBytes)
                throw new ReadyOpsException("FlagUnreadable", $"The flag file {path} is {stream.Length:N0} bytes long; ReadyOps reads up to {MaxBytes:N0}.", "Split it into several flag files.");

            var bytes = new byte[stream.Length];
            int length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
            return length == bytes.Length ? bytes : bytes[..length];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string next = e is FileNotFoundException or DirectoryNotFoundException ? "Check 'path' of the target; a relative one starts from the folder of the document." : "Let the account that runs ReadyOps read it.";
            throw new ReadyOpsException("FlagUnreadable", $"The flag file {path} cannot be read: {e.Message}", next, e);
        }
    }

    /// <summary>
    /// Puts what <paramref name="change"/> makes of the content in its place, unless it makes nothing new of it. Others who
    /// take <c>&lt;path&gt;.lock</c> wait; a change by somebody who does not is seen before the file is replaced, and
    /// <paramref name="change"/> then starts again from the new content.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>FlagUnreadable</c>, <c>FlagBusy</c>, <c>FlagNotWritten</c>, or what <paramref name="change"/> throws.</exception>
    public async ValueTask ChangeAsync(Func<byte[], byte[]> change, CancellationToken cancel)
    {
        string file = RealPath();
        // The lock file is left in place: deleting it would let two writers hold locks on two files of the same name.
        using FileStream held = await LockAsync(file + ".lock", cancel).ConfigureAwait(false);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            byte[] before = await ReadAsync(cancel).ConfigureAwait(false);
            byte[] after = change(before);
            if (after.AsSpan().SequenceEqual(before)) return;
            if (await TryReplaceAsync(file, before, after, cancel).ConfigureAwait(false)) return;
        }

        throw new ReadyOpsException("FlagBusy", $"The flag file {path} was changed by somebody else each of the {Attempts} times that ReadyOps was about to write it.", "Find out what keeps writing it; the next attempt starts from its content.");
    }

    /// <summary>Makes the file with a content.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagConflict</c> when it is there already, <c>FlagNotWritten</c>.</exception>
    public async ValueTask CreateAsync(byte[] content, CancellationToken cancel)
    {
        string temporary = TemporaryOf(path);
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            await WriteAsync(temporary, null, content, cancel).ConfigureAwait(false);
            if (File.Exists(path)) throw Stores.FlagStoreErrors.Conflict(path);
            File.Move(temporary, path, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw File.Exists(path) ? Stores.FlagStoreErrors.Conflict(path) : NotWritten(e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string TemporaryOf(string file) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, $".{System.IO.Path.GetFileName(file)}.{Guid.NewGuid():N}.tmp");

    /// <summary>Kubernetes and configuration tools put links in place of files: the file behind the link is the one to replace.</summary>
    private string RealPath()
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ReadyOpsException("FlagUnreadable", $"The flag file {path} cannot be read: {e.Message}", "Check 'path' of the target; a relative one starts from the folder of the document.", e);
        }
    }

    private async Task<FileStream> LockAsync(string lockPath, CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not DirectoryNotFoundException && attempt < LockAttempts)
            {
                await Task.Delay(LockPause, clock, cancel).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw new ReadyOpsException("FlagBusy", $"The flag file {path} is being changed by somebody else: {e.Message}", $"Find out who holds {lockPath}.", e);
            }
            catch (UnauthorizedAccessException e)
            {
                throw NotWritten(e);
            }
        }
    }

    private async Task<bool> TryReplaceAsync(string file, byte[] before, byte[] after, CancellationToken cancel)
    {
        string temporary = TemporaryOf(file);
        try
        {
            await WriteAsync(temporary, file, after, cancel).ConfigureAwait(false);
            byte[] now = await ReadAsync(cancel).ConfigureAwait(false);
            if (!now.AsSpan().SequenceEqual(before)) return false;
            File.Move(temporary, file, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task WriteAsync(string temporary, string? model, byte[] bytes, CancellationToken cancel)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        // Made narrow and widened after, so that a secret file is at no moment open to others.
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(temporary, options);
        await stream.WriteAsync(bytes, cancel).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows() && model is not null) File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(model));
        stream.Flush(flushToDisk: true);
    }

    private ReadyOpsException NotWritten(Exception e) =>
        new("FlagNotWritten", $"The flag file {path} cannot be written: {e.Message}", "Let the account that runs ReadyOps write into its folder: the file is replaced as a whole. A file that another tool places there is to be changed through that tool.", e);
}
