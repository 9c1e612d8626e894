using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Journal.Postgres;

/// <summary>Reaches the database: finds its address, opens connections, makes the tables, and waits out a restart.</summary>
/// <param name="location">A reference to the connection string, or one without a password.</param>
/// <param name="context">Clock, secrets and log.</param>
/// <param name="open">Makes sessions; those of Npgsql's when it is not given.</param>
/// <param name="written">What the location says, where it was read before.</param>
internal sealed class PostgresDatabase(string location, EngineContext context, Func<PostgresAddress, IPostgresSession>? open = null, PostgresAddress? written = null)
{
    /// <summary>How long a server that does not answer is waited for: about as long as a restart takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly PostgresAddress? _written = written ?? (new SecretText(location).IsReference ? null : PostgresAddress.ReadWritten(location));
    private readonly ILogger _log = context.Logs.CreateLogger("ReadyOps.Journal");
    private volatile PostgresAddress? _found;
    private volatile bool _ready;

    /// <summary>The clock of the database.</summary>
    public PostgresClock Clock { get; } = new(context.Clock);

    /// <summary>The address, resolved at the first call and again after a password was refused.</summary>
    public async ValueTask<PostgresAddress> AddressAsync(CancellationToken cancel) => _written
        ?? (_found ??= PostgresAddress.Read(await new SecretText(location).ResolveAsync(context.Secrets, cancel).ConfigureAwait(false), location));

    /// <summary>A session that is not open yet.</summary>
    public IPostgresSession NewSession(PostgresAddress address) => open?.Invoke(address) ?? new PostgresSession(address);

    /// <summary>Does something that may be done twice, again and again until the server answers or patience ends.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalUnavailable</c></exception>
    public async ValueTask<T> RunAsync<T>(Func<IPostgresSession, Task<T>> work, CancellationToken cancel)
    {
        long began = context.Clock.GetTimestamp();
        bool refused = false;
        for (TimeSpan wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            PostgresAddress address = await AddressAsync(cancel).ConfigureAwait(false);
            await using IPostgresSession session = NewSession(address);
            try
            {
                await session.OpenAsync(cancel).ConfigureAwait(false);
                await PrepareAsync(session, cancel).ConfigureAwait(false);
                return await work(session).ConfigureAwait(false);
            }
            catch (PostgresException e) when (IsRefusal(e) && !refused && _written is null)
            {
                // The secret may have been changed since it was read.
                (refused, _found) = (true, null);
            }
            catch (Exception e) when (IsLost(e) && !cancel.IsCancellationRequested && context.Clock.GetElapsedTime(began) + wait < Patience)
            {
                _log.LogDebug("{Where} does not answer ({Reason}); trying again in {Wait}.", address, e.Message, wait);
                session.Forget();
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException && !cancel.IsCancellationRequested)
            {
                throw Unavailable(address, e);
            }

            if (!refused || wait > FirstWait) await WaitAsync(wait, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Does once what may as well be left out; the default where it cannot be done.</summary>
    public async ValueTask<T?> TryAsync<T>(Func<IPostgresSession, Task<T>> work, CancellationToken cancel)
    {
        try
        {
            PostgresAddress address = await AddressAsync(cancel).ConfigureAwait(false);
            await using IPostgresSession session = NewSession(address);
            await session.OpenAsync(cancel).ConfigureAwait(false);
            return await work(session).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or IOException or ReadyOpsException)
        {
            _log.LogDebug("The snapshots in {Where} cannot be used: {Reason}", location, e.Message);
            return default;
        }
    }

    /// <summary>Whether the server may only be away for a moment, so that the same may be tried again.</summary>
    public static bool IsLost(Exception e) => e switch
    {
        // Its shutdown, its crash, its start; class 08 are connections.
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" } => true,
        PostgresException server => server.IsTransient || server.SqlState.StartsWith("08", StringComparison.Ordinal),
        NpgsqlException client => client.IsTransient || client.InnerException is IOException or SocketException or TimeoutException,
        _ => e is SocketException or TimeoutException or IOException,
    };

    private static bool IsRefusal(PostgresException e) => e.SqlState is "28P01" or "28000";

    private async Task PrepareAsync(IPostgresSession session, CancellationToken cancel)
    {
        if (_ready) return;
        await session.EnsureAsync(cancel).ConfigureAwait(false);
        DateTimeOffset asked = context.Clock.GetUtcNow();
        SetClock(await session.ClockAsync(cancel).ConfigureAwait(false), asked);
        _ready = true;
    }

    /// <summary>Takes what the database's clock showed in the answer to something that was asked at a moment.</summary>
    public void SetClock(DateTime shown, DateTimeOffset asked)
    {
        if (!Clock.Saw(new DateTimeOffset(shown.ToUniversalTime()), asked, context.Clock.GetUtcNow())) return;
        _log.LogWarning("The clock of this machine and that of {Location} differ by {Offset}; the database's counts.", location, Quantities.Format(TimeSpan.FromSeconds(Math.Round(Clock.Offset.Duration().TotalSeconds, 1))));
    }

    /// <summary>As <c>Task.Delay</c>, but goes on where it is cancelled and not on another thread: a simulation has one.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken cancel)
    {
        TaskCompletionSource over = new();
        await using ITimer timer = context.Clock.CreateTimer(_ => over.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration stopped = cancel.UnsafeRegister(_ => over.TrySetCanceled(cancel), null);
        await over.Task.ConfigureAwait(false);
    }

    private ReadyOpsException Unavailable(PostgresAddress address, Exception e) => new("JournalUnavailable",
        $"The journals in {(location == address.Display ? location : $"{location} ({address})")} cannot be used: {(e as PostgresException)?.MessageText ?? e.Message}",
        e is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }
            ? "Grant this role what docs/journal.md lists."
            : "Check that PostgreSQL runs there, that this machine reaches it, and that the connection string is right.",
        e);
}
