using System.Globalization;
using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals;

public sealed class ScrapeSignalSourceTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Dictionary<string, string> _pages = new() { ["http://a/metrics"] = "" };
    private readonly StubHandler _stub;
    private readonly DateTimeOffset _start;
    private string? _carry;

    public ScrapeSignalSourceTests()
    {
        _stub = new StubHandler(r => _pages[r.Url.AbsoluteUri] is { Length: > 0 } page ? StubHandler.Text(page, 200, "text/plain") : StubHandler.Text("gone", 500));
        _start = _clock.GetUtcNow();
    }

    public void Dispose() => _stub.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static ScrapeMeasure Rate => ScrapeMeasure.Rate(MetricSelector.Parse("requests_total"));

    private static ScrapeMeasure Errors => ScrapeMeasure.Ratio(MetricSelector.Parse("requests_total{code=~\"5..\"}"), MetricSelector.Parse("requests_total"));

    private async Task<SignalBatch> Tick(ScrapeMeasure measure, double seconds, string page, double stepStart = 0)
    {
        _clock.Advance(_start.AddSeconds(seconds) - _clock.GetUtcNow());
        _pages["http://a/metrics"] = page;
        var source = new ScrapeSignalSource([.. _pages.Keys.Order().Select(HttpEndpoint.For)], measure, _stub.Context(_clock));
        DateTimeOffset now = _clock.GetUtcNow();
        SignalBatch batch = await source.CollectAsync(new SignalSpan(now.AddSeconds(-15), now, _start.AddSeconds(stepStart), _start), _carry, Stop);
        _carry = batch.Carry;
        Assert.True(batch.SeesOnlyTicks);
        return batch;
    }

    [Fact]
    public async Task What_stands_beside_several_pages_holds_for_each_of_them()
    {
        var stub = new StubHandler(_ => StubHandler.Text("a 1\n", 200, "text/plain"));
        ScrapeSignalSource source = ReadSource("urls: ['http://app-1/metrics', 'http://app-2/metrics']\nauth: {bearer: 'env:PATH'}\nheaders: {X-Scope-OrgID: team-a}\ngauge: a\n", stub, out ProblemList problems);
        problems.ThrowIfAny();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        Assert.Null((await source.CollectAsync(new SignalSpan(now.AddMinutes(-1), now, now.AddMinutes(-1), now.AddMinutes(-1)), null, Stop)).Error);
        Assert.Equal(["app-1", "app-2"], stub.Requests.Select(request => request.Url.Host).Order(StringComparer.Ordinal));
        Assert.All(stub.Requests, request => Assert.Equal("team-a", request.Headers["X-Scope-OrgID"]));
        Assert.All(stub.Requests, request => Assert.Equal($"Bearer {Environment.GetEnvironmentVariable("PATH")}", request.Headers["Authorization"]));
    }

    [Theory]
    [InlineData("urls: ['http://a', 'http://b']\nauth: {bearer: hunter2}\ngauge: a\n", true, "the bearer is written out")]
    [InlineData("url: {url: 'http://a'}\nauth: {bearer: 'secret:x'}\ngauge: a\n", true, "'auth' belongs into it")]
    [InlineData("url: 'http://a'\nmaxBody: 1TiB\ngauge: a\n", true, "too much to hold")]
    [InlineData("url: 'http://a'\ntimeout: 5s\ngauge: a\n", false, "")]
    public void Settings_of_pages_are_read_in_one_place(string yaml, bool wrong, string said)
    {
        ReadSource(yaml, new StubHandler(_ => StubHandler.Text("")), out ProblemList problems);
        Assert.Equal(wrong, problems.Any);
        if (wrong) Assert.Contains(said, Assert.Throws<DocumentException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }

    private static ScrapeSignalSource ReadSource(string yaml, StubHandler stub, out ProblemList problems)
    {
        problems = new ProblemList("rollout.yaml");
        return ScrapeSignalSource.Read(new ObjectReader(DocumentLoader.ReadTree(Encoding.UTF8.GetBytes(yaml), problems), "", "/", problems), stub.Context());
    }

    [Fact]
    public async Task The_first_scrape_gives_no_increase_and_the_second_one_the_rate_since_then()
    {
        SignalBatch first = await Tick(Rate, 0, "requests_total{code=\"200\"} 100\nother 5\n");
        Assert.Empty(first.Samples);
        Assert.Null(first.Error);
        Assert.Equal(_start, first.CollectedUntil);

        SignalSample sample = Assert.Single((await Tick(Rate, 20, "requests_total{code=\"200\"} 150\n")).Samples);
        Assert.Equal(2.5, sample.Value);
        Assert.Equal(TimeSpan.FromSeconds(20), sample.Covers);
        Assert.Equal(_start.AddSeconds(20), sample.Time);
        Assert.True(sample.InStep);
    }

    [Fact]
    public async Task A_counter_that_fell_has_grown_from_zero()
    {
        await Tick(Rate, 0, "requests_total 1000");
        Assert.Equal(3, Assert.Single((await Tick(Rate, 10, "requests_total 30")).Samples).Value);
    }

    [Fact]
    public async Task A_process_that_started_anew_has_grown_from_zero_even_where_a_counter_is_higher_or_new()
    {
        await Tick(Rate, 0, "process_start_time_seconds 1000\nrequests_total{a=\"1\"} 10");
        SignalBatch batch = await Tick(Rate, 10, "process_start_time_seconds 1799999999\nrequests_total{a=\"1\"} 20\nrequests_total{a=\"2\"} 30");
        Assert.Equal(5, Assert.Single(batch.Samples).Value);
    }

    [Fact]
    public async Task A_start_time_that_wavers_is_no_restart()
    {
        await Tick(Rate, 0, "process_start_time_seconds 1000.01\nrequests_total 10");
        Assert.Equal(1, Assert.Single((await Tick(Rate, 10, "process_start_time_seconds 1000.02\nrequests_total 20")).Samples).Value);
    }

    [Fact]
    public async Task A_series_seen_for_the_first_time_gives_no_increase_yet()
    {
        await Tick(Rate, 0, "requests_total{a=\"1\"} 10");
        Assert.Equal(1, Assert.Single((await Tick(Rate, 10, "requests_total{a=\"1\"} 20\nrequests_total{a=\"2\"} 5000")).Samples).Value);
        Assert.Equal(2, Assert.Single((await Tick(Rate, 20, "requests_total{a=\"1\"} 20\nrequests_total{a=\"2\"} 5020")).Samples).Value);
    }

    [Fact]
    public async Task Where_no_series_was_there_before_there_is_no_rate_and_not_zero()
    {
        await Tick(Rate, 0, "other 1");
        Assert.Empty((await Tick(Rate, 10, "requests_total 5000")).Samples);
        Assert.Equal(1, Assert.Single((await Tick(Rate, 20, "requests_total 5010")).Samples).Value);
    }

    [Fact]
    public async Task A_ratio_divides_increases()
    {
        await Tick(Errors, 0, "requests_total{code=\"200\"} 100\nrequests_total{code=\"500\"} 7");
        SignalBatch batch = await Tick(Errors, 10, "requests_total{code=\"200\"} 197\nrequests_total{code=\"500\"} 10");
        Assert.Equal(0.03, Assert.Single(batch.Samples).Value, 12);
    }

    [Fact]
    public async Task A_ratio_without_any_error_series_is_zero_and_without_traffic_no_data()
    {
        await Tick(Errors, 0, "requests_total{code=\"200\"} 100");
        Assert.Equal(0, Assert.Single((await Tick(Errors, 10, "requests_total{code=\"200\"} 110")).Samples).Value);
        Assert.Equal(double.NaN, Assert.Single((await Tick(Errors, 20, "requests_total{code=\"200\"} 110")).Samples).Value);
    }

    [Fact]
    public async Task A_quantile_is_of_what_was_observed_between_the_scrapes_over_all_pages()
    {
        ScrapeMeasure p50 = ScrapeMeasure.Quantile(0.5, MetricSelector.Parse("latency_seconds{route=\"/\"}"));
        static string Page(int a, int b, int all) => string.Create(CultureInfo.InvariantCulture,
            $"latency_seconds_bucket{{route=\"/\",le=\"0.1\"}} {a}\nlatency_seconds_bucket{{route=\"/\",le=\"0.2\"}} {b}\nlatency_seconds_bucket{{route=\"/\",le=\"+Inf\"}} {all}\nlatency_seconds_bucket{{route=\"/x\",le=\"0.1\"}} 999\n");
        _pages["http://b/metrics"] = Page(50, 50, 50);
        await Tick(p50, 0, Page(100, 100, 100));
        _pages["http://b/metrics"] = Page(51, 54, 54);
        // Increases: 2 up to 0.1, 8 up to 0.2, 10 in all. Rank 5 lies (5-2)/(8-2) into 0.1..0.2.
        Assert.Equal(0.15, Assert.Single((await Tick(p50, 10, Page(101, 104, 106))).Samples).Value, 12);
        Assert.Equal(double.NaN, Assert.Single((await Tick(p50, 20, Page(101, 104, 106))).Samples).Value);
    }

    [Fact]
    public async Task A_gauge_is_the_sum_at_once_and_missing_where_no_series_matches()
    {
        ScrapeMeasure gauge = ScrapeMeasure.Gauge(MetricSelector.Parse("queue"));
        SignalSample first = Assert.Single((await Tick(gauge, 5, "queue{a=\"1\"} 3\nqueue{a=\"2\"} 4")).Samples);
        Assert.Equal((7, TimeSpan.Zero, true), (first.Value, first.Covers, first.InStep));
        Assert.Empty((await Tick(gauge, 10, "other 1")).Samples);
        Assert.Equal(TimeSpan.FromSeconds(10), Assert.Single((await Tick(gauge, 20, "queue 1")).Samples).Covers);
    }

    [Fact]
    public async Task An_increase_that_began_before_the_step_does_not_count_for_it()
    {
        await Tick(Rate, 0, "requests_total 1");
        Assert.False(Assert.Single((await Tick(Rate, 10, "requests_total 2", stepStart: 5)).Samples).InStep);
        Assert.True(Assert.Single((await Tick(Rate, 20, "requests_total 3", stepStart: 10)).Samples).InStep);
    }

    [Fact]
    public async Task One_page_that_fails_fails_the_sample_and_the_counters_are_kept()
    {
        _pages["http://b/metrics"] = "requests_total 10";
        await Tick(Rate, 0, "requests_total 10");
        _pages["http://b/metrics"] = "";
        SignalBatch failed = await Tick(Rate, 10, "requests_total 20");
        Assert.Empty(failed.Samples);
        Assert.Contains("http://b/metrics answered 500", failed.Error, StringComparison.Ordinal);
        Assert.Equal(_start.AddSeconds(-5), failed.CollectedUntil);

        _pages["http://b/metrics"] = "<html>";
        Assert.Contains("http://b/metrics: Line 1 ", (await Tick(Rate, 15, "requests_total 20")).Error, StringComparison.Ordinal);

        _pages["http://b/metrics"] = "requests_total 30";
        SignalSample sample = Assert.Single((await Tick(Rate, 20, "requests_total 30")).Samples);
        Assert.Equal((2, TimeSpan.FromSeconds(20)), (sample.Value, sample.Covers));
    }

    [Fact]
    public async Task After_too_long_a_pause_counters_begin_anew()
    {
        await Tick(Rate, 0, "requests_total 10");
        Assert.Empty((await Tick(Rate, 3601, "requests_total 20")).Samples);
        Assert.Single((await Tick(Rate, 3611, "requests_total 30")).Samples);
    }

    [Theory]
    [InlineData("rubbish")]
    [InlineData("null")]
    [InlineData("{\"t\":-1,\"v\":{}}")]
    [InlineData("{\"t\":1e300,\"v\":{}}")]
    [InlineData("{\"t\":9999999999999,\"v\":{}}")] // later than now
    [InlineData("{\"t\":1800000000000,\"v\":null}")]
    [InlineData("{\"t\":1800000000000,\"v\":{\"a\":\"x\"}}")]
    public async Task A_carry_of_another_make_begins_anew(string carry)
    {
        _carry = carry;
        SignalBatch batch = await Tick(Rate, 10, "requests_total 10");
        Assert.Null(batch.Error);
        Assert.Empty(batch.Samples);
    }

    [Fact]
    public async Task The_carry_is_small_and_holds_no_label()
    {
        SignalBatch batch = await Tick(Rate, 0, "requests_total{customer=\"somebody\"} 12345.678\nprocess_start_time_seconds 1\nother 2");
        Assert.DoesNotContain("somebody", batch.Carry, StringComparison.Ordinal);
        Assert.InRange(batch.Carry!.Length, 1, 100);
    }

    private static DocumentNode Node(string text) => new() { Kind = NodeKind.String, Text = text };

    private static DocumentNode Object(params (string Name, DocumentNode Value)[] members) =>
        new() { Kind = NodeKind.Object, Members = [.. members.Select(m => new DocumentMember(m.Name, 1, 1, m.Value))] };

    [Fact]
    public void A_source_is_read_from_a_signal()
    {
        var problems = new ProblemList("rollout.yaml");
        DocumentNode signal = Object(("url", Node("http://a/metrics")), ("ratio", Object(("of", Node("e")), ("over", Node("r")))));
        ScrapeSignalSource.Read(new ObjectReader(signal, "", "/", problems), new EngineContext());
        Assert.False(problems.Any);
    }

    [Fact]
    public void What_is_wrong_with_a_signal_is_told_at_once()
    {
        var problems = new ProblemList("rollout.yaml");
        DocumentNode signal = Object(("urls", Node("ftp://a")), ("url", Node("http://a")), ("rate", Node("r[5m]")), ("gauge", Node("g{")));
        ScrapeSignalSource.Read(new ObjectReader(signal, "", "/", problems), new EngineContext());
        string all = Assert.Throws<DocumentException>(problems.ThrowIfAny).Message;
        Assert.Contains("'url' is given already", all, StringComparison.Ordinal);
        Assert.Contains("neither http nor https", all, StringComparison.Ordinal);
        Assert.Contains("'gauge' is given already", all, StringComparison.Ordinal);
        Assert.Contains("'}' is missing", all, StringComparison.Ordinal);

        var none = new ProblemList("rollout.yaml");
        ScrapeMeasure.Read(new ObjectReader(Object(), "", "/", none));
        Assert.Contains("nothing says what to measure", Assert.Throws<DocumentException>(none.ThrowIfAny).Message, StringComparison.Ordinal);
    }
}
