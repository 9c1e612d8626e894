using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores.Redis;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Flags;

/// <summary>A rollout moves a flag in a real Redis; two HTTP services ask a client of their own for each request which version answers.</summary>
public sealed class RedisFlagRolloutScenarios
{
    private const string Flag = "checkout";
    private const string Document = """{"flags":{"checkout":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Services_follow_the_share_in_Redis_a_breach_takes_it_back_and_the_history_tells_who_when_and_why()
    {
        string state = Directory.CreateTempSubdirectory("readyops-flags-").FullName;
        await using RedisServer redis = await RedisServer.StartAsync();
        await using (var store = new RedisFlagStore(redis.Location(), new EngineContext())) await store.WriteAsync(Encoding.UTF8.GetBytes(Document), null, Cancel);
        await using Shop one = await Shop.OpenAsync(redis.Location());
        await using Shop two = await Shop.OpenAsync(redis.Location());
        try
        {
            var journals = new FolderJournalStore(state, new EngineContext());
            var rollouts = new RolloutService(journals, new EngineContext { Actor = "ada" });
            RolloutStatus status = await rollouts.StartAsync(Rollout(redis, one, two, state), new RolloutStart { Release = "2.0" }, Cancel);
            status = await TickAsync(rollouts, status, [one, two], until: now => now.Step == 2 && now.SharePercent == 50);
            // The share that users get is that of the flag: 400 of them, five standard deviations.
            await UntilAsync(() => Shares(one, two).All(share => share is > 0.37 and < 0.63), "half of the users");

            Shop.Faulty = true;
            status = await TickAsync(rollouts, status, [one, two], until: now => now.Ended);
            Assert.Equal((RolloutPhase.RolledBack, 0m), (status.Phase, status.SharePercent));
            await UntilAsync(() => Shares(one, two).All(share => share == 0), "nobody");

            await using var flags = new RedisFlagStore(redis.Location(), new EngineContext());
            FlagChange[] told = await new FlagService(flags, journals, new EngineContext()).HistoryAsync(Flag, Cancel).ToArrayAsync(Cancel);
            Assert.Equal(
                [$"rollout {status.Id}: step 1, 10%", $"rollout {status.Id}: step 2, 50%", $"rollout {status.Id}: taken back to 0%"],
                told.Select(change => change.Reason));
            Assert.All(told, change => Assert.Equal(("ada", true), (change.Actor, change.Applied)));
            RollbackStarted rollback = Assert.Single((await journals.ReadAsync(RolloutService.Prefix + status.Id, Cancel)).Select(RolloutEvents.Decode).OfType<RollbackStarted>());
            Assert.Equal("errors", rollback.Signal);
            foreach (Shop shop in (Shop[])[one, two]) AssertFollowed(shop, told);
        }
        finally
        {
            Shop.Faulty = false;
            Directory.Delete(state, recursive: true);
        }
    }

    private static Document Rollout(RedisServer redis, Shop one, Shop two, string folder) => DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
        apiVersion: readyops/v1
        kind: Rollout
        name: web
        target: {type: flag, store: "{{redis.Location()}}", flag: {{Flag}}}
        tick: 200ms
        steps:
        - {share: 10%, hold: 2s}
        - {share: 50%, hold: 5m}
        signals:
        - name: errors
          type: scrape
          urls: ["{{one.Url}}/metrics", "{{two.Url}}/metrics"]
          ratio: {of: 'http_requests_total{code="500"}', over: http_requests_total}
          bound: <= 1%
          for: 1s
          minSamples: 2
        rollback: {settle: 1s, deadline: 2m}
        """), "rollout.yaml", folder, "Rollout");

    private static async Task<RolloutStatus> TickAsync(RolloutService rollouts, RolloutStatus status, Shop[] shops, Func<RolloutStatus, bool> until)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        for (int round = 0; !until(status); round++)
        {
            Assert.False(patience.IsCancellationRequested, $"{status}{Environment.NewLine}{string.Join(Environment.NewLine, status.Signals)}");
            await Task.WhenAll(shops.Select(shop => shop.VisitAsync(20)));
            status = await rollouts.TickAsync(status.Id, Cancel);
            await Task.Delay(100, CancellationToken.None);
        }

        return status;
    }

    /// <summary>Each change that was written down was taken into service by the client, by its notice and not by chance.</summary>
    private static void AssertFollowed(Shop shop, FlagChange[] told)
    {
        DateTimeOffset[] noticed = [.. shop.Noticed];
        Assert.Equal(told.Length, noticed.Length);
        for (int i = 0; i < told.Length; i++)
        {
            TimeSpan lag = noticed[i] - told[i].Time;
            TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{told[i].Reason}: noticed after {lag.TotalMilliseconds:0} ms"));
            // The promise is a second. A machine that runs much else at once gets more of it.
            Assert.True(lag < TimeSpan.FromSeconds(10), $"{told[i].Reason} was noticed after {lag}");
        }
    }

    private static IEnumerable<double> Shares(params Shop[] shops) => shops.Select(shop => shop.ShareOfUsers(400));

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(1));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, $"it never came to it: {what}");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    /// <summary>An instance of a service in two versions: the flag says which one answers a user.</summary>
    private sealed class Shop : IAsyncDisposable
    {
        private static readonly HttpClient Visitor = new() { Timeout = TimeSpan.FromSeconds(30) };

        private readonly FeatureFlagClient _flags;
        private HttpService _service = null!;
        private int _visits;
        private long _served;
        private long _failed;

        private Shop(string location)
        {
            _flags = new FeatureFlagClient(location, new EngineContext());
            _flags.Changed += (_, change) => { if (change.Changed.Contains(Flag)) Noticed.Enqueue(DateTimeOffset.UtcNow); };
        }

        /// <summary>Whether the new version fails.</summary>
        public static bool Faulty { get; set; }

        public ConcurrentQueue<DateTimeOffset> Noticed { get; } = new();

        public string Url => _service.Url;

        public static async Task<Shop> OpenAsync(string location)
        {
            var shop = new Shop(location);
            await shop._flags.WhenReadyAsync(Cancel);
            shop._service = await HttpService.StartAsync(shop.AnswerAsync);
            return shop;
        }

        /// <summary>So many users come by.</summary>
        public async Task VisitAsync(int users)
        {
            for (int i = 0; i < users; i++)
                using (await Visitor.GetAsync(string.Create(CultureInfo.InvariantCulture, $"{Url}/?user={Interlocked.Increment(ref _visits)}"), Cancel)) { }
        }

        /// <summary>The share of users who would get the new version now.</summary>
        public double ShareOfUsers(int users) => Enumerable.Range(0, users).Count(i => IsNew(i.ToString(CultureInfo.InvariantCulture))) / (double)users;

        public async ValueTask DisposeAsync()
        {
            await _service.DisposeAsync();
            await _flags.DisposeAsync();
        }

        private bool IsNew(string user) => _flags.GetBoolean(Flag, new FlagContext($"user-{user}"), false);

        private Task AnswerAsync(HttpContext request)
        {
            if (request.Request.Path == "/metrics")
                return request.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"http_requests_total{{code=\"200\"}} {Interlocked.Read(ref _served)}\nhttp_requests_total{{code=\"500\"}} {Interlocked.Read(ref _failed)}\n"));
            bool fails = IsNew(request.Request.Query["user"].ToString()) && Faulty;
            request.Response.StatusCode = fails ? 500 : 200;
            Interlocked.Increment(ref fails ? ref _failed : ref _served);
            return request.Response.WriteAsync("ok");
        }
    }
}
