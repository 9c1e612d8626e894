using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Flags.Stores.Redis;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Flags;

public sealed class RedisFlagStoreScenarios
{
    private static readonly EngineContext Context = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_two_who_change_one_version_only_the_first_does()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using var one = new RedisFlagStore(redis.Location(), Context);
        await using var two = new RedisFlagStore(redis.Location(), Context);

        Assert.Equal("FlagStoreMissing", (await FailsAsync(one.ReadAsync(Cancel))).Id);
        FlagStoreContent first = await one.WriteAsync(Bytes("1"), null, Cancel);
        Assert.Equal("FlagConflict", (await FailsAsync(two.WriteAsync(Bytes("x"), null, Cancel))).Id);
        FlagStoreContent read = await two.ReadAsync(Cancel);
        Assert.Equal(("1", first.Version), (Text(read), read.Version));
        FlagStoreContent second = await two.WriteAsync(Bytes("2 é \0 \r\n"), first.Version, Cancel);
        Assert.Equal("FlagConflict", (await FailsAsync(one.WriteAsync(Bytes("y"), first.Version, Cancel))).Id);
        Assert.Equal(("2 é \0 \r\n", second.Version), (Text(await one.ReadAsync(Cancel)), (await one.ReadAsync(Cancel)).Version));
    }

    [Fact]
    public async Task A_change_is_told_by_its_channel_before_anybody_looks()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        // A clock that stands still: who waits by it never looks again, so what ends the wait is the notice.
        await using var waiting = new RedisFlagStore(redis.Location(), new EngineContext { Clock = new ManualClock() });
        await using var writing = new RedisFlagStore(redis.Location(), Context);
        FlagStoreContent first = await writing.WriteAsync(Bytes("1"), null, Cancel);
        Task wait = waiting.WaitForChangeAsync(first.Version, Cancel).AsTask();
        await UntilAsync(async () => (await redis.AskAsync("PUBSUB NUMSUB flags")).EndsWith(":1\r\n", StringComparison.Ordinal));
        // The subscription itself makes it look once more; after that it waits.
        FlagStoreContent now = await writing.WriteAsync(Bytes("2"), first.Version, Cancel);
        await wait.WaitAsync(TimeSpan.FromMinutes(2), Cancel);
        Assert.Equal(now.Version, (await waiting.ReadAsync(Cancel)).Version);
    }

    [Fact]
    public async Task A_notice_that_is_lost_is_made_up_for_by_looking()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--user", "deaf", "on", "nopass", "~*", "+@all", "-subscribe", "resetchannels");
        Environment.SetEnvironmentVariable("READYOPS_TEST_REDIS_DEAF", redis.Location().Replace("redis://", "redis://deaf:x@", StringComparison.Ordinal));
        await using var waiting = new RedisFlagStore("env:READYOPS_TEST_REDIS_DEAF", Context);
        // It may not publish either: that costs the notice, and not the change.
        FlagStoreContent first = await waiting.WriteAsync(Bytes("1"), null, Cancel);
        Task wait = waiting.WaitForChangeAsync(first.Version, Cancel).AsTask();
        await using var writing = new RedisFlagStore(redis.Location(), Context);
        await writing.WriteAsync(Bytes("2"), first.Version, Cancel);
        await wait.WaitAsync(TimeSpan.FromMinutes(2), Cancel);
    }

    [Fact]
    public async Task Who_listens_listens_again_after_the_connection_was_cut()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using var waiting = new RedisFlagStore(redis.Location(), Context);
        FlagStoreContent first = await waiting.WriteAsync(Bytes("1"), null, Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task wait = waiting.WaitForChangeAsync(first.Version, stop.Token).AsTask();
        async Task<bool> Listening() => (await redis.AskAsync("PUBSUB NUMSUB flags")).EndsWith(":1\r\n", StringComparison.Ordinal);
        await UntilAsync(Listening);
        Assert.Equal(":1\r\n", await redis.AskAsync("CLIENT KILL TYPE pubsub"));
        await UntilAsync(Listening);
        await redis.AskAsync("CLIENT KILL TYPE normal SKIPME yes");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        // The connection for commands was cut too, and nobody need know.
        Assert.Equal("1", Text(await waiting.ReadAsync(Cancel)));
        await waiting.WriteAsync(Bytes("2"), first.Version, Cancel);
    }

    [Fact]
    public async Task A_password_stands_in_a_secret_only_and_a_wrong_one_is_told_without_repeating_it()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--requirepass", "s3same");
        string with = redis.Location().Replace("redis://", "redis://:s3same@", StringComparison.Ordinal);
        Environment.SetEnvironmentVariable("READYOPS_TEST_REDIS_RIGHT", with);
        Environment.SetEnvironmentVariable("READYOPS_TEST_REDIS_WRONG", with.Replace("s3same", "s3cret", StringComparison.Ordinal));
        await using var right = new RedisFlagStore("env:READYOPS_TEST_REDIS_RIGHT", Context);
        await right.WriteAsync(Bytes("1"), null, Cancel);
        Assert.Equal("1", Text(await right.ReadAsync(Cancel)));
        Assert.Equal("env:READYOPS_TEST_REDIS_RIGHT", right.Location);

        await using var wrong = new RedisFlagStore("env:READYOPS_TEST_REDIS_WRONG", Context);
        ReadyOpsException refused = await FailsAsync(wrong.ReadAsync(Cancel));
        Assert.Equal("FlagStoreDenied", refused.Id);
        Assert.DoesNotContain("s3cret", refused.ToString(), StringComparison.Ordinal);
        await using var none = new RedisFlagStore(redis.Location(), Context);
        Assert.Equal("FlagStoreDenied", (await FailsAsync(none.ReadAsync(Cancel))).Id);
        Assert.Equal("FlagPasswordWritten", Assert.Throws<ReadyOpsException>(() => new RedisFlagStore(with, Context)).Id);
        // A secret that was corrected meanwhile is taken at the next attempt.
        Environment.SetEnvironmentVariable("READYOPS_TEST_REDIS_WRONG", with);
        Assert.Equal("1", Text(await wrong.ReadAsync(Cancel)));
    }

    [Fact]
    public async Task A_key_of_another_type_and_a_replica_are_told_and_nothing_is_written()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using var store = new RedisFlagStore(redis.Location(), Context);
        await redis.AskAsync("SET flags text");
        Assert.Equal("FlagUnreadable", (await FailsAsync(store.ReadAsync(Cancel))).Id);
        Assert.Equal("FlagUnreadable", (await FailsAsync(store.WriteAsync(Bytes("1"), null, Cancel))).Id);
        Assert.Equal("$4\r\ntext\r\n", await redis.AskAsync("GET flags"));

        await redis.AskAsync("DEL flags");
        await store.WriteAsync(Bytes("1"), null, Cancel);
        string version = (await store.ReadAsync(Cancel)).Version;
        await redis.AskAsync("CONFIG SET replica-serve-stale-data yes");
        await redis.AskAsync($"REPLICAOF 127.0.0.1 {LoopbackPort.Free()}");
        Assert.Equal("FlagNotWritten", (await FailsAsync(store.WriteAsync(Bytes("2"), version, Cancel))).Id);
        Assert.Equal("1", Text(await store.ReadAsync(Cancel)));
        await redis.AskAsync("REPLICAOF NO ONE");
        await store.WriteAsync(Bytes("2"), version, Cancel);
    }

    [Fact]
    public async Task A_server_without_memory_goes_on_serving_and_takes_changes_again_when_it_has_some()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using var store = new RedisFlagStore(redis.Location(), Context);
        FlagStoreContent first = await store.WriteAsync(Bytes("1"), null, Cancel);
        await redis.AskAsync("CONFIG SET maxmemory-policy noeviction");
        await redis.AskAsync("CONFIG SET maxmemory 1");
        ReadyOpsException full = await FailsAsync(store.WriteAsync(Bytes("2"), first.Version, Cancel));
        Assert.Equal("FlagNotWritten", full.Id);
        Assert.Contains("memory", full.Message, StringComparison.Ordinal);
        Assert.Equal(("1", first.Version), (Text(await store.ReadAsync(Cancel)), (await store.ReadAsync(Cancel)).Version));
        await redis.AskAsync("CONFIG SET maxmemory 0");
        await store.WriteAsync(Bytes("2"), first.Version, Cancel);
    }

    [Fact]
    public async Task What_was_acknowledged_outlives_a_crash_and_a_write_during_it_comes_to_pass_when_it_is_back()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using var store = new RedisFlagStore(redis.Location(), Context);
        FlagStoreContent first = await store.WriteAsync(Bytes("1"), null, Cancel);
        await redis.KillAsync();
        Assert.Equal("FlagStoreUnavailable", (await FailsAsync(store.ReadAsync(Cancel))).Id);
        Task<FlagStoreContent> write = store.WriteAsync(Bytes("2"), first.Version, Cancel).AsTask();
        await redis.StartAgainAsync();
        FlagStoreContent second = await write;
        Assert.Equal(("2", second.Version), (Text(await store.ReadAsync(Cancel)), (await store.ReadAsync(Cancel)).Version));
    }

    [Fact]
    public async Task A_server_that_loads_its_data_or_stands_still_is_waited_for()
    {
        await using RedisServer redis = await RedisServer.StartAsync("--enable-debug-command", "yes");
        await using var store = new RedisFlagStore(redis.Location(), Context);
        FlagStoreContent first = await store.WriteAsync(Bytes("1"), null, Cancel);
        // A server that says LOADING was asked, did nothing, and will answer later.
        await redis.AskAsync("CLIENT PAUSE 1000 ALL");
        FlagStoreContent second = await store.WriteAsync(Bytes("2"), first.Version, Cancel);
        redis.Freeze();
        Task<FlagStoreContent> write = store.WriteAsync(Bytes("3"), second.Version, Cancel).AsTask();
        await using (var other = new RedisFlagStore(redis.Location(), Context))
            Assert.Equal("FlagStoreUnavailable", (await FailsAsync(other.ReadAsync(Cancel))).Id);
        redis.Thaw();
        // Its first attempt ran out of time; whether that or the next one took effect, it is there once.
        FlagStoreContent third = await write;
        Assert.Equal(("3", third.Version), (Text(await store.ReadAsync(Cancel)), (await store.ReadAsync(Cancel)).Version));
    }

    [Fact]
    public async Task A_write_whose_answer_is_lost_is_acknowledged_and_made_once()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using var proxy = new LossyProxy(redis.Port);
        await using var store = new RedisFlagStore(redis.Location().Replace($":{redis.Port}/", $":{proxy.Port}/", StringComparison.Ordinal), Context);
        FlagStoreContent first = await store.WriteAsync(Bytes("1"), null, Cancel);
        proxy.SwallowNext();
        FlagStoreContent second = await store.WriteAsync(Bytes("2"), first.Version, Cancel);
        Assert.Equal(1, proxy.Swallowed);
        Assert.StartsWith("2-", second.Version, StringComparison.Ordinal);
        await using var direct = new RedisFlagStore(redis.Location(), Context);
        Assert.Equal(second.Version, (await direct.ReadAsync(Cancel)).Version);
    }

    [Fact]
    public async Task What_speaks_another_protocol_is_told_and_not_waited_for_forever()
    {
        await using HttpService other = await HttpService.StartAsync(context => Task.CompletedTask);
        await using var store = new RedisFlagStore($"redis://{other.Authority}/0?key=flags", Context);
        Assert.Equal("FlagStoreUnavailable", (await FailsAsync(store.ReadAsync(Cancel))).Id);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition()) await Task.Delay(20, Cancel);
    }

    private static async Task<ReadyOpsException> FailsAsync(ValueTask<FlagStoreContent> call) => await Assert.ThrowsAsync<ReadyOpsException>(async () => await call);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(FlagStoreContent content) => Encoding.UTF8.GetString(content.Utf8.Span);
}
