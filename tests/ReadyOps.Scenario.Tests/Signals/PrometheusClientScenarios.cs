using ReadyOps.Core;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Signals;

/// <summary>One Prometheus with something to scrape, something that is down and an alert that fires.</summary>
public sealed class ScrapedPrometheus : IAsyncLifetime
{
    private HttpService? _service;

    internal PrometheusServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Required.Has("prometheus")) return;
        _service = await HttpService.StartMetricsAsync(() => "temperature{room=\"a\\\"b\"} 21.5\ntemperature{room=\"c\"} NaN\npressure +Inf\n");
        const string Rules = """
            groups:
            - name: test
              rules:
              - {alert: AlwaysOn, expr: 'vector(0.25)', labels: {severity: page}, annotations: {summary: 'always'}}
            """;
        Server = await PrometheusServer.StartAsync([("rooms", _service.Authority), ("nobody", "127.0.0.1:1")], rules: Rules);
        await Server.WaitForAsync("up", seen => seen.Count == 2);
        await Server.WaitForAsync("ALERTS");
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
        if (_service is not null) await _service.DisposeAsync();
    }
}

public sealed class PrometheusClientScenarios(ScrapedPrometheus prometheus) : IClassFixture<ScrapedPrometheus>
{
    private readonly string _needed = Required.Server("prometheus");
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PrometheusClient Client => prometheus.Server.Client;

    [Fact]
    public async Task Values_labels_NaN_and_infinity_arrive_as_they_were_scraped()
    {
        IReadOnlyList<MetricSample> rooms = (await Client.QueryAsync("temperature", null, Stop)).Data;
        Assert.Equal(21.5, rooms.Single(s => s.Labels["room"] == "a\"b").Value);
        Assert.Equal(double.NaN, rooms.Single(s => s.Labels["room"] == "c").Value);
        MetricSample pressure = Assert.Single((await Client.QueryAsync("pressure", null, Stop)).Data);
        Assert.Equal(("pressure", double.PositiveInfinity), (pressure.Name, pressure.Value));
    }

    [Fact]
    public async Task A_query_is_answered_for_the_very_millisecond_asked()
    {
        DateTimeOffset time = Noon.AddMilliseconds(123);
        MetricSample sample = Assert.Single((await Client.QueryAsync("time()", time, Stop)).Data);
        Assert.Equal(time, sample.Time);
        Assert.Equal(time.ToUnixTimeMilliseconds() / 1000.0, sample.Value);
    }

    [Fact]
    public async Task A_range_of_more_than_11000_points_arrives_whole()
    {
        IReadOnlyList<MetricSeries> series = (await Client.QueryRangeAsync("vector(time())", Noon, Noon.AddSeconds(24_999), TimeSpan.FromSeconds(1), Stop)).Data;
        IReadOnlyList<MetricSample> samples = Assert.Single(series).Samples;
        Assert.Equal(25_000, samples.Count);
        Assert.All(samples.Select((sample, i) => (sample, i)), s =>
        {
            Assert.Equal(Noon.AddSeconds(s.i), s.sample.Time);
            Assert.Equal(Noon.ToUnixTimeSeconds() + s.i, s.sample.Value);
        });
    }

    [Fact]
    public async Task A_query_that_cannot_be_parsed_is_refused_with_the_servers_reason()
    {
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => Client.QueryAsync("up{", null, Stop));
        Assert.Equal("PrometheusRefused", e.Id);
        Assert.Contains("bad_data", e.Message, StringComparison.Ordinal);
        Assert.Contains("parse error", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up[5m]")]
    [InlineData("\"text\"")]
    public async Task What_gives_no_number_is_refused(string query) =>
        Assert.Equal("PrometheusNoValue", (await Assert.ThrowsAsync<ReadyOpsException>(() => Client.QueryAsync(query, null, Stop))).Id);

    [Fact]
    public async Task A_wrong_path_is_told_from_a_refusal()
    {
        var client = new PrometheusClient(HttpEndpoint.For($"{prometheus.Server.Url}/prefix"), new EngineContext());
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => client.QueryAsync("up", null, Stop));
        Assert.Equal("PrometheusBadAnswer", e.Id);
        Assert.Contains("has no Prometheus API (404)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firing_alerts_are_listed()
    {
        PrometheusAlert alert = Assert.Single((await Client.AlertsAsync(Stop)).Data);
        Assert.Equal(("AlwaysOn", "firing", 0.25, "page", "always"), (alert.Name, alert.State, alert.Value, alert.Labels["severity"], alert.Annotations["summary"]));
        Assert.NotNull(alert.ActiveAt);
    }

    [Fact]
    public async Task Targets_are_listed_with_why_they_are_down()
    {
        IReadOnlyList<PrometheusTarget> targets = (await Client.TargetsAsync(Stop)).Data;
        Assert.Equal("up", targets.Single(t => t.Job == "rooms").Health);
        PrometheusTarget down = targets.Single(t => t.Job == "nobody");
        Assert.Equal("down", down.Health);
        Assert.Contains("refused", down.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_build_is_told() => Assert.NotEmpty((await Client.BuildInfoAsync(Stop)).Data.Version);

    [Fact]
    public async Task A_frozen_server_times_out_and_a_stopped_one_is_unreachable_until_it_is_back()
    {
        await using PrometheusServer server = await PrometheusServer.StartAsync();
        var quick = new PrometheusClient(HttpEndpoint.For(server.Url) with { Timeout = TimeSpan.FromSeconds(1) }, new EngineContext()) { Attempts = 1 };
        server.Process.Freeze();
        Assert.Equal("HttpTimeout", (await Assert.ThrowsAsync<ReadyOpsException>(() => quick.QueryAsync("1", null, Stop))).Id);
        server.Process.Thaw();
        Assert.Single((await server.Client.QueryAsync("1", null, Stop)).Data);
        await server.StopAsync();
        Assert.Equal("HttpUnreachable", (await Assert.ThrowsAsync<ReadyOpsException>(() => quick.QueryAsync("1", null, Stop))).Id);
        await server.StartAgainAsync();
        Assert.Single((await server.Client.QueryAsync("1", null, Stop)).Data);
    }
}
