using ReadyOps.Core.Checks;
using ReadyOps.Core.Http;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Core.Tests.Signals;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>A gate that looks back over a span, from 09:30:05 to 10:00:05: 120 samples at 15 s from 09:30:15 to 10:00:00.</summary>
public sealed class PrometheusSpanCheckTests
{
    private static readonly CheckDefaults Defaults = new() { Prometheus = HttpEndpoint.For("http://prometheus.test:9090") };
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 10, 0, 5, TimeSpan.Zero);
    private static readonly DateTimeOffset Start = Now.AddMinutes(-30);

    [Fact]
    public async Task Good_samples_up_to_now_pass()
    {
        Evidence evidence = await RunAsync(_ => 0.004);
        Assert.Equal((Verdict.Pass, "Error rate is 0.4%, within <= 1%."), (evidence.Verdict, evidence.Reason));
        Assert.Equal("Over 30m to 2026-11-21 10:00:05Z: 120 samples, 0 of them bad, 0 breaches.", evidence.Details[1]);
        Assert.Equal(0.006, evidence.Margin!.Value, 12);
    }

    [Fact]
    public async Task A_breach_that_is_over_still_fails_the_gate()
    {
        // Bad from 09:40:00 to 09:45:00, 21 samples: five minutes.
        Evidence evidence = await RunAsync(time => time >= Clock(9, 40, 0) && time <= Clock(9, 45, 0) ? 0.02 : 0);
        Assert.Equal(Verdict.Fail, evidence.Verdict);
        Assert.Equal("Error rate was 2%, outside <= 1% by 1%, for 5m: since 2026-11-21 09:40:00Z, breached at 2026-11-21 09:45:00Z. At the end: error rate is 0%, within <= 1%.", evidence.Reason);
    }

    [Fact]
    public async Task What_would_not_have_been_a_breach_is_none()
    {
        // One sample less.
        Assert.Equal(Verdict.Pass, (await RunAsync(time => time > Clock(9, 40, 0) && time <= Clock(9, 45, 0) ? 0.02 : 0)).Verdict);
        // Bad at the very end: not a breach, and no pass either, because nobody knows what it will be.
        Evidence pending = await RunAsync(time => time >= Clock(9, 59, 0) ? 0.02 : 0);
        Assert.Equal(Verdict.Fail, pending.Verdict);
        Assert.Equal("Error rate is 2%, outside <= 1% by 1%, since 2026-11-21 09:59:00Z; 4m more would be a breach.", pending.Reason);
    }

    [Fact]
    public async Task Too_few_samples_no_samples_old_ones_and_a_server_that_is_down_are_each_their_own_verdict()
    {
        Assert.Equal((Verdict.Inconclusive, "Error rate has 2 of the 3 good samples that this span needs."), Of(await RunAsync(time => time >= Clock(9, 59, 45) ? 0 : double.NaN)));
        Assert.Equal((Verdict.NoData, "Error rate has had no sample since this span began at 2026-11-21 09:30:05Z."), Of(await RunAsync(_ => double.NaN)));
        Assert.Equal((Verdict.Stale, "The newest sample of error rate is 2m5s old, more than 1m."), Of(await RunAsync(time => time <= Clock(9, 58, 0) ? 0 : double.NaN)));
        Evidence down = await CheckTesting.RunAsync(Document(""), context: new StubHandler(_ => StubHandler.Text("nothing", 400)).Context(new FixedClock()), defaults: Defaults);
        Assert.Equal(Verdict.Error, down.Verdict);
        Assert.StartsWith("Error rate could not be measured since 2026-11-21 10:00:05Z", down.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_members_of_a_signal_mean_the_same_here()
    {
        Func<DateTimeOffset, double> blips = time => time.Minute % 5 == 0 && time.Second == 0 ? 0.02 : 0;
        // 09:35, :40, :45, :50, :55 and 10:00.
        Assert.Equal(Verdict.Fail, (await RunAsync(blips, ", \"failureLimit\": \"3 within 11m\"")).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(blips)).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(time => time < Now.AddMinutes(-1) ? blips(time) : 0, ", \"failureLimit\": \"3 within 10m\"")).Verdict);
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(time => time < Now.AddMinutes(-1) ? blips(time) : 0, ", \"consecutiveSuccesses\": 21")).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(time => time < Now.AddMinutes(-1) ? blips(time) : 0, ", \"consecutiveSuccesses\": 20")).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(time => time >= Clock(9, 50, 0) && time < Clock(9, 50, 30) ? 0.02 : 0, ", \"consecutive\": 2")).Verdict);
    }

    [Fact]
    public async Task Without_enough_traffic_nothing_is_said()
    {
        const string Traffic = ", \"traffic\": \"traffic\", \"minTraffic\": 100";
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(_ => 0.5, Traffic, traffic: 99)).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(_ => 0.5, Traffic, traffic: 100)).Verdict);
        Assert.Equal(Verdict.Pass, (await RunAsync(_ => 0, Traffic, traffic: 100)).Verdict);
    }

    [Fact]
    public async Task No_window_looks_back_before_the_span()
    {
        var stub = new StubHandler(new FakePrometheus((_, _) => [("", 0)]).Answer);
        Evidence evidence = await CheckTesting.RunAsync(Document("").Replace("\"errors\"", "\"rate(errors[${window}])\"", StringComparison.Ordinal), context: stub.Context(new FixedClock()), defaults: Defaults);
        Assert.Equal(Verdict.Pass, evidence.Verdict);
        foreach (StubRequest request in stub.Requests.Where(request => request.Url.AbsolutePath.EndsWith("/query", StringComparison.Ordinal)))
        {
            DateTimeOffset time = DateTimeOffset.FromUnixTimeMilliseconds((long)(decimal.Parse(request.Form["time"], System.Globalization.CultureInfo.InvariantCulture) * 1000));
            int window = int.Parse(request.Form["query"].Split('[')[1].Split('s')[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(time.AddSeconds(-window) >= Start);
        }
    }

    [Theory]
    [InlineData(", \"over\": \"5m\"", "/over: over 5m nothing can be broken for 5m")]
    [InlineData(", \"over\": \"6m\", \"minSamples\": 30", "/over: 6m hold fewer than 30 samples")]
    [InlineData(", \"consecutive\": 3", "/consecutive: without 'over' the query is asked once")]
    [InlineData(", \"minTraffic\": 3", "/minTraffic: without 'over'")]
    [InlineData(", \"over\": \"30m\", \"for\": \"2m\", \"consecutive\": 3", "/consecutive: a signal is either timed or counted")]
    [InlineData(", \"over\": \"30m\", \"failureLimit\": 5", "/failureLimit: '5' does not say within what time")]
    [InlineData(", \"over\": \"30m\", \"direction\": \"increase\"", "/direction: '<= 1%' says itself which way is bad")]
    public void What_is_wrong_is_said_at_its_place(string members, string problem) => Assert.Contains(
        CheckTesting.Problems("{\"name\": \"e\", \"type\": \"prometheus\", \"url\": \"http://p\", \"query\": \"q\", \"bound\": \"<= 1%\"" + members + "}"),
        told => told.StartsWith(problem, StringComparison.Ordinal));

    private static (Verdict Verdict, string Reason) Of(Evidence evidence) => (evidence.Verdict, evidence.Reason);

    private static DateTimeOffset Clock(int hour, int minute, int second) => new(2026, 11, 21, hour, minute, second, TimeSpan.Zero);

    private static string Document(string members) =>
        "{\"name\": \"error rate\", \"type\": \"prometheus\", \"query\": \"errors\", \"bound\": \"<= 1%\", \"over\": \"30m\"" + members + "}";

    private static Task<Evidence> RunAsync(Func<DateTimeOffset, double> value, string members = "", double traffic = 0)
    {
        var prometheus = new FakePrometheus((query, time) =>
        {
            double seen = query == "traffic" ? traffic : value(DateTimeOffset.FromUnixTimeMilliseconds(time));
            return double.IsNaN(seen) ? [] : [("", seen)];
        });
        return CheckTesting.RunAsync(Document(members), context: new StubHandler(prometheus.Answer).Context(new FixedClock()), defaults: Defaults);
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
