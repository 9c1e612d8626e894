using System.Globalization;
using System.Text;
using ReadyOps.Core.Signals.Slos;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Signals;

/// <summary>
/// A Prometheus that recorded ten days, a scrape a minute and 100 requests between two scrapes: errors at once, an outage of forty
/// minutes on day 8, and a slow leak from day 9 on. Of the requests 97 take up to 300 ms, and 99 up to a second.
/// </summary>
public sealed class MeasuredService : IAsyncLifetime
{
    public const int Minutes = 14_400;
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal PrometheusServer Server { get; private set; } = null!;

    /// <summary>Shortly after that scrape.</summary>
    public static DateTimeOffset At(int minute) => Start.AddMinutes(minute).AddSeconds(0.5);

    public async ValueTask InitializeAsync()
    {
        if (!Required.Has("prometheus") || !Required.Has("promtool")) return;
        var requests = new StringBuilder("# TYPE requests counter\n");
        var seconds = new StringBuilder("# TYPE request_seconds histogram\n");
        double failed = 0;
        for (int minute = 0; minute <= Minutes; minute++)
        {
            failed += minute switch { > 0 and < 20 => 1.43, > 11_000 and <= 11_040 => 5, > 12_000 => 0.4, _ => 0 };
            double all = 100.0 * minute, time = Start.AddMinutes(minute).ToUnixTimeSeconds() + 0.25;
            requests.Append(CultureInfo.InvariantCulture, $"requests_total{{code=\"200\"}} {all - failed} {time}\nrequests_total{{code=\"500\"}} {failed} {time}\n");
            seconds.Append(CultureInfo.InvariantCulture, $"request_seconds_bucket{{le=\"0.3\"}} {97.0 * minute} {time}\nrequest_seconds_bucket{{le=\"1.0\"}} {99.0 * minute} {time}\n");
            seconds.Append(CultureInfo.InvariantCulture, $"request_seconds_bucket{{le=\"+Inf\"}} {all} {time}\nrequest_seconds_count {all} {time}\nrequest_seconds_sum {all} {time}\n");
        }

        Server = await PrometheusServer.StartAsync(history: requests.Append(seconds).Append("# EOF\n").ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}

public sealed class SloScenarios(MeasuredService service) : IClassFixture<MeasuredService>
{
    private const string Errors = "sum(rate(requests_total{code=\"500\"}[${window}]))";
    private const string Total = "sum(rate(requests_total[${window}]))";
    private readonly string[] _needed = [Required.Server("prometheus"), Required.Server("promtool")];

    private static readonly SloDefinition Slo = new() { Objective = 0.999m, Window = TimeSpan.FromDays(7), Indicator = SloIndicator.OfErrors(Errors, Total) };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pair_fails_exactly_while_Prometheus_says_that_the_alert_of_the_workbook_would_fire()
    {
        int fired = 0, quiet = 0;
        foreach (int minute in Enumerable.Range(0, 30).Select(i => 10_990 + (7 * i)).Concat(Enumerable.Range(0, 20).Select(i => 12_001 + (119 * i))))
        {
            SloResult result = await TestAsync(Slo, minute);
            foreach (SloBurnRate pair in result.BurnRates)
            {
                string limit = (pair.Factor * 0.001m).ToString(CultureInfo.InvariantCulture);
                bool fires = await ValueAsync($"{Ratio(pair.LongWindow)} > {limit} and {Ratio(pair.ShortWindow)} > {limit}", minute) is not null;
                Assert.Equal((minute, pair.Factor, fires ? Verdict.Fail : Verdict.Pass), (minute, pair.Factor, pair.Verdict));
                Assert.Equal(await ValueAsync($"{Ratio(pair.LongWindow)} / 0.001", minute) ?? -1, (double)pair.LongBurnRate!.Value, 1e-9);
                if (fires) fired++;
                else quiet++;
            }

            double spent = await ValueAsync("sum(increase(requests_total{code=\"500\"}[7d])) / sum(increase(requests_total[7d])) / 0.001", minute) ?? -1;
            Assert.Equal(spent, (double)result.Budget!.Consumed!.Value, 1e-9);
            Assert.Equal(spent > 1, result.Budget.Verdict == Verdict.Fail);
        }

        Assert.True(fired > 20 && quiet > 20, $"{fired} fired, {quiet} did not");
    }

    [Fact]
    public async Task A_service_that_has_only_begun_is_told_apart_where_the_alert_fires_at_once()
    {
        // Eight minutes of history with 1.43 % of errors: six hours look like eight minutes to the alert.
        Assert.NotNull(await ValueAsync($"{Ratio(TimeSpan.FromHours(6))} > 0.0035 and {Ratio(TimeSpan.FromMinutes(30))} > 0.0035", 8));
        SloResult result = await TestAsync(Slo, 8);
        Assert.Equal((Verdict.Inconclusive, Verdict.Inconclusive), (result.Verdict, result.Budget!.Verdict));
        Assert.All(result.BurnRates, pair => Assert.Equal(Verdict.Inconclusive, pair.Verdict));
        // After an hour and a bit the fastest pair is told, and clean.
        Assert.Equal([Verdict.Pass, Verdict.Inconclusive, Verdict.Inconclusive, Verdict.Inconclusive], (await TestAsync(Slo, 90)).BurnRates.Select(pair => pair.Verdict));
    }

    [Theory]
    [InlineData("300ms", "0.03")]
    [InlineData("1s", "0.01")]
    public async Task Latency_is_counted_by_the_bucket_of_the_threshold(string threshold, string slow)
    {
        SloDefinition slo = Slo with { Objective = 0.9m, Indicator = SloIndicator.OfLatency("request_seconds", threshold) };
        ErrorBudget budget = (await TestAsync(slo, 11_500)).Budget!;
        Assert.Equal(1 - decimal.Parse(slow, CultureInfo.InvariantCulture), decimal.Round(budget.Attained!.Value, 9));
        Assert.Equal(100 * 60 * 24 * 7, (double)budget.Events!.Value, 200.0);
    }

    [Fact]
    public async Task A_threshold_without_a_bucket_is_no_data_and_says_where_to_look()
    {
        SloResult result = await TestAsync(Slo with { Indicator = SloIndicator.OfLatency("request_seconds", "250ms") }, 11_500);
        Assert.Equal(Verdict.NoData, result.Verdict);
        Assert.Contains("boundary", result.NextStep, StringComparison.Ordinal);
    }

    private Task<SloResult> TestAsync(SloDefinition slo, int minute) => new SloMeter(service.Server.Client).TestAsync(slo, MeasuredService.At(minute), null, Stop);

    private async Task<double?> ValueAsync(string query, int minute)
    {
        IReadOnlyList<MetricSample> samples = (await service.Server.Client.QueryAsync(query, MeasuredService.At(minute), Stop)).Data;
        return samples.Count == 0 ? null : samples[0].Value;
    }

    private static string Ratio(TimeSpan window)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"[{window.TotalSeconds}s]");
        return $"({Errors} / {Total})".Replace("[${window}]", range, StringComparison.Ordinal);
    }
}
