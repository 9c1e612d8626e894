using System.Globalization;
using System.Text;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Core.Tests.Signals;
using ReadyOps.Core.Tests.Signals.Comparisons;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Six hours in which the canary gets twice the errors of the baseline after the third.</summary>
public sealed class BacktestComparisonTests : IDisposable
{
    private const string Document = """
        {"tick":"1m","steps":[{"share":"10%","hold":"8h"},{"share":"100%","hold":"10m"}],"prometheus":"http://prom",
         "target":{"type":"flag","path":"flags.json","flag":"f"},
         "signals":[{"name":"errors","type":"compare","canary":{"events":"ce","total":"ct"},"baseline":{"events":"be","total":"bt"}}],
         "allowNoSignals":true}
        """;

    private static readonly DateTimeOffset Noon = LookWorld.Noon;

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task From_a_file_the_breach_is_dated_where_the_live_signal_dates_it()
    {
        Write();
        BacktestResult result = await PlayAsync();
        DateTimeOffset live = (await LookWorld.CollectAsync(new LookWorld(Look), LookWorld.Rule(), [Noon.AddHours(6)])).First(sample => sample.Value == 0).Time;
        Assert.InRange(live, Noon.AddHours(3), Noon.AddHours(6));
        Assert.Equal((BacktestOutcome.RolledBack, "errors", live, live), (result.Outcome, result.Signal, result.FirstBadSample, result.BreachedAt));
        Assert.Equal(360, result.Samples);
        Assert.Contains("times the events of the baseline", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_Prometheus_it_is_the_same()
    {
        Write();
        BacktestResult file = await PlayAsync();
        var prometheus = new FakePrometheus((query, time) => [("a", Counter(query, (time - Noon.ToUnixTimeMilliseconds()) / 60_000))]) { Label = "instance" };
        var clock = new ManualClock();
        clock.Advance(Noon.AddDays(1) - clock.GetUtcNow());
        BacktestResult asked = Assert.Single(await new BacktestService(new StubHandler(prometheus.Answer).Context(clock))
            .RunAsync(RolloutWorld.Document(Document), new BacktestOptions { Start = Noon, End = Noon.AddHours(6).AddSeconds(5) }, TestContext.Current.CancellationToken));
        Assert.Equal((file.Outcome, file.FirstBadSample, file.BreachedAt, file.Samples), (asked.Outcome, asked.FirstBadSample, asked.BreachedAt, asked.Samples));
    }

    [Fact]
    public async Task A_watch_is_at_a_share_that_leaves_a_baseline_and_tells_one_alarm()
    {
        Write();
        BacktestResult result = await PlayAsync(new BacktestOptions { Watch = true });
        Assert.Equal((BacktestOutcome.Alarmed, 1), (result.Outcome, result.Alarms));
    }

    [Fact]
    public async Task Tolerances_and_alphas_can_be_tried_on_the_same_looks()
    {
        Write();
        IReadOnlyList<BacktestResult> results = await PlayAllAsync(new BacktestOptions
        {
            Vary = [KeyValuePair.Create("errors.alpha", (IReadOnlyList<string>)["0.1%", "20%"]), KeyValuePair.Create("errors.tolerance", (IReadOnlyList<string>)["25%", "100%"])],
        });
        Assert.Equal(4, results.Count);
        Assert.True(results[2].BreachedAt < results[0].BreachedAt, "more false alarms put up with, found sooner");
        ReadyOpsException invalid = await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAllAsync(new BacktestOptions { Vary = [KeyValuePair.Create("errors.bound", (IReadOnlyList<string>)["1"])] }));
        Assert.Contains("tolerance", invalid.NextStep, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_meant_is_refused()
    {
        await File.WriteAllTextAsync(_file, "time,errors.canary.events\n2026-11-21T12:00:00Z,1\n2026-11-21T12:01:00Z,1\n", TestContext.Current.CancellationToken);
        Assert.Equal("HistoryIncomplete", (await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync())).Id);
        const string Columns = "time,errors.canary.events,errors.canary.total,errors.baseline.events,errors.baseline.total\n";
        foreach ((string line, string problem) in new[] { ("2026-11-21T12:00:30Z,1,2,1,2", "no multiple of its interval"), ("2026-11-21T12:00:00Z,3,2,1,2", "3 events out of 2") })
        {
            await File.WriteAllTextAsync(_file, Columns + line + "\n2026-11-21T13:00:00Z,1,2,1,2\n", TestContext.Current.CancellationToken);
            Assert.Contains(problem, (await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync())).Message, StringComparison.Ordinal);
        }
    }

    private static CompareLook Look(long index) => LookWorld.Counts(11, index, index > LookWorld.NoonIndex + 180 ? 2 : 1, traffic: 3000);

    private static double Counter(string query, long minute)
    {
        double sum = 0;
        for (long index = 1; index <= minute; index++)
        {
            CompareLook look = Look(LookWorld.NoonIndex + index);
            sum += query switch
            {
                "sum by (job, instance) (ce)" => look.Canary.Events,
                "sum by (job, instance) (ct)" => look.Canary.Size,
                "sum by (job, instance) (be)" => look.Baseline.Events,
                _ => look.Baseline.Size,
            };
        }

        return sum;
    }

    private void Write()
    {
        var text = new StringBuilder("time,errors.canary.events,errors.canary.total,errors.baseline.events,errors.baseline.total\n");
        text.Append(CultureInfo.InvariantCulture, $"{Noon.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'},,,,\n");
        for (int minute = 1; minute <= 360; minute++)
        {
            CompareLook look = Look(LookWorld.NoonIndex + minute);
            text.Append(CultureInfo.InvariantCulture, $"{Noon.AddMinutes(minute).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'},{look.Canary.Events},{look.Canary.Size},{look.Baseline.Events},{look.Baseline.Size}\n");
        }

        File.WriteAllText(_file, text.ToString());
    }

    private async Task<BacktestResult> PlayAsync(BacktestOptions? options = null) => Assert.Single(await PlayAllAsync(options ?? new BacktestOptions()));

    private Task<IReadOnlyList<BacktestResult>> PlayAllAsync(BacktestOptions options) =>
        new BacktestService(new EngineContext()).RunAsync(RolloutWorld.Document(Document), options with { SampleFiles = [_file] }, TestContext.Current.CancellationToken);
}
