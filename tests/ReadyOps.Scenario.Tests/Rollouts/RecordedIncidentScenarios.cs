using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>An hour that a real Prometheus recorded, with an incident in it, played to a rollout at different paces.</summary>
public sealed class RecordedIncidentScenarios
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task However_it_is_ticked_the_same_recording_gives_the_same_decision_dated_at_the_same_sample()
    {
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(history: Recording());
        var random = new Random(7);
        (string Name, Func<int> Wait)[] paces = [("every 15 s", () => 15), ("every 5 min", () => 300), ("at random", () => random.Next(1, 400))];
        foreach ((string name, Func<int> wait) in paces)
        {
            RollbackStarted rollback = await PlayAsync(prometheus.Url, wait);

            // Of the 100 requests between two scrapes, 10 fail from the scrape at 12:30:15.25 on. A sample sees the 3 increases of
            // its minute, 300 requests: 10 failures, first seen at 12:30:30, are 3.3 %.
            DateTimeOffset since = Noon.AddSeconds(1830);
            Assert.Equal((name, "error-rate"), (name, rollback.Signal));
            Assert.Equal((name, since, since.AddMinutes(5)), (name, rollback.Breach!.Since, rollback.Breach.At));
        }
    }

    [Fact]
    public async Task A_backtest_of_the_recording_dates_the_breach_at_the_sample_at_which_the_live_rollout_did()
    {
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(history: Recording());
        RollbackStarted live = await PlayAsync(prometheus.Url, () => 60);
        BacktestResult played = Assert.Single(await new BacktestService(new EngineContext()).RunAsync(Document(prometheus.Url, Path.GetTempPath()),
            new BacktestOptions { Start = Noon, End = Noon.AddHours(1), IncidentAt = Noon.AddMinutes(30) }, TestContext.Current.CancellationToken));

        Assert.Equal((BacktestOutcome.RolledBack, live.Signal), (played.Outcome, played.Signal));
        Assert.Equal((live.Breach!.Since, live.Breach.At), (played.FirstBadSample, played.BreachedAt));
        // 12:35:30 can be seen at 12:35:35, and a hold of 3 h is ticked every minute.
        Assert.Equal(Noon.AddMinutes(36), played.RolledBackAt);
        Assert.Equal((TimeSpan.FromMinutes(6), 0), (played.Delay, played.FalseAlarms));
    }

    [Fact]
    public async Task An_analysis_on_its_own_dates_the_breach_at_that_sample_too_as_far_as_there_is_traffic()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(history: Recording());
        var service = new MetricAnalysisService(new EngineContext());
        Task<IReadOnlyList<MetricAnalysis>> AnalyzeAsync(string more, double minutes) => service.AnalyzeAsync(
            Document(prometheus.Url, Path.GetTempPath(), more), name => name is "error-rate" or "latency-p95", Noon, Noon.AddMinutes(minutes), cancel);

        // 300 requests in each minute, and a little more where Prometheus extrapolates.
        IReadOnlyList<MetricAnalysis> enough = await AnalyzeAsync(", minTraffic: 250", 59);
        Assert.Equal([Verdict.Fail, Verdict.Pass], enough.Select(metric => metric.Verdict));
        Assert.Equal((Noon.AddSeconds(2130), 1), (enough[0].FirstBreach, enough[0].Breaches));
        Assert.Equal([Verdict.Inconclusive, Verdict.Inconclusive], (await AnalyzeAsync(", minTraffic: 1000", 59)).Select(metric => metric.Verdict));

        // Twelve bad samples from 12:30:30 on: the last at 12:33:15. One less is none.
        Assert.Equal(Noon.AddSeconds(1995), (await AnalyzeAsync(", failureLimit: 12 within 1h", 34))[0].FirstBreach);
        MetricAnalysis pending = (await AnalyzeAsync(", failureLimit: 17 within 1h", 34))[0];
        Assert.Null(pending.FirstBreach);
        Assert.Equal((Verdict.Fail, SignalState.Pending), (pending.Verdict, pending.Status.State));
    }

    private static async Task<RollbackStarted> PlayAsync(string prometheus, Func<int> wait)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("readyops-recorded-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "flags.json"),
                """{"flags":{"checkout":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""", cancel);
            var clock = new ManualClock();
            clock.Advance(Noon - clock.GetUtcNow());
            var context = new EngineContext { Clock = clock };
            var service = new RolloutService(new FolderJournalStore(folder, context), context);
            RolloutStatus status = await service.StartAsync(Document(prometheus, folder), new RolloutStart(), cancel);
            while (status.Phase == RolloutPhase.Progressing && clock.GetUtcNow() < Noon.AddHours(1))
            {
                clock.Advance(TimeSpan.FromSeconds(wait()));
                status = await service.TickAsync(status.Id, cancel);
                Assert.All(status.Signals, signal => Assert.NotEqual(Verdict.Error, signal.Verdict));
            }

            Assert.Equal(0, status.SharePercent);
            JournalEvent started = Assert.Single(status.Events, e => e.Type == nameof(RollbackStarted));
            IReadOnlyList<JournalLine> lines = await new FolderJournalStore(folder, context).ReadAsync(RolloutService.Prefix + status.Id, cancel);
            return (RollbackStarted)RolloutEvents.Decode(lines[(int)started.Sequence - 1])!;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Document Document(string prometheus, string folder, string more = "") => DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
        apiVersion: readyops/v1
        kind: Rollout
        name: checkout
        release: 2.4.0
        prometheus: {{prometheus}}
        target: { type: flag, path: flags.json, flag: checkout }
        steps: [{ share: 50%, hold: 3h }]
        goldenSignals: { selector: 'version="${release}"'{{more}} }
        """), "rollout.yaml", folder, "Rollout");

    /// <summary>An hour of counters, scraped every 15 s a little off the whole second; every request takes less than 100 ms.</summary>
    private static string Recording()
    {
        var ok = new StringBuilder();
        var failed = new StringBuilder();
        var durations = new StringBuilder();
        for (int scrape = 0; scrape <= 240; scrape++)
        {
            double time = Noon.ToUnixTimeSeconds() + (15 * scrape) + 0.25;
            int errors = Math.Max(scrape - 120, 0) * 10;
            int all = scrape * 100;
            ok.Append(CultureInfo.InvariantCulture, $"http_requests_total{{version=\"2.4.0\",code=\"200\"}} {all - errors} {time}\n");
            failed.Append(CultureInfo.InvariantCulture, $"http_requests_total{{version=\"2.4.0\",code=\"500\"}} {errors} {time}\n");
            foreach (string bound in new[] { "0.1", "0.5", "1.0", "+Inf" })
                durations.Append(CultureInfo.InvariantCulture, $"http_request_duration_seconds_bucket{{version=\"2.4.0\",le=\"{bound}\"}} {all} {time}\n");
        }

        return $"# TYPE http_requests counter\n{ok}{failed}# TYPE http_request_duration_seconds histogram\n{durations}# EOF\n";
    }
}
