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
            catch (NpgsqlException e) when (PostgresErrors.IsSignInRefused(e) && !refused && _written is null)
            {
                // The secret may have been changed since it was read.
                (refused, _found) = (true, null);
            }
            catch (Exception e) when (PostgresErrors.IsLost(e) && !cancel.IsCancellationRequested && context.Clock.GetElapsedTime(began) + wait < Patience)
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

    /// <summary>Does what may as well be left out, waiting for nobody; the default where it cannot be done.</summary>
    /// <param name="what">What that is, for the log.</param>
    /// <param name="work">Does it.</param>
    /// <param name="cancel">Stops it.</param>
    public async ValueTask<T?> TryAsync<T>(string what, Func<IPostgresSession, Task<T>> work, CancellationToken cancel)
    {
        for (bool again = true; ; again = false)
        {
            IPostgresSession? session = null;
            try
            {
                session = NewSession(await AddressAsync(cancel).ConfigureAwait(false));
                await session.OpenAsync(cancel).ConfigureAwait(false);
                return await work(session).ConfigureAwait(false);
            }
            catch (Exception e) when (again && PostgresErrors.IsLost(e) && e.InnerException is not TimeoutException)
            {
                // It may have been a connection that was broken for long.
                session?.Forget();
            }
            catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException or IOException or ReadyOpsException)
            {
                _log.LogDebug("{What} in {Where} could not be used: {Reason}", what, location, e.Message);
                return default;
            }
            finally
            {
                if (session is not null) await session.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

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
        $"The journals in {(location == address.Display ? location : $"{location} ({address})")} cannot be used: {PostgresErrors.Reason(e)}.", PostgresErrors.NextStep(e),
        e);
}
