using Microsoft.Extensions.Logging;
using ReadyOps.Core.Flags.Stores;

namespace ReadyOps.Core.Flags;

/// <summary>
/// The flags of a store, kept up to date in a service: questions are answered from memory at any number of threads at once, without a lock,
/// and a change is taken into service within a second. Whatever happens to the store, the last good document goes on being served, and
/// <see cref="Status"/> says so; before the first one every caller gets their own default.
/// </summary>
public sealed class FeatureFlagClient : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly IFlagStore _store;
    private readonly EngineContext _context;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _following;

    // What readers see: replaced as a whole, never changed. The document is behind the set's back on purpose: only the comparison needs it.
    private FlagSet? _flags;
    private FeatureFlagStatus _status;
    private ReadOnlyMemory<byte> _document;

    /// <summary>Opens a store and begins to follow it. Returns at once; see <see cref="WhenReadyAsync"/>.</summary>
    /// <param name="location">As in <see cref="FlagStores.Open"/>: a file, or a key of Redis.</param>
    /// <param name="context">Clock, secrets and log.</param>
    /// <exception cref="ReadyOpsException"><c>FlagPasswordWritten</c>, <c>FlagAddressInvalid</c></exception>
    public FeatureFlagClient(string location, EngineContext context)
        : this(FlagStores.Open(location, context), context)
    {
    }

    /// <summary>Begins to follow a store, which is closed with the client.</summary>
    public FeatureFlagClient(IFlagStore store, EngineContext context)
    {
        (_store, _context) = (store, context);
        _log = context.Logs.CreateLogger("ReadyOps.Flags");
        _status = new FeatureFlagStatus(FeatureFlagState.NotReady, $"{store.Location} was not read yet.", context.Clock.GetUtcNow());
        _following = Task.Run(FollowAsync, CancellationToken.None);
    }

    /// <summary>
    /// Another document is served. Raised by one thread, in order; the flags are those of the new document already. What a handler
    /// throws is logged and otherwise ignored.
    /// </summary>
    public event EventHandler<FeatureFlagsChangedEventArgs>? Changed;

    /// <summary>It stands otherwise than before, or for another reason. Raised as <see cref="Changed"/> is.</summary>
    public event EventHandler<FeatureFlagStatus>? StatusChanged;

    /// <summary>How it stands.</summary>
    public FeatureFlagStatus Status => Volatile.Read(ref _status);

    /// <summary>
    /// The flags that are served at this moment, for several questions that must be answered from one document; empty before the first.
    /// </summary>
    public FlagSet Flags => Volatile.Read(ref _flags) ?? FlagSet.Empty;

    /// <summary>
    /// Waits for the first document. Who does not want to wait for it can begin at once: callers get their own defaults until then.
    /// </summary>
    public Task WhenReadyAsync(CancellationToken cancel) => _first.Task.WaitAsync(cancel);

    /// <summary>What a boolean flag says; the default for anything that is not a value of that type. Allocates nothing.</summary>
    public bool GetBoolean(string key, in FlagContext context, bool fallback) => Flags.EvaluateBoolean(key, context, fallback);

    /// <summary>What a flag of texts says, as in <see cref="GetBoolean"/>.</summary>
    public string GetString(string key, in FlagContext context, string fallback) => Flags.EvaluateString(key, context, fallback);

    /// <summary>What a flag of whole numbers says, as in <see cref="GetBoolean"/>.</summary>
    public long GetInteger(string key, in FlagContext context, long fallback) => Flags.EvaluateInteger(key, context, fallback);

    /// <summary>What a flag of numbers says, as in <see cref="GetBoolean"/>.</summary>
    public double GetDouble(string key, in FlagContext context, double fallback) => Flags.EvaluateDouble(key, context, fallback);

    /// <summary>What a flag of objects says, as in <see cref="GetBoolean"/>.</summary>
    public FlagValue GetObject(string key, in FlagContext context, FlagValue fallback) => Flags.EvaluateObject(key, context, fallback);

    /// <summary>What a boolean flag says, and why.</summary>
    public FlagResult<bool> ResolveBoolean(string key, in FlagContext context, bool fallback) =>
        Volatile.Read(ref _flags) is { } flags ? flags.ResolveBoolean(key, context, fallback) : NotReady(key, fallback);

    /// <summary>What a flag of texts says, and why.</summary>
    public FlagResult<string> ResolveString(string key, in FlagContext context, string fallback) =>
        Volatile.Read(ref _flags) is { } flags ? flags.ResolveString(key, context, fallback) : NotReady(key, fallback);

    /// <summary>What a flag of whole numbers says, and why.</summary>
    public FlagResult<long> ResolveInteger(string key, in FlagContext context, long fallback) =>
        Volatile.Read(ref _flags) is { } flags ? flags.ResolveInteger(key, context, fallback) : NotReady(key, fallback);

    /// <summary>What a flag of numbers says, and why.</summary>
    public FlagResult<double> ResolveDouble(string key, in FlagContext context, double fallback) =>
        Volatile.Read(ref _flags) is { } flags ? flags.ResolveDouble(key, context, fallback) : NotReady(key, fallback);

    /// <summary>What a flag of objects says, and why.</summary>
    public FlagResult<FlagValue> ResolveObject(string key, in FlagContext context, FlagValue fallback) =>
        Volatile.Read(ref _flags) is { } flags ? flags.ResolveObject(key, context, fallback) : NotReady(key, fallback);

    /// <summary>Stops following the store. What was read last can still be asked.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested) return;
        await _ended.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _first.TrySetCanceled(_ended.Token);
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    private FlagResult<T> NotReady<T>(string key, T fallback)
    {
        FeatureFlagStatus status = Status;
        string code = status.State == FeatureFlagState.Fatal ? FlagErrorCode.ProviderFatal : FlagErrorCode.ProviderNotReady;
        return new FlagResult<T>(key, fallback, new FlagOutcome(null, -1, FlagReason.Error, code, $"cannot be asked yet: {status.Reason}"));
    }

    private async Task FollowAsync()
    {
        TimeSpan pause = FirstPause;
        string? seen = null;
        bool waits = false;
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                if (waits) await _store.WaitForChangeAsync(seen, _ended.Token).ConfigureAwait(false);
                waits = false;
                FlagStoreContent content = await _store.ReadAsync(_ended.Token).ConfigureAwait(false);
                Take(content);
                // Also where it cannot be used: it will not become better by reading it again.
                (seen, waits, pause) = (content.Version, true, FirstPause);
            }
            catch (OperationCanceledException) when (_ended.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it is, giving up would freeze the flags of this service for good.
                Fail(e);
                await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), _context.Clock, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private void Take(FlagStoreContent content)
    {
        FlagSet flags;
        try
        {
            if (_flags is not null && content.Utf8.Span.SequenceEqual(_document.Span))
            {
                Stand(FeatureFlagState.Ready, "", content.Version);
                return;
            }

            flags = FlagSet.Load(content.Utf8, _store.Location, FlagSetOptions.AsFlagd with { Clock = _context.Clock });
        }
        catch (DocumentException e)
        {
            Fail(e);
            return;
        }

        FlagSet? before = _flags;
        FeatureFlagsChangedEventArgs change = FlagChanges.Between(before, _document, flags, content);
        _document = content.Utf8;
        Volatile.Write(ref _flags, flags);
        Stand(FeatureFlagState.Ready, "", content.Version);
        if (change.Added.Count + change.Removed.Count + change.Changed.Count > 0) Raise(() => Changed?.Invoke(this, change));
        _first.TrySetResult();
    }

    private void Fail(Exception e)
    {
        FeatureFlagState state = _flags is not null ? FeatureFlagState.Stale : e is ReadyOpsException { Id: "FlagStoreDenied" or "FlagAddressInvalid" or "SecretMissing" or "FlagUnreadable" or "FlagPasswordWritten" }
            ? FeatureFlagState.Fatal : FeatureFlagState.Error;
        string next = (e as ReadyOpsException)?.NextStep ?? "";
        Stand(state, next.Length > 0 ? $"{e.Message} {next}" : e.Message, null);
    }

    /// <summary>Says how it stands, if that is something else than before.</summary>
    private void Stand(FeatureFlagState state, string reason, string? version)
    {
        FeatureFlagStatus was = _status;
        string serves = version ?? was.Version;
        if (was.State == state && was.Reason == reason && was.Version == serves) return;
        DateTimeOffset now = _context.Clock.GetUtcNow();
        var status = new FeatureFlagStatus(state, reason, was.State == state ? was.Since : now)
        {
            Version = serves,
            ServedSince = serves == was.Version ? was.ServedSince : now,
        };
        Volatile.Write(ref _status, status);
        if (was.State == state && was.Reason == reason) return;
        if (state == FeatureFlagState.Ready) _log.LogInformation("The flags of {Location} are ready", _store.Location);
        else _log.LogWarning("The flags of {Location} are {State}: {Reason}", _store.Location, state, reason);
        Raise(() => StatusChanged?.Invoke(this, status));
    }

    private void Raise(Action handlers)
    {
        try
        {
            handlers();
        }
        catch (Exception e)
        {
            _log.LogError(e, "A handler of changes of {Location} failed", _store.Location);
        }
    }
}
