using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Scenario.Tests.Servers;
using ReadyOps.Scenario.Tests.Targets;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>
/// A service in two versions behind a real HAProxy, real requests through it, a real Prometheus that scrapes HAProxy's own
/// exporter, and a journal on the disk: where a rollout of ReadyOps plays.
/// </summary>
internal sealed class RolloutStage : IAsyncDisposable
{
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private const int MostRequests = 60_000;

    private readonly string _state = Directory.CreateTempSubdirectory("readyops-stage-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<IAsyncDisposable> _servers = [];
    private Task _load = Task.CompletedTask;
    private volatile bool _faulty;
    private long _failed;

    private RolloutStage()
    {
        Store = new FolderJournalStore(_state, new EngineContext());
        Service = new RolloutService(Store, new EngineContext { Actor = "test" });
    }

    public HaproxyServer Haproxy { get; private set; } = null!;

    public PrometheusServer Prometheus { get; private set; } = null!;

    public FolderJournalStore Store { get; }

    public RolloutService Service { get; }

    /// <summary>When each tick of <see cref="RunAsync"/> began.</summary>
    public List<DateTimeOffset> Ticks { get; } = [];

    /// <summary>Requests that were answered with an error so far.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>From now on, the new version answers every request with 500.</summary>
    public void BreakTheNewVersion() => _faulty = true;

    public static async Task<RolloutStage> StartAsync()
    {
        Required.Server("haproxy");
        Required.Server("prometheus");
        var stage = new RolloutStage();
        try
        {
            HttpService fresh = stage.Keep(await HttpService.StartAsync(context =>
            {
                context.Response.StatusCode = stage._faulty ? 500 : 200;
                return context.Response.WriteAsync("new");
            }));
            HttpService stable = stage.Keep(await HttpService.StartAsync(context => context.Response.WriteAsync("stable")));
            stage.Haproxy = stage.Keep(await HaproxyServer.StartAsync([new("new", fresh.Authority, 0), new("old", stable.Authority, 100)]));
            stage.Prometheus = stage.Keep(await PrometheusServer.StartAsync([("haproxy", stage.Haproxy.Metrics.Authority)]));
            stage._load = stage.LoadAsync();
            await stage.Prometheus.WaitForAsync("rate(haproxy_server_http_responses_total{server=\"old\",code=\"2xx\"}[5s]) > 0");
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>The rollout of the stage: 10, 50 and 100 %, a few seconds each, error rates of both versions by HAProxy's counters.</summary>
    public Document Document() => DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
        apiVersion: readyops/v1
        kind: Rollout
        name: web
        release: "2.0"
        prometheus: {{Prometheus.Url}}
        target: { type: haproxy, address: "{{Haproxy.UnixAddress}}", backend: web, canary: new, stable: old }
        tick: 1s
        steps:
          - { share: 10%, hold: 6s }
          - { share: 50%, hold: 6s }
          - { share: 100%, hold: 6s }
        bake: 6s
        signals:
          - name: error-rate
            query: {{ErrorRate("new")}}
            stable: {{ErrorRate("old")}}
            bound: <= 1%
            for: 4s
            window: 5s
            interval: 1s
            lag: 1s
            staleAfter: 10s
            minSamples: 2
        policies:
          error: { action: pause, after: 3s }
          noData: { action: pause, after: 60s }
          stale: { action: pause, after: 20s }
        rollback: { settle: 3s, deadline: 2m }
        """), "rollout.yaml", _state, "Rollout");

    /// <summary>Ticks once a second until the rollout has ended, or until something else.</summary>
    public async Task<RolloutStatus> RunAsync(string id, Func<RolloutStatus, bool>? until = null, TimeSpan? atMost = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(atMost ?? TimeSpan.FromMinutes(5));
        RolloutStatus? status = null;
        try
        {
            while (true)
            {
                Ticks.Add(DateTimeOffset.UtcNow);
                status = await Service.TickAsync(id, deadline.Token);
                if (status.Ended || until?.Invoke(status) == true) return status;
                await Task.Delay(Tick, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It never came to that; last seen: {status}{Environment.NewLine}{string.Join(Environment.NewLine, status?.Signals ?? [])}");
        }
    }

    public async Task<IReadOnlyList<(DateTimeOffset At, RolloutEvent Event)>> EventsAsync(string id)
    {
        IReadOnlyList<JournalLine> lines = await Store.ReadAsync(RolloutService.Prefix + id, TestContext.Current.CancellationToken);
        return [.. lines.Select(line => (line.Time, RolloutEvents.Decode(line)!))];
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _load;
        foreach (IAsyncDisposable server in Enumerable.Reverse(_servers)) await server.DisposeAsync();
        _stop.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    private T Keep<T>(T server)
        where T : IAsyncDisposable
    {
        _servers.Add(server);
        return server;
    }

    private static string ErrorRate(string server) =>
        $"(sum(rate(haproxy_server_http_responses_total{{server=\"{server}\",code=\"5xx\"}}[${{window}}])) or vector(0)) / sum(rate(haproxy_server_http_responses_total{{server=\"{server}\"}}[${{window}}]))";

    /// <summary>About a hundred requests a second, for as long as the stage stands.</summary>
    private async Task LoadAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            for (int i = 0; i < MostRequests && await pace.WaitForNextTickAsync(_stop.Token); i++)
            {
                using HttpResponseMessage answer = await client.GetAsync(new Uri(Haproxy.Frontend, i.ToString(CultureInfo.InvariantCulture)), _stop.Token);
                if (!answer.IsSuccessStatusCode) Interlocked.Increment(ref _failed);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The stage is taken down.
        }
    }
}
