using System.Security.Cryptography;

namespace ReadyOps.Core.Flags.Stores;

/// <summary>
/// A flag document in a file, the one that flagd watches too. Replaced whole; its version is the SHA-256 of its bytes. Changes are
/// noticed by a watcher and, since watchers miss links that are swapped and files on network shares, by a look every half second.
/// </summary>
public sealed class FileFlagStore : IFlagStore
{
    internal static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a file must lie still before it is told of: some editors write in place, piece by piece.</summary>
    internal static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    // Changes that are closer together than this may bear the same stamp.
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(2);

    private const int Attempts = 10;

    private readonly FlagFile _file;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _noticed = new(0, 1);
    private readonly Lazy<FileSystemWatcher?> _watcher;

    /// <summary>Opens it.</summary>
    /// <param name="path">The file; it need not exist yet.</param>
    /// <param name="context">The surroundings.</param>
    public FileFlagStore(string path, EngineContext context)
    {
        Location = System.IO.Path.GetFullPath(path);
        _file = new FlagFile(Location, context.Clock);
        _clock = context.Clock;
        _watcher = new Lazy<FileSystemWatcher?>(Watch);
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public async ValueTask<FlagStoreContent> ReadAsync(CancellationToken cancel)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (!File.Exists(Location)) throw FlagStoreErrors.Missing(Location);
            (DateTime, long)? before = Stamp();
            byte[] utf8 = await _file.ReadAsync(cancel).ConfigureAwait(false);
            // Written in place meanwhile, it may be half of one content and half of another.
            if (before == Stamp() || attempt == Attempts) return new FlagStoreContent(utf8, VersionOf(utf8));
            await Task.Delay(Settle, _clock, cancel).ConfigureAwait(false);
        }
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
        _ = _watcher.Value;
        (DateTime At, long)? seen = null;
        bool told = true;
        while (true)
        {
            (DateTime At, long)? now = Stamp();
            bool fresh = now is { At: var at } && (_clock.GetUtcNow() - at).Duration() < Grain;
            if (told || fresh || now != seen)
            {
                if (await VersionAsync(cancel).ConfigureAwait(false) != known && await IsSettledAsync(cancel).ConfigureAwait(false)) return;
                seen = now;
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Task noticed = _noticed.WaitAsync(pause.Token);
            await Task.WhenAny(noticed, Task.Delay(Pace, _clock, pause.Token)).ConfigureAwait(false);
            await pause.CancelAsync().ConfigureAwait(false);
            await noticed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            told = noticed.IsCompletedSuccessfully;
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_watcher.IsValueCreated) _watcher.Value?.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static string VersionOf(ReadOnlySpan<byte> utf8) => Convert.ToHexString(SHA256.HashData(utf8)).ToLowerInvariant();

    /// <summary>Whether it lies still; asked again soon where it does not, for its writer touches it again.</summary>
    private async Task<bool> IsSettledAsync(CancellationToken cancel)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            (DateTime, long)? before = Stamp();
            await Task.Delay(Settle, _clock, cancel).ConfigureAwait(false);
            if (before == Stamp()) return true;
        }

        // Somebody never stops writing: what can be read is better than nothing.
        return true;
    }

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
