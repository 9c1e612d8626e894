using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>
/// Three hours that a real Prometheus recorded of three versions: the one before, one that is just like it, and one with twice the
/// errors. Of the canaries one process begins anew in the middle.
/// </summary>
public sealed class RecordedCanaries : IAsyncLifetime
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal PrometheusServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Required.Has("prometheus") || !Required.Has("promtool")) return;
        var text = new StringBuilder("# TYPE http_requests counter\n");
        // 1 % of 4,000 requests a minute of the version before, of 400 of each canary 1 % and 2 %.
        Append(text, "stable", "a", scrape => 500 * scrape, scrape => 5 * scrape);
        Append(text, "stable", "b", scrape => 500 * scrape, scrape => 5 * scrape);
        foreach ((string version, int errors) in new[] { ("same", 1), ("twice", 2) })
        {
            Append(text, version, version + "-1", scrape => 50 * Since(scrape, 360), scrape => errors * Since(scrape, 360) / 2);
            Append(text, version, version + "-2", scrape => 50 * scrape, scrape => errors * scrape / 2);
        }

        Server = await PrometheusServer.StartAsync(history: text.Append("# EOF\n").ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }

    // A process that began anew at this scrape.
    private static int Since(int scrape, int restart) => scrape < restart ? scrape : scrape - restart;

    private static void Append(StringBuilder text, string version, string instance, Func<int, int> all, Func<int, int> failed)
    {
        foreach (string code in new[] { "200", "500" })
        {
            for (int scrape = 0; scrape <= 720; scrape++)
            {
                int errors = failed(scrape), count = code == "500" ? errors : all(scrape) - errors;
                // Series appear with their first event, as those of client libraries do.
                if (count > 0 || code == "200")
                    text.Append(CultureInfo.InvariantCulture, $"http_requests_total{{job=\"web\",instance=\"{instance}\",version=\"{version}\",code=\"{code}\"}} {count} {Noon.ToUnixTimeSeconds() + (15 * scrape) + 0.25}\n");
            }
        }
    }
}

/// <summary>Canaries compared with their baseline on a real Prometheus: in a rollout, in its backtest and in a gate.</summary>
public sealed class ComparedRolloutScenarios(RecordedCanaries recorded) : IClassFixture<RecordedCanaries>
{
    private readonly string[] _needed = [Required.Server("prometheus"), Required.Server("promtool")];

    private static DateTimeOffset Noon => RecordedCanaries.Noon;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twice_the_errors_take_the_release_back_and_the_backtest_dates_it_at_the_same_look()
    {
        (RolloutStatus status, SignalBreach? live) = await PlayAsync("twice", TimeSpan.FromMinutes(1));
        Assert.Equal(0, status.SharePercent);
        Assert.InRange(live!.At, Noon.AddMinutes(5), Noon.AddHours(2));
        (_, SignalBreach? slower) = await PlayAsync("twice", TimeSpan.FromMinutes(13));
        Assert.Equal(live, slower);

        BacktestResult played = Assert.Single(await new BacktestService(new EngineContext()).RunAsync(Document("twice", Path.GetTempPath()), new BacktestOptions { Start = Noon, End = Noon.AddHours(3) }, Stop));
        Assert.Equal((BacktestOutcome.RolledBack, "errors", live.At), (played.Outcome, played.Signal, played.BreachedAt));
    }

    [Fact]
    public async Task A_release_just_like_the_one_before_it_goes_on()
    {
        (RolloutStatus status, SignalBreach? breach) = await PlayAsync("same", TimeSpan.FromMinutes(1));
        Assert.Null(breach);
        Assert.Equal((RolloutPhase.Succeeded, 50m), (status.Phase, status.SharePercent));
    }

    [Theory]
    [InlineData("twice", Verdict.Fail)]
    [InlineData("same", Verdict.Pass)]
    public async Task A_gate_compares_the_last_hours_and_counts_every_event_once(string version, Verdict verdict)
    {
        var clock = new ManualClock();
        clock.Advance(Noon.AddHours(2.5) - clock.GetUtcNow());
        var problems = new ProblemList("gate.yaml");
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
            apiVersion: readyops/v1
            kind: Gate
            name: canary
            sections:
              - name: canary
                checks:
                  - name: errors
                    type: compare
                    url: {{recorded.Server.Url}}
                    window: 2h
                    canary: { events: 'http_requests_total{version="{{version}}",code="500"}', total: 'http_requests_total{version="{{version}}"}' }
                    baseline: { events: 'http_requests_total{version="stable",code="500"}', total: 'http_requests_total{version="stable"}' }
            """), "gate.yaml", Path.GetTempPath(), "Gate");
        ObjectReader reader = ObjectReader.For(document, problems).Objects("sections")[0].Objects("checks")[0];
        Evidence evidence = await CheckRunner.RunOneAsync(CheckReader.Read(reader, new CheckDefaults()), new EngineContext { Clock = clock }, Stop);
        problems.ThrowIfAny();
        Assert.Equal(verdict, evidence.Verdict);

        // From 12:29 to 14:29: 480 scrapes of 500 requests of each of two processes. Of the canary one begins anew with the scrape at
        // 13:30:00.25, from 0, so that of its 480 scrapes of 50 requests the one that the restart cut off is lost.
        MetricComparison known = evidence.Comparison!;
        Assert.Equal((480_000, 48_000 - 50), (known.BaselineN, known.CanaryN));
        Assert.Equal(version == "twice" ? 2 : 1, known.Ratio!.Value, 0.02);
    }

    private async Task<(RolloutStatus Status, SignalBreach? Breach)> PlayAsync(string version, TimeSpan pace)
    {
        string folder = Directory.CreateTempSubdirectory("readyops-compared-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "flags.json"),
                """{"flags":{"checkout":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""", Stop);
            var clock = new ManualClock();
            clock.Advance(Noon - clock.GetUtcNow());
            var context = new EngineContext { Clock = clock };
            RolloutStatus status = await new RolloutService(new FolderJournalStore(folder, context), context).StartAsync(Document(version, folder), new RolloutStart(), Stop);
            while (!status.Ended && status.Phase != RolloutPhase.RollingBack && clock.GetUtcNow() < Noon.AddHours(3))
            {
                clock.Advance(pace);
                // A process of its own each time: what it knows is in the journal.
                status = await new RolloutService(new FolderJournalStore(folder, context), context).TickAsync(status.Id, Stop);
                Assert.All(status.Signals, signal => Assert.NotEqual(Verdict.Error, signal.Verdict));
            }

            IReadOnlyList<JournalLine> lines = await new FolderJournalStore(folder, context).ReadAsync(RolloutService.Prefix + status.Id, Stop);
            return (status, lines.Select(RolloutEvents.Decode).OfType<RollbackStarted>().SingleOrDefault()?.Breach);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private Document Document(string version, string folder) => DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
        apiVersion: readyops/v1
        kind: Rollout
        name: checkout
        release: '{{version}}'
        prometheus: {{recorded.Server.Url}}
        target: { type: flag, path: flags.json, flag: checkout }
        steps: [{ share: 50%, hold: 2h30m }]
        signals:
          - name: errors
            type: compare
            canary: { events: 'http_requests_total{version="${release}",code="500"}', total: 'http_requests_total{version="${release}"}' }
            baseline: { events: 'http_requests_total{version="stable",code="500"}', total: 'http_requests_total{version="stable"}' }
        """), "rollout.yaml", folder, "Rollout");
}
