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

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const string CompareAndSet = """
        local version = redis.call('HGET', KEYS[1], 'version')
        if (version or '') ~= ARGV[1] then return {0, version or ''} end
        redis.call('HSET', KEYS[1], 'document', ARGV[2], 'version', ARGV[3], 'digest', ARGV[4])
        redis.call('PUBLISH', KEYS[1], ARGV[3])
        return {1, ARGV[3]}
        """;

    private readonly EngineContext _context;
    private readonly RedisAddress? _written;
    private readonly string _location;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly SemaphoreSlim _noticed = new(0, 1);
    private readonly CancellationTokenSource _ended = new();
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
        object? answer = await AskAsync(["HMGET", address.Key, "document", "version"], cancel).ConfigureAwait(false);
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
        object? answer;
        try
        {
            answer = await AskAsync(["EVAL", CompareAndSet, "1", address.Key, expected ?? "", utf8.ToArray(), version, digest], cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id == "FlagStoreUnavailable")
        {
            return await ResolveAsync(utf8, version, expected, e).ConfigureAwait(false);
        }

        return answer is object?[] { Length: 2 } and [1L, _] ? new FlagStoreContent(utf8, version) : throw FlagStoreErrors.Conflict(Location);
    }

    /// <inheritdoc/>
    public async ValueTask WaitForChangeAsync(string? known, CancellationToken cancel)
    {
        _listening ??= Task.Run(ListenAsync, CancellationToken.None);
        while (true)
        {
            RedisAddress address = await AddressAsync(cancel).ConfigureAwait(false);
            try
            {
                string? now = await AskAsync(["HGET", address.Key, "version"], cancel).ConfigureAwait(false) is byte[] version ? Encoding.UTF8.GetString(version) : null;
                if (now != known) return;
            }
            catch (ReadyOpsException e) when (e.Id == "FlagStoreUnavailable" && known is null)
            {
                // Nothing was known, and nothing is: looked at again.
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(_noticed.WaitAsync(pause.Token), Task.Delay(Pace, _context.Clock, pause.Token)).ConfigureAwait(false);
            await pause.CancelAsync().ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync().ConfigureAwait(false);
        if (_listening is { } listening) await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _commands?.Dispose();
        _ended.Dispose();
    }

    private static long Next(string? expected) =>
        long.TryParse(expected?.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number + 1 : 1;

    /// <summary>A write whose answer was lost: what is there now says whether it took effect.</summary>
    private async ValueTask<FlagStoreContent> ResolveAsync(ReadOnlyMemory<byte> utf8, string version, string? expected, ReadyOpsException lost)
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

                if (now == version) return new FlagStoreContent(utf8, version);
                // As it was before: nothing was written, and nothing on its way can come any more but over a connection that is gone.
                throw now == (expected ?? "") ? lost : FlagStoreErrors.Conflict(Location);
            }
            catch (ReadyOpsException e) when (e.Id == "FlagStoreUnavailable" && !ReferenceEquals(e, lost))
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

    private ReadyOpsException Unknown(ReadyOpsException lost) => new("FlagWriteUnknown",
        $"Whether {Location} took the change cannot be said: {lost.Message}", "Read it once Redis can be reached; the next change finds out and writes down what became of this one.", lost);

    private async ValueTask<RedisAddress> AddressAsync(CancellationToken cancel) =>
        _written ?? RedisAddress.Read(await new SecretText(_location).ResolveAsync(_context.Secrets, cancel).ConfigureAwait(false), _location);

    private async Task<object?> AskAsync(IReadOnlyList<object> command, CancellationToken cancel)
    {
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
                _commands?.Dispose();
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
                using RedisConnection connection = await RedisConnection.OpenAsync(address, _ended.Token).ConfigureAwait(false);
                await connection.WriteAsync(["SUBSCRIBE", address.Key], _ended.Token).ConfigureAwait(false);
                while (true)
                {
                    // The first is the answer to the subscription: what changed while nobody listened is looked for at once.
                    _ = await connection.ReadAsync(_ended.Token).ConfigureAwait(false);
                    pause = TimeSpan.FromMilliseconds(100);
                    Notice();
                }
            }
            catch (Exception e) when (e is IOException or RedisException or ReadyOpsException or System.Net.Sockets.SocketException)
            {
                _log.LogDebug("{Location} tells of no changes for now: {Problem}", Location, e.Message);
                await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), _context.Clock, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = Longer(pause);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
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
