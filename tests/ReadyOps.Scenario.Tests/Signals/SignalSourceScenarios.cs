using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Signals;

/// <summary>A Prometheus that recorded ten minutes: one error a second up to 12:05:07, and none after.</summary>
public sealed class RecordedPrometheus : IAsyncLifetime
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset StepStart = Noon.AddSeconds(307);

    internal PrometheusServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Required.Has("prometheus") || !Required.Has("promtool")) return;
        var history = new StringBuilder("# TYPE errors counter\n");
        for (int second = 0; second <= 600; second++)
        {
            // Scraped a little off the whole second, as a server does.
            double time = Noon.AddSeconds(second).ToUnixTimeSeconds() + 0.25;
            history.Append(CultureInfo.InvariantCulture, $"errors_total {Math.Min(second, 307)} {time}\n");
        }

        Server = await PrometheusServer.StartAsync(history: history.Append("# EOF\n").ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}

public sealed class SignalSourceScenarios(RecordedPrometheus prometheus) : IClassFixture<RecordedPrometheus>
{
    private readonly string[] _needed = [Required.Server("prometheus"), Required.Server("promtool")];
    private static readonly DateTimeOffset Noon = RecordedPrometheus.Noon;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PrometheusSignalSource Source(string query) => new(
        prometheus.Server.Client, query, null, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));

    [Fact]
    public async Task A_clipped_window_does_not_hold_the_errors_of_the_release_before()
    {
        var span = new SignalSpan(RecordedPrometheus.StepStart, Noon.AddSeconds(605), RecordedPrometheus.StepStart, Noon);
        SignalBatch batch = await Source("rate(errors_total[${window}])").CollectAsync(span, null, Stop);
        Assert.Null(batch.Error);
        Assert.Equal(20, batch.Samples.Count); // 12:05:15 to 12:10:00
        Assert.Equal(Noon.AddSeconds(600), batch.CollectedUntil);
        Assert.All(batch.Samples, s => Assert.Equal((0, true), (s.Value, s.InStep)));

        // The same without clipping still sees them: 8 s into the step 52 of 60 s were the old release's.
        MetricSample whole = Assert.Single((await prometheus.Server.Client.QueryAsync("rate(errors_total[1m])", batch.Samples[0].Time, Stop)).Data);
        Assert.InRange(whole.Value, 0.8, 0.95);
    }

    [Fact]
    public async Task Ticks_at_any_time_collect_the_same_samples()
    {
        PrometheusSignalSource source = Source("rate(errors_total[${window}])");
        var whole = new SignalSpan(Noon, Noon.AddSeconds(600), RecordedPrometheus.StepStart, Noon);
        SignalBatch atOnce = await source.CollectAsync(whole, null, Stop);
        Assert.Equal(39, atOnce.Samples.Count); // 12:00:15 to 12:09:45, which the lag allows
        var inParts = new List<SignalSample>();
        DateTimeOffset after = Noon;
        foreach (int until in new[] { 3, 21, 22, 140, 307, 312, 330, 505, 600 })
        {
            SignalBatch batch = await source.CollectAsync(whole with { After = after, Until = Noon.AddSeconds(until) }, null, Stop);
            inParts.AddRange(batch.Samples);
            after = batch.CollectedUntil;
        }

        Assert.Equal(atOnce.Samples, inParts);
    }

    [Fact]
    public async Task A_stopped_prometheus_is_an_error_and_its_span_is_collected_when_it_is_back()
    {
        await using PrometheusServer server = await PrometheusServer.StartAsync();
        var source = new PrometheusSignalSource(server.Client, "vector(1)", null, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.Zero);
        var span = new SignalSpan(Noon, Noon.AddSeconds(60), Noon, Noon);
        await server.StopAsync();
        SignalBatch failed = await source.CollectAsync(span, null, Stop);
        Assert.Contains("cannot be reached", failed.Error, StringComparison.Ordinal);
        Assert.Equal(Noon, failed.CollectedUntil);
        await server.StartAgainAsync();
        Assert.Equal(4, (await source.CollectAsync(span with { After = failed.CollectedUntil }, null, Stop)).Samples.Count);
    }

    [Fact]
    public async Task Quantiles_agree_with_prometheus_on_random_histograms()
    {
        var random = new Random(20261121);
        for (int round = 0; round < 50; round++)
        {
            int size = random.Next(1, 8);
            double bound = random.Next(4) == 0 ? -1 : 0, count = 0;
            var buckets = new List<KeyValuePair<double, double>>();
            for (int i = 0; i < size; i++)
            {
                bound += random.Next(1, 40) / 16.0;
                count += random.Next(0, 9);
                buckets.Add(new(i == size - 1 && random.Next(5) > 0 ? double.PositiveInfinity : bound, count));
            }

            double q = random.Next(0, 21) / 20.0;
            string vectors = string.Join(" or ", buckets.Select(b =>
                $"label_replace(vector({Write(b.Value)}), \"le\", \"{(double.IsInfinity(b.Key) ? "+Inf" : Write(b.Key))}\", \"\", \"\")"));
            MetricSample expected = Assert.Single((await prometheus.Server.Client.QueryAsync($"histogram_quantile({Write(q)}, {vectors})", Noon, Stop)).Data);
            Assert.True(
                Math.Abs(expected.Value - HistogramQuantile.Of(q, buckets)) < 1e-9 || expected.Value.Equals(HistogramQuantile.Of(q, buckets)),
                $"histogram_quantile({q}, {vectors}) is {expected.Value}, not {HistogramQuantile.Of(q, buckets)}");
        }

        static string Write(double value) => value.ToString(CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task A_scrape_takes_rates_between_two_looks_at_a_real_page()
    {
        int served = 0;
        await using HttpService service = await HttpService.StartMetricsAsync(() => string.Create(CultureInfo.InvariantCulture,
            $"# TYPE requests_total counter\nrequests_total{{code=\"200\"}} {served * 97}\nrequests_total{{code=\"500\"}} {served++ * 3}\n"));
        var measure = ScrapeMeasure.Ratio(MetricSelector.Parse("requests_total{code=~\"5..\"}"), MetricSelector.Parse("requests_total"));
        var source = new ScrapeSignalSource([HttpEndpoint.For($"{service.Url}/metrics")], measure, new EngineContext());
        DateTimeOffset start = DateTimeOffset.UtcNow.AddSeconds(-1);
        SignalBatch first = await source.CollectAsync(new SignalSpan(start, DateTimeOffset.UtcNow, start, start), null, Stop);
        Assert.Null(first.Error);
        Assert.Empty(first.Samples);
        while (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() <= first.CollectedUntil.ToUnixTimeMilliseconds() + 50) await Task.Delay(10, Stop);
        SignalBatch second = await source.CollectAsync(new SignalSpan(start, DateTimeOffset.UtcNow, start, start), first.Carry, Stop);
        Assert.Equal(0.03, Assert.Single(second.Samples).Value, 12);
    }

    [Fact]
    public async Task A_page_of_prometheus_itself_is_read()
    {
        var source = new ScrapeSignalSource([HttpEndpoint.For($"{prometheus.Server.Url}/metrics")], ScrapeMeasure.Gauge(MetricSelector.Parse("go_goroutines")), new EngineContext());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Assert.InRange(Assert.Single((await source.CollectAsync(new SignalSpan(now, now, now.AddSeconds(-1), now.AddSeconds(-1)), null, Stop)).Samples).Value, 1, 10_000);
    }
}
