using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Baselines;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Signals;

/// <summary>
/// A Prometheus that recorded four weeks and a day, a scrape a minute: a latency that follows the hour of the day with some noise, and
/// that is half as long again in the last two hours; and requests that go on as ever.
/// </summary>
public sealed class SteadyService : IAsyncLifetime
{
    public static readonly DateTimeOffset Start = new(2026, 1, 5, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset End = Start.AddDays(29);

    internal PrometheusServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Required.Has("prometheus") || !Required.Has("promtool")) return;
        StringBuilder latency = new("# TYPE latency gauge\n"), requests = new("# TYPE requests counter\n");
        for (int minute = 0; minute <= 29 * 1440; minute++)
        {
            DateTimeOffset time = Start.AddMinutes(minute);
            double value = (0.1 + (0.01 * time.Hour) + (0.001 * (minute * 7 % 10))) * (time > End.AddHours(-2) ? 1.5 : 1);
            latency.Append(CultureInfo.InvariantCulture, $"latency {value:R} {time.ToUnixTimeSeconds()}\n");
            requests.Append(CultureInfo.InvariantCulture, $"requests_total {100L * minute} {time.ToUnixTimeSeconds()}\n");
        }

        Server = await PrometheusServer.StartAsync(history: latency.Append(requests).Append("# EOF\n").ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}

public sealed class BaselineScenarios(SteadyService service) : IClassFixture<SteadyService>
{
    private const string Plan = """
        apiVersion: readyops/v1
        kind: Baseline
        name: steady
        interval: 1m
        metrics:
        - {name: latency, query: latency, unit: seconds, direction: increase}
        - {name: requests, query: 'sum(rate(requests_total[${window}]))'}
        """;

    private readonly string[] _needed = [Required.Server("prometheus"), Required.Server("promtool")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private PrometheusClient Client => service.Server.Client;

    private static BaselineDocument Read(string text, string file = "b.yaml") => BaselineReader.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(text), file, "/", "Baseline"));

    private Task<PerformanceBaseline> CaptureAsync(DateTimeOffset end, string plan = Plan) => new BaselineService(new EngineContext()).CaptureAsync(Read(plan).Baseline, Client, end, null, Stop);

    private Task<BaselineComparison> CompareAsync(PerformanceBaseline baseline, DateTimeOffset end, bool byHour = false) =>
        new BaselineService(new EngineContext()).CompareAsync(baseline, new BaselineTerms(), new BaselineWindow { End = end, SameHourOfWeek = byHour }, Client, null, Stop);

    [Fact]
    public async Task The_figures_of_a_capture_are_those_that_Prometheus_itself_works_out()
    {
        DateTimeOffset end = SteadyService.Start.AddDays(3).AddHours(10.5);
        PerformanceBaseline baseline = await CaptureAsync(end);
        BaselineValues values = baseline.Metrics[0].Values!;
        Assert.Equal((60, 60, 0), (values.N, baseline.Metrics[0].Expected, baseline.Metrics[0].Gaps));
        foreach ((string query, double value) in new[]
        {
            ("quantile_over_time(0.5, latency[59m:1m])", values.P50), ("quantile_over_time(0.9, latency[59m:1m])", values.P90), ("quantile_over_time(0.95, latency[59m:1m])", values.P95),
            ("quantile_over_time(0.99, latency[59m:1m])", values.P99), ("avg_over_time(latency[59m:1m])", values.Mean), ("min_over_time(latency[59m:1m])", values.Min), ("max_over_time(latency[59m:1m])", values.Max),
        })
            Assert.Equal(Assert.Single((await Client.QueryAsync(query, end, Stop)).Data).Value, value, 1e-12);
        Assert.Equal(100.0 / 60, baseline.Metrics[1].Values!.P50, 1e-9);
        PrometheusBuildInfo build = (await Client.BuildInfoAsync(Stop)).Data;
        Assert.Equal((build.Version, build.Revision, service.Server.Url), (baseline.PrometheusVersion, baseline.PrometheusRevision, baseline.Endpoint));
    }

    [Fact]
    public async Task A_regression_fails_and_the_same_hour_a_week_later_does_not()
    {
        // Wednesday from 22 to 23 o'clock; Monday, four weeks on, has half as long again from 22 o'clock.
        PerformanceBaseline baseline = Read(BaselineWriter.Write(await CaptureAsync(SteadyService.Start.AddDays(2).AddHours(23)), "b.json"), "b.json").Baseline;
        BaselineComparison healthy = await CompareAsync(baseline, SteadyService.Start.AddDays(9).AddHours(23));
        Assert.Equal(Verdict.Pass, healthy.Verdict);
        BaselineComparison worse = await CompareAsync(baseline, SteadyService.End.AddHours(-1));
        Assert.Equal([Verdict.Fail, Verdict.Fail, Verdict.Pass, Verdict.Pass], worse.Metrics.Select(one => one.Verdict));
        Assert.Equal(1.5, worse.Metrics[0].Ratio!.Value, 0.02);
        // At another hour it is another value: that is what the hour of the week is for.
        Assert.Equal(Verdict.Pass, (await CompareAsync(baseline, SteadyService.Start.AddDays(10).AddHours(12))).Verdict);
        PerformanceBaseline night = await CaptureAsync(SteadyService.Start.AddDays(2).AddHours(3));
        Assert.Equal(Verdict.Fail, (await CompareAsync(night, SteadyService.Start.AddDays(2).AddHours(12))).Verdict);
    }

    [Fact]
    public async Task An_hour_is_compared_with_the_same_hour_of_four_weeks()
    {
        string plan = Plan.Replace("interval: 1m", "interval: 1m\nsameHourOfWeek: true\ntimeZone: Europe/Berlin", StringComparison.Ordinal);
        PerformanceBaseline baseline = Read(BaselineWriter.Write(await CaptureAsync(SteadyService.Start.AddDays(28), plan), "b.yaml")).Baseline;
        Assert.Equal(168, baseline.Metrics[0].Hours.Count);
        Assert.All(baseline.Metrics[0].Hours.Skip(2), hour => Assert.Equal(4, hour.Weeks));
        // Monday, 3 to 4 o'clock in UTC, which is 4 to 5 in Berlin: by the hour as ever, though far below the median of the whole.
        BaselineComparison early = await CompareAsync(baseline, SteadyService.Start.AddDays(28).AddHours(3).AddMinutes(59), byHour: true);
        Assert.Equal(Verdict.Pass, early.Verdict);
        Assert.Equal("Mon 04:00", early.Metrics.First(one => one.Verdict == Verdict.Pass).Hour);
        Assert.Equal(Verdict.Fail, (await CompareAsync(baseline, SteadyService.End, byHour: true)).Verdict);
    }

    [Fact]
    public async Task Without_a_server_there_is_no_pass()
    {
        PerformanceBaseline baseline = await CaptureAsync(SteadyService.Start.AddDays(3));
        await using PrometheusServer empty = await PrometheusServer.StartAsync();
        var service2 = new BaselineService(new EngineContext());
        BaselineComparison none = await service2.CompareAsync(baseline, new BaselineTerms(), new BaselineWindow { End = SteadyService.End }, empty.Client, null, Stop);
        Assert.Equal(Verdict.NoData, none.Verdict);
        PrometheusClient gone = empty.Client;
        await empty.StopAsync();
        Assert.Equal(Verdict.Error, (await service2.CompareAsync(baseline, new BaselineTerms(), new BaselineWindow { End = SteadyService.End }, gone, null, Stop)).Verdict);
    }
}
