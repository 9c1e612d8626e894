using System.Text;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;

namespace ReadyOps.Core.Tests.Flags;

public sealed class FeatureFlagClientTests : IAsyncDisposable
{
    private readonly StubStore _store = new();
    private readonly FeatureFlagClient _client;
    private readonly List<FeatureFlagsChangedEventArgs> _changes = [];
    private readonly List<FeatureFlagStatus> _states = [];

    public FeatureFlagClientTests()
    {
        _client = new FeatureFlagClient(_store, new EngineContext());
        _client.Changed += (_, change) => { lock (_changes) _changes.Add(change); };
        _client.StatusChanged += (_, status) => { lock (_states) _states.Add(status); };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Before_the_first_document_callers_get_their_own_defaults_and_are_told_why()
    {
        _store.Fail(FlagStoreErrors.Missing("the store"));
        await StandsAsync(FeatureFlagState.Error);
        Assert.True(_client.GetBoolean("a", default, true));
        FlagResult<bool> asked = _client.ResolveBoolean("a", default, true);
        Assert.Equal((true, null, FlagReason.Error, FlagErrorCode.ProviderNotReady), (asked.Value, asked.Variant, asked.Reason, asked.ErrorCode));
        Assert.Contains("no flag document at the store", asked.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(("x", 7L, 0.5), (_client.ResolveString("a", default, "x").Value, _client.ResolveInteger("a", default, 7).Value, _client.ResolveDouble("a", default, 0.5).Value));

        _store.Put(Flags(("a", "on")));
        await _client.WhenReadyAsync(Cancel);
        Assert.True(_client.ResolveBoolean("a", default, false).Value);
        await StandsAsync(FeatureFlagState.Ready);
        Assert.Equal("", _client.Status.Reason);
    }

    [Fact]
    public async Task What_somebody_must_put_right_is_fatal_and_is_tried_on_all_the_same()
    {
        _store.Fail(new ReadyOpsException("FlagStoreDenied", "The password is wrong.", "Correct it."));
        await StandsAsync(FeatureFlagState.Fatal);
        Assert.Equal(FlagErrorCode.ProviderFatal, _client.ResolveBoolean("a", default, true).ErrorCode);
        Assert.Contains("Correct it.", _client.Status.Reason, StringComparison.Ordinal);
        _store.Put(Flags(("a", "on")));
        await StandsAsync(FeatureFlagState.Ready);
    }

    [Fact]
    public async Task A_broken_document_leaves_the_last_good_one_in_service_and_is_said_once()
    {
        _store.Put(Flags(("a", "on")));
        await StandsAsync(FeatureFlagState.Ready);
        string good = _client.Status.Version;
        _store.Put("""{"flags":{"a":""");
        await StandsAsync(FeatureFlagState.Stale);
        Assert.True(_client.GetBoolean("a", default, false));
        Assert.Equal(good, _client.Status.Version);
        Assert.NotEqual("", _client.Status.Reason);

        _store.Fail(FlagStoreErrors.Unavailable("the store", new IOException("the connection was closed")));
        await UntilAsync(() => _client.Status.Reason.Contains("the connection was closed", StringComparison.Ordinal));
        Assert.True(_client.GetBoolean("a", default, false));

        // The same document again is another version and no change.
        _store.Put(Flags(("a", "on")));
        await StandsAsync(FeatureFlagState.Ready);
        Assert.NotEqual(good, _client.Status.Version);
        Assert.Single(_changes);
        Assert.Equal([FeatureFlagState.Ready, FeatureFlagState.Stale, FeatureFlagState.Stale, FeatureFlagState.Ready], _states.Select(status => status.State));
        Assert.Equal(_states[1].Since, _states[2].Since);
    }

    [Fact]
    public async Task A_change_tells_the_flags_that_were_added_removed_and_changed()
    {
        _store.Put(Flags(("a", "on"), ("b", "on"), ("c", "on")));
        await StandsAsync(FeatureFlagState.Ready);
        // White space and the order of members mean nothing.
        _store.Put("""{"flags":{"d":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"},"b":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}, "c" : {"defaultVariant":"on","variants":{"on":true,"off":false},"state":"ENABLED"}}}""");
        await UntilAsync(() => _changes.Count == 2);
        Assert.Equal(["a", "b", "c"], _changes[0].Added);
        Assert.Equal("+d -a ~b", Told(_changes[1]));

        // What flags share may change any of them.
        _store.Put("""{"flags":{"d":{"state":"ENABLED","variants":{"on":true},"defaultVariant":"on"}},"$evaluators":{"e":{"==":[1,1]}}}""");
        await UntilAsync(() => _changes.Count == 3);
        Assert.Equal("+ -b,c ~d", Told(_changes[2]));
    }

    [Fact]
    public async Task A_handler_that_throws_stops_nothing()
    {
        _client.Changed += (_, _) => throw new InvalidOperationException("a bug of the service");
        _store.Put(Flags(("a", "on")));
        await StandsAsync(FeatureFlagState.Ready);
        _store.Put(Flags(("a", "off")));
        await UntilAsync(() => !_client.GetBoolean("a", default, true));
    }

    [Fact]
    public async Task Once_disposed_it_asks_its_store_no_more_and_still_answers()
    {
        _store.Put(Flags(("a", "on")));
        await StandsAsync(FeatureFlagState.Ready);
        await _client.DisposeAsync();
        await _client.DisposeAsync();
        Assert.True(_store.Disposed);
        Assert.True(_client.GetBoolean("a", default, false));
        await using var never = new FeatureFlagClient(new StubStore(), new EngineContext());
        Task waiting = never.WhenReadyAsync(Cancel);
        await never.DisposeAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Asking_for_a_boolean_allocates_nothing()
    {
        _store.Put("""{"flags":{"a":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",50],["off",50]]}}}}""");
        await StandsAsync(FeatureFlagState.Ready);
        var context = new FlagContext("user-1");
        for (int i = 0; i < 1000; i++) _client.GetBoolean("a", context, false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) _client.GetBoolean("a", context, false);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static string Told(FeatureFlagsChangedEventArgs change) => $"+{string.Join(',', change.Added)} -{string.Join(',', change.Removed)} ~{string.Join(',', change.Changed)}";

    private static string Flags(params (string Key, string Default)[] flags) =>
        $"{{\"flags\":{{{string.Join(',', flags.Select(flag => $"\"{flag.Key}\":{{\"state\":\"ENABLED\",\"variants\":{{\"on\":true,\"off\":false}},\"defaultVariant\":\"{flag.Default}\"}}"))}}}}}";

    private Task StandsAsync(FeatureFlagState state) => UntilAsync(() => _client.Status.State == state && (state == FeatureFlagState.NotReady || _states.LastOrDefault()?.State == state));

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(5, Cancel);
    }

    /// <summary>A store that holds, or fails with, what a test says.</summary>
    private sealed class StubStore : IFlagStore
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private FlagStoreContent? _content;
        private Exception? _failure;
        private int _version;

        public string Location => "the store";

        public bool Disposed { get; private set; }

        public void Put(string document)
        {
            lock (_gate)
            {
                (_content, _failure) = (new FlagStoreContent(Encoding.UTF8.GetBytes(document), $"{++_version}"), null);
                Signal();
            }
        }

        public void Fail(Exception failure)
        {
            lock (_gate)
            {
                _failure = failure;
                Signal();
            }
        }

        public async ValueTask<FlagStoreContent> ReadAsync(CancellationToken cancel)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_failure is not null) throw _failure;
                    if (_content is not null) return _content;
                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancel);
            }
        }

        public ValueTask<FlagStoreContent> WriteAsync(ReadOnlyMemory<byte> utf8, string? expected, CancellationToken cancel) => throw new NotSupportedException();

        public async ValueTask WaitForChangeAsync(string? known, CancellationToken cancel)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_failure is not null) throw _failure;
                    if (_content?.Version != known) return;
                    changed = _changed.Task;
                }

                await changed.WaitAsync(cancel);
            }
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }

        private void Signal()
        {
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
