using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Flags.Stores.Redis;

/// <summary>
/// A flag document in Redis: one hash with the document, its version and its digest, changed by a script that compares the version and
/// sets all three at once, and tells the channel of the same name. Notices can be lost, so the version is also looked at every half
/// second; that is one command of a few bytes.
/// </summary>
public sealed class RedisFlagStore : IFlagStore
{
    internal static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a command may take; a server that is slower counts as one that cannot be reached.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int Attempts = 3;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const string CompareAndSet = """
        local version = redis.call('HGET', KEYS[1], 'version')
        if (version or '') ~= ARGV[1] then return {0, version or ''} end
        redis.call('HSET', KEYS[1], 'document', ARGV[2], 'version', ARGV[3], 'digest', ARGV[4])
        redis.pcall('PUBLISH', KEYS[1], ARGV[3])
        return {1, ARGV[3]}
        """;

    private readonly EngineContext _context;
    private readonly RedisAddress? _written;
    private readonly string _location;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _noticed = new(0, 1);
    private readonly CancellationTokenSource _ended = new(); // Not disposed: it has no timer, and who still asks looks at it.
    private readonly ILogger _log;
    private RedisConnection? _commands;
    private Task? _listening;

    /// <summary>Opens it. Nothing is connected before it is first used.</summary>
    /// <param name="location"><c>secret:NAME</c> or <c>env:NAME</c> of an address, or <c>redis://host:6379/0?key=flags</c> without a password.</param>
    /// <param name="context">Clock, secrets and log.</param>
    /// <exception cref="ReadyOpsException"><c>FlagPasswordWritten</c>, <c>FlagAddressInvalid</c></exception>
    public RedisFlagStore(string location, EngineContext context)
    {
        (_location, _context) = (location, context);
        _written = new SecretText(location).IsReference ? null : RedisAddress.ReadWritten(location);
        Location = _written?.Display ?? location;
        _log = context.Logs.CreateLogger("ReadyOps.Flags");
    }

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public async ValueTask<FlagStoreContent> ReadAsync(CancellationToken cancel)
    {
        RedisAddress address = await AddressAsync(cancel).ConfigureAwait(false);
        object? answer = await LookAsync(["HMGET", address.Key, "document", "version"], cancel).ConfigureAwait(false);
        return answer is object?[] { Length: 2 } parts && parts[0] is byte[] document && parts[1] is byte[] version
            ? new FlagStoreContent(document, Encoding.UTF8.GetString(version)) : throw FlagStoreErrors.Missing(Location);
    }

    /// <inheritdoc/>
    public async ValueTask<FlagStoreContent> WriteAsync(ReadOnlyMemory<byte> utf8, string? expected, CancellationToken cancel)
    {
        RedisAddress address = await AddressAsync(cancel).ConfigureAwait(false);
        // Unique, so that reading it back tells whether it was this very write that took effect.
        string version = $"{Next(expected)}-{Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant()}";
        string digest = FileFlagStore.VersionOf(utf8.Span);
        IReadOnlyList<object> command = ["EVAL", CompareAndSet, "1", address.Key, expected ?? "", utf8.ToArray(), version, digest];
        cancel.ThrowIfCancellationRequested();
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                // From here on it is waited for: a write that nobody waits for may come to pass all the same.
                object? answer = await AskAsync(command, CancellationToken.None).ConfigureAwait(false);
                return answer is object?[] { Length: 2 } parts && (parts[0] is 1L || parts[1] is byte[] now && Encoding.UTF8.GetString(now) == version)
                    ? new FlagStoreContent(utf8, version) : throw FlagStoreErrors.Conflict(Location);
            }
            catch (ReadyOpsException e) when (e.Id == FlagStoreErrors.UnavailableId)
            {
                if (await TookEffectAsync(version, expected, e).ConfigureAwait(false)) return new FlagStoreContent(utf8, version);
                // As it was before, so that it may be written again: were the first on its way all the same, only one of the two could match.
                if (attempt == Attempts) throw;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask WaitForChangeAsync(string? known, CancellationToken cancel)
    {
        lock (_ended) _listening ??= Task.Run(ListenAsync, CancellationToken.None);
        while (true)
        {
            RedisAddress address = await AddressAsync(cancel).ConfigureAwait(false);
            string? now = await LookAsync(["HGET", address.Key, "version"], cancel).ConfigureAwait(false) is byte[] version ? Encoding.UTF8.GetString(version) : null;
            if (now != known) return;

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(_noticed.WaitAsync(pause.Token), Task.Delay(Pace, _context.Clock, pause.Token)).ConfigureAwait(false);
            await pause.CancelAsync().ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested) return;
        await _ended.CancelAsync().ConfigureAwait(false);
        if (_listening is { } listening) await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _commands?.Dispose();
    }

    private static long Next(string? expected) =>
        long.TryParse(expected?.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number + 1 : 1;

    /// <summary>Whether a write took effect whose answer was lost: what is there now says so.</summary>
    private async ValueTask<bool> TookEffectAsync(string version, string? expected, ReadyOpsException lost)
    {
        using var patience = new CancellationTokenSource(4 * Patience, _context.Clock);
        TimeSpan pause = TimeSpan.FromMilliseconds(100);
        while (true)
        {
            try
            {
                string now;
                try
                {
                    now = (await ReadAsync(patience.Token).ConfigureAwait(false)).Version;
                }
                catch (ReadyOpsException e) when (e.Id == FlagStoreErrors.MissingId)
                {
                    now = "";
                }

                if (now == version) return true;
                if (now == (expected ?? "")) return false;
                // The very next one is somebody else's, so this one came to nothing; a later one may stand upon it.
                throw Next(now) == Next(expected) + 1 ? FlagStoreErrors.Conflict(Location) : Unknown(lost);
            }
            catch (ReadyOpsException e) when (e.Id == FlagStoreErrors.UnavailableId)
            {
                await Task.Delay(pause, _context.Clock, patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (patience.IsCancellationRequested) throw Unknown(lost);
                pause = Longer(pause);
            }
            catch (OperationCanceledException)
            {
                throw Unknown(lost);
            }
        }
    }

    private ReadyOpsException Unknown(ReadyOpsException lost) => new(FlagStoreErrors.UnknownId,
        $"Whether {Location} took the change cannot be said: {lost.Message}", "Read it once Redis can be reached; the next change finds out and writes down what became of this one.", lost);

    private async ValueTask<RedisAddress> AddressAsync(CancellationToken cancel) =>
        _written ?? RedisAddress.Read(await new SecretText(_location).ResolveAsync(_context.Secrets, cancel).ConfigureAwait(false), _location);

    /// <summary>Asks something that changes nothing: again over a new connection where that of before turns out to be gone.</summary>
    private async Task<object?> LookAsync(IReadOnlyList<object> command, CancellationToken cancel)
    {
        bool reused = _commands is not null;
        try
        {
            return await AskAsync(command, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (reused && e.Id == FlagStoreErrors.UnavailableId && e.InnerException is IOException)
        {
            return await AskAsync(command, cancel).ConfigureAwait(false);
        }
    }

    private async Task<object?> AskAsync(IReadOnlyList<object> command, CancellationToken cancel)
    {
        ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
        await _turn.WaitAsync(cancel).ConfigureAwait(false);
        using var patience = new CancellationTokenSource(Patience, _context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        bool whole = false;
        try
        {
            _commands ??= await RedisConnection.OpenAsync(await AddressAsync(cancel).ConfigureAwait(false), either.Token).ConfigureAwait(false);
            object? answer = await _commands.SendAsync(command, either.Token).ConfigureAwait(false);
            whole = true;
            return answer;
        }
        catch (RedisException e)
        {
            whole = _commands is not null;
            throw Refused(e);
        }
        catch (OperationCanceledException e) when (patience.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw FlagStoreErrors.Unavailable(Location, new TimeoutException($"it did not answer within {Quantities.Format(Patience)}", e));
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            throw FlagStoreErrors.Unavailable(Location, e);
        }
        finally
        {
            // An answer that was not waited for would be taken for that of the next command.
            if (!whole)
            {
                _commands?.Abort();
                _commands = null;
            }

            _turn.Release();
        }
    }

    private ReadyOpsException Refused(RedisException e) => e.Code switch
    {
        "OOM" => new("FlagNotWritten", $"{Location} has no memory left for a change: {e.Message}", "Give Redis more memory, or a policy that evicts other keys. What was there before goes on being served.", e),
        "READONLY" => new("FlagNotWritten", $"{Location} is a replica, which cannot be written: {e.Message}", "Name the primary in the address.", e),
        "MISCONF" => new("FlagNotWritten", $"{Location} cannot write to its disk and therefore takes no changes: {e.Message}", "Look at the disk of the Redis server.", e),
        "WRONGTYPE" => new("FlagUnreadable", $"The key of {Location} holds something else than a flag document: {e.Message}", "Name another key.", e),
        "NOAUTH" or "WRONGPASS" or "NOPERM" => new("FlagStoreDenied", $"{Location} refuses this user: {e.Message}", "Put user and password into the secret that holds the address, and let the user read and write the key and its channel.", e),
        // LOADING, BUSY, CLUSTERDOWN and the like pass.
        _ => FlagStoreErrors.Unavailable(Location, e),
    };

    private async Task ListenAsync()
    {
        TimeSpan pause = TimeSpan.FromMilliseconds(100);
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                RedisAddress address = await AddressAsync(_ended.Token).ConfigureAwait(false);
                using RedisConnection connection = await SubscribeAsync(address).ConfigureAwait(false);
                pause = TimeSpan.FromMilliseconds(100);
                while (true)
                {
                    // At first what changed while nobody listened is looked for.
                    Notice();
                    _ = await connection.ReadAsync(_ended.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is IOException or RedisException or ReadyOpsException or System.Net.Sockets.SocketException or OperationCanceledException)
            {
                _log.LogDebug("{Location} tells of no changes for now: {Problem}", Location, e.Message);
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), _context.Clock, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = Longer(pause);
            }
        }
    }

    private async Task<RedisConnection> SubscribeAsync(RedisAddress address)
    {
        using var patience = new CancellationTokenSource(Patience, _context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token, patience.Token);
        RedisConnection connection = await RedisConnection.OpenAsync(address, either.Token).ConfigureAwait(false);
        try
        {
            await connection.SendAsync(["SUBSCRIBE", address.Key], either.Token).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

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
