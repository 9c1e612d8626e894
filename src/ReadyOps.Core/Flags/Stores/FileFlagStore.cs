using System.Security.Cryptography;

namespace ReadyOps.Core.Flags.Stores;

/// <summary>
/// A flag document in a file, the one that flagd watches too. Replaced whole; its version is the SHA-256 of its bytes. Changes are
/// noticed by a watcher and, since watchers miss links that are swapped and files on network shares, by a look every half second.
/// </summary>
public sealed class FileFlagStore : IFlagStore
{
    internal static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private readonly FlagFile _file;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _noticed = new(0, 1);
    private readonly FileSystemWatcher? _watcher;

    /// <summary>Opens it.</summary>
    /// <param name="path">The file; it need not exist yet.</param>
    /// <param name="context">The surroundings.</param>
    public FileFlagStore(string path, EngineContext context)
    {
        Location = System.IO.Path.GetFullPath(path);
        _file = new FlagFile(Location, context.Clock);
        _clock = context.Clock;
        _watcher = Watch();
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public async ValueTask<FlagStoreContent> ReadAsync(CancellationToken cancel)
    {
        if (!File.Exists(Location)) throw FlagStoreErrors.Missing(Location);
        byte[] utf8 = await _file.ReadAsync(cancel).ConfigureAwait(false);
        return new FlagStoreContent(utf8, VersionOf(utf8));
    }

    /// <inheritdoc/>
    public async ValueTask<FlagStoreContent> WriteAsync(ReadOnlyMemory<byte> utf8, string? expected, CancellationToken cancel)
    {
        if (System.IO.Path.GetExtension(Location).ToUpperInvariant() is ".YAML" or ".YML")
            throw new ReadyOpsException("FlagNotWritten", $"{Location} is YAML, which cannot be changed without losing its comments.", "Keep flags that are to be changed in JSON.");
        byte[] after = utf8.ToArray();
        if (expected is null) await _file.CreateAsync(after, cancel).ConfigureAwait(false);
        else if (!File.Exists(Location)) throw FlagStoreErrors.Missing(Location);
        else await _file.ChangeAsync(before => VersionOf(before) == expected ? after : throw FlagStoreErrors.Conflict(Location), cancel).ConfigureAwait(false);
        return new FlagStoreContent(after, VersionOf(after));
    }

    /// <inheritdoc/>
    public async ValueTask WaitForChangeAsync(string? known, CancellationToken cancel)
    {
        (DateTime, long)? seen = null;
        while (true)
        {
            (DateTime, long)? now = Stamp();
            if (now != seen || seen is null)
            {
                if (await VersionAsync(cancel).ConfigureAwait(false) != known) return;
                seen = now;
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Task noticed = _noticed.WaitAsync(pause.Token);
            // A stamp has the grain of the file system's clock: after a notice the content decides.
            if (await Task.WhenAny(noticed, Task.Delay(Pace, _clock, pause.Token)).ConfigureAwait(false) == noticed) seen = null;
            await pause.CancelAsync().ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _watcher?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static string VersionOf(ReadOnlySpan<byte> utf8) => Convert.ToHexString(SHA256.HashData(utf8)).ToLowerInvariant();

    private async Task<string?> VersionAsync(CancellationToken cancel)
    {
        try
        {
            return (await ReadAsync(cancel).ConfigureAwait(false)).Version;
        }
        catch (ReadyOpsException)
        {
            return null;
        }
    }

    private (DateTime, long)? Stamp()
    {
        try
        {
            // Of the file behind a link: swapping the link is the usual way to change it.
            FileSystemInfo target = File.ResolveLinkTarget(Location, returnFinalTarget: true) ?? new FileInfo(Location);
            return target is FileInfo { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private FileSystemWatcher? Watch()
    {
        try
        {
            var watcher = new FileSystemWatcher(System.IO.Path.GetDirectoryName(Location)!, System.IO.Path.GetFileName(Location));
            watcher.Changed += (_, _) => Notice();
            watcher.Created += (_, _) => Notice();
            watcher.Renamed += (_, _) => Notice();
            watcher.Deleted += (_, _) => Notice();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            // No folder yet, or no more watchers to be had: looking now and then is enough.
            return null;
        }
    }

    private void Notice()
    {
        try
        {
            if (_noticed.CurrentCount == 0) _noticed.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two at once; one notice is enough.
        }
    }
}
