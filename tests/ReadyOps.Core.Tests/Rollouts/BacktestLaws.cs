using System.Globalization;
using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Core.Tests.Signals;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A backtest decides what the live rollout decided, over histories that chance made.</summary>
public sealed class BacktestLaws : IDisposable
{
    private const string Document = """
        {"tick":"20s","steps":[{"share":"10%","hold":"4m"},{"share":"50%","hold":"6m"},{"share":"100%","hold":"30m"}],"bake":"20m","prometheus":"http://prom",
         "policies":{"noData":{"after":"2m"},"stale":{"after":"2m"},"inconclusive":{"after":"4m"}},
         "target":{"type":"flag","path":"flags.json","flag":"f"},
         "signals":[{"name":"windowed","query":"w[${window}]","window":"2m","bound":"<= 1%","for":"2m"},
                    {"name":"counted","query":"c","bound":"<= 1%","consecutive":4,"minSamples":2,"interval":"10s"},
                    {"name":"paired","query":"p[1m]","stable":"s[1m]","bound":"<= 1%","for":"1m"}]}
        """;

    /// <summary>The same with everything that is counted, delayed, weighed and tried out.</summary>
    private const string Counting = """
        {"tick":"20s","steps":[{"share":"10%","hold":"4m"},{"share":"50%","hold":"6m"},{"share":"100%","hold":"30m"}],"bake":"20m","prometheus":"http://prom","passScore":"60%",
         "policies":{"noData":{"after":"2m"},"stale":{"after":"2m"},"inconclusive":{"after":"4m"},"failing":{"after":"5m"}},
         "target":{"type":"flag","path":"flags.json","flag":"f"},
         "signals":[{"name":"windowed","query":"w[${window}]","window":"2m","bound":"<= 1%","for":"3m","failureLimit":"12 within 10m","consecutiveSuccesses":5,"inconclusiveLimit":"6 within 10m"},
                    {"name":"counted","query":"c","bound":"<= 1%","consecutive":9,"minSamples":2,"interval":"10s","initialDelay":"1m","critical":false,"weight":2},
                    {"name":"warmed","query":"p","bound":"<= 1%","for":"2m","warmUp":"90s","critical":false,"policies":{"failing":{"action":"rollback","after":"2m"}}},
                    {"name":"quiet","query":"s","traffic":"w[${window}]","minTraffic":0.01,"window":"1m","bound":"<= 1%","for":"1m","policies":{"inconclusive":{"action":"hold"}},"critical":false},
                    {"name":"tried","query":"p","bound":"<= 1%","for":"1m","dryRun":true}]}
        """;

    // Off every grid, as a start by hand is.
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_007_250);

    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-backtest-").FullName;

    private string _document = Document;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(25, false)]
    [InlineData(25, true)]
    public async Task It_decides_what_the_live_rollout_decided_at_the_same_tick_and_dates_it_at_the_same_samples(int histories, bool counting)
    {
        _document = counting ? Counting : Document;
        var outcomes = new HashSet<BacktestOutcome>();
        for (int seed = 0; seed < histories; seed++)
        {
            StubHandler stub = Prometheus(seed);
            IReadOnlyList<string> live = await LiveAsync(stub);
            BacktestResult played = await PlayAsync(stub, everyTick: false);
            outcomes.Add(played.Outcome);
            Assert.Equal((seed, string.Join("\n", live)), (seed, string.Join("\n", played.Timeline.Select(Text))));
        }

        // Chance must have made some of each, or this shows nothing.
        Assert.Superset(new HashSet<BacktestOutcome> { BacktestOutcome.Succeeded, BacktestOutcome.RolledBack }, outcomes);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Ticks_at_which_nothing_can_be_decided_may_be_left_out(bool watch, bool counting)
    {
        _document = counting ? Counting : Document;
        for (int seed = 0; seed < 12; seed++)
        {
            StubHandler stub = Prometheus(seed);
            // As the live rollout does, a tick is on time for the end of a hold; those that are left out lie before it.
            BacktestResult all = await PlayAsync(stub, everyTick: true, watch);
            BacktestResult some = await PlayAsync(stub, everyTick: false, watch);
            Assert.Equal((seed, string.Join("\n", all.Timeline.Select(Text))), (seed, string.Join("\n", some.Timeline.Select(Text))));
        }
    }

    [Fact]
    public async Task A_grid_asks_for_each_query_once()
    {
        StubHandler stub = Prometheus(3);
        await PlayAsync(stub, everyTick: false);
        int once = stub.Requests.Count;
        await new BacktestService(Context(stub)).RunAsync(Read(), Options() with
        {
            Vary = [new("windowed.minSamples", ["3", "3", "3", "3"]), new("counted.consecutive", ["4", "4", "4"])],
        }, Stop);
        Assert.Equal(2 * once, stub.Requests.Count);
        Assert.Equal(stub.Requests.Count / 2, stub.Requests.Select(request => string.Join("&", request.Form.Select(field => field.ToString()).Order(StringComparer.Ordinal))).Distinct().Count());
    }

    [Fact]
    public async Task A_prometheus_that_fails_gives_no_verdict_on_the_document()
    {
        var stub = new StubHandler(_ => new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest));
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync(stub, everyTick: false));
        Assert.Equal("HistoryUnreadable", e.Id);
    }

    [Fact]
    public async Task A_prometheus_that_fails_for_clipped_windows_only_gives_none_either()
    {
        FakePrometheus prometheus = new((_, _) => [("", 0)]);
        var stub = new StubHandler(request => request.Url.AbsolutePath.EndsWith("query_range", StringComparison.Ordinal)
            ? prometheus.Answer(request) : new HttpResponseMessage(System.Net.HttpStatusCode.BadRequest));
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => PlayAsync(stub, everyTick: false));
        Assert.Equal("HistoryUnreadable", e.Id);
    }

    private static BacktestOptions Options() => new() { Start = Start, End = Start.AddHours(2), Release = "2.4.0" };

    private async Task<BacktestResult> PlayAsync(StubHandler stub, bool everyTick, bool watch = false) =>
        Assert.Single(await new BacktestService(Context(stub)).RunAsync(Read(), Options() with { EveryTick = everyTick, Watch = watch }, Stop));

    /// <summary>The same rollout, live: its service on a clock that is moved as RunAsync would wait.</summary>
    private async Task<IReadOnlyList<string>> LiveAsync(StubHandler stub)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "flags.json"),
            """{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""", Stop);
        var clock = new ManualClock();
        clock.Advance(Start - clock.GetUtcNow());
        EngineContext context = stub.Context() with { Clock = clock };
        var store = new MemoryJournalStore(context);
        var service = new RolloutService(store, context);
        RolloutStatus status = await service.StartAsync(Read(), new RolloutStart { Release = "2.4.0" }, Stop);
        while (!status.Ended && status.Phase != RolloutPhase.RollingBack)
        {
            TimeSpan wait = TimeSpan.FromSeconds(20);
            if (status.Remaining is { } remaining && remaining > TimeSpan.Zero && remaining < wait) wait = remaining;
            if (clock.GetUtcNow() + wait > Start.AddHours(2)) break;
            clock.Advance(wait);
            status = await service.TickAsync(status.Id, Stop);
        }

        var told = new List<string>();
        foreach (JournalLine line in await store.ReadAsync(RolloutService.Prefix + status.Id, Stop))
        {
            RolloutEvent happened = RolloutEvents.Decode(line)!;
            if (happened is RolloutStarted or SignalsObserved or ShareIntended) continue;
            SignalReadable(happened, out string? signal, out SignalBreachTimes breach);
            told.Add(Text(line.Time, line.Type, signal, breach.Since, breach.At));
            if (happened is RollbackStarted) break;
        }

        return told;
    }

    private readonly record struct SignalBreachTimes(DateTimeOffset? Since, DateTimeOffset? At);

    private static void SignalReadable(RolloutEvent happened, out string? signal, out SignalBreachTimes breach) => (signal, breach) = happened switch
    {
        RollbackStarted e => (e.Signal, new SignalBreachTimes(e.Breach?.Since, e.Breach?.At)),
        StableFailing e => (e.Signal, new SignalBreachTimes(e.Breach.Since, e.Breach.At)),
        _ => (null, default),
    };

    private static string Text(BacktestEntry entry) => Text(entry.At, entry.Event, entry.Signal, entry.FirstBadSample, entry.BreachedAt);

    private static string Text(DateTimeOffset at, string what, string? signal, DateTimeOffset? since, DateTimeOffset? breached) =>
        string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:HH:mm:ss.fff} {what} {signal} {since?.UtcDateTime:HH:mm:ss} {breached?.UtcDateTime:HH:mm:ss}");

    private EngineContext Context(StubHandler stub)
    {
        var clock = new ManualClock();
        clock.Advance(Start.AddDays(1) - clock.GetUtcNow());
        return stub.Context() with { Clock = clock };
    }

    private Document Read() => DocumentLoader.Parse(Encoding.UTF8.GetBytes(_document.Insert(1, "\"apiVersion\":\"readyops/v1\",\"kind\":\"Rollout\",\"name\":\"checkout\",")), "rollout.json", _folder, "Rollout");

    /// <summary>Histories of good, bad and missing stretches; what a query gives depends on its window too.</summary>
    private static StubHandler Prometheus(int seed)
    {
        var random = new Random(seed);
        var series = new Dictionary<char, double[]>();
        foreach (char name in "wcps")
        {
            var values = new List<double>();
            int health = random.Next(2, 200);
            while (values.Count < 2000)
            {
                bool good = random.Next(health) != 0;
                double value = good ? 0.001 : random.Next(3) == 0 ? double.NaN : 0.05;
                values.AddRange(Enumerable.Repeat(value, random.Next(1, good ? 60 : 40)));
            }

            series[name] = [.. values];
        }

        return new StubHandler(new FakePrometheus((query, time) =>
        {
            // A shorter window sees what happened sooner.
            int behind = query.Contains("[2m]", StringComparison.Ordinal) || query.Contains("[120s]", StringComparison.Ordinal) ? 4 : query.Contains('[', StringComparison.Ordinal) ? 1 : 0;
            long index = ((time - Start.ToUnixTimeMilliseconds()) / 5000) + 100 - behind;
            double value = index >= 0 && index < 2000 ? series[query[0]][index] : double.NaN;
            return double.IsNaN(value) ? [] : [("", value)];
        }).Answer);
    }
}
