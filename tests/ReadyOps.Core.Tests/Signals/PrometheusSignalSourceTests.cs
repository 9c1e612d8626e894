using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals;

public sealed class PrometheusSignalSourceTests
{
    // 10:00:00 is a multiple of every interval used here.
    private static readonly DateTimeOffset Ten = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static StubHandler One(double value = 1) => new(new FakePrometheus((_, _) => [("", value)]).Answer);

    private static PrometheusSignalSource Source(StubHandler stub, string query = "f[${window}]", SeriesReducer? reduce = null, TimeSpan lag = default) =>
        new(new PrometheusClient(HttpEndpoint.For("http://prom"), stub.Context()) { Attempts = 1 }, query, reduce, Interval, Window, lag);

    private static SignalSpan Span(double after, double until, double stepStart = 0, double start = 0) =>
        new(Ten.AddSeconds(after), Ten.AddSeconds(until), Ten.AddSeconds(stepStart), Ten.AddSeconds(start));

    private static IEnumerable<double> Seconds(SignalBatch batch) => batch.Samples.Select(s => (s.Time - Ten).TotalSeconds);

    private static IEnumerable<string> Queries(StubHandler stub) => stub.Requests.Select(r => r.Form["query"]).Distinct().Order(StringComparer.Ordinal);

    [Fact]
    public async Task Samples_lie_on_the_grid_after_the_last_span_and_up_to_the_lag()
    {
        StubHandler stub = One();
        SignalBatch batch = await Source(stub, "f", lag: TimeSpan.FromSeconds(5)).CollectAsync(Span(15, 64.9), null, Stop);
        // 60 is within the lag of 64.9; 15 itself was collected before.
        Assert.Equal([30, 45], Seconds(batch));
        Assert.Equal(Ten.AddSeconds(45), batch.CollectedUntil);
        Assert.All(batch.Samples, s => Assert.Equal(Interval, s.Covers));
        Assert.Null(batch.Error);
        Assert.Empty(batch.Warnings);
        Assert.False(batch.SeesOnlyTicks);

        Assert.Equal([60], Seconds(await Source(stub, "f", lag: TimeSpan.FromSeconds(5)).CollectAsync(Span(45, 65), null, Stop)));
    }

    [Fact]
    public async Task Between_two_grid_points_nothing_is_asked_and_nothing_is_collected()
    {
        StubHandler stub = One();
        SignalBatch batch = await Source(stub).CollectAsync(Span(16, 29), null, Stop);
        Assert.Empty(batch.Samples);
        Assert.Equal(Ten.AddSeconds(16), batch.CollectedUntil);
        Assert.Empty(stub.Requests);
    }

    [Fact]
    public async Task A_window_is_clipped_to_the_start_of_the_step_and_whole_windows_come_in_one_range()
    {
        StubHandler stub = One();
        SignalBatch batch = await Source(stub).CollectAsync(Span(3, 120, stepStart: 3), null, Stop);
        Assert.Equal([15, 30, 45, 60, 75, 90, 105, 120], Seconds(batch));
        Assert.All(batch.Samples, s => Assert.True(s.InStep));
        Assert.Equal(["f[12s]", "f[27s]", "f[42s]", "f[57s]", "f[60s]"], Queries(stub));
        StubRequest range = Assert.Single(stub.Requests, r => r.Url.AbsolutePath.EndsWith("query_range", StringComparison.Ordinal));
        Assert.Equal((Ten.AddSeconds(75).ToUnixTimeSeconds(), Ten.AddSeconds(120).ToUnixTimeSeconds()), (long.Parse(range.Form["start"]), long.Parse(range.Form["end"])));
    }

    [Fact]
    public async Task A_clipped_window_is_exact_to_the_millisecond()
    {
        StubHandler stub = One();
        await Source(stub).CollectAsync(Span(2.75, 15, stepStart: 2.75), null, Stop);
        Assert.Equal(["f[12250ms]"], Queries(stub));
    }

    [Fact]
    public async Task Less_than_a_second_into_the_step_a_sample_does_not_count_for_it()
    {
        StubHandler stub = One();
        SignalBatch batch = await Source(stub).CollectAsync(Span(14.5, 15, stepStart: 14.5), null, Stop);
        Assert.False(Assert.Single(batch.Samples).InStep);
        Assert.Equal(["f[1s]"], Queries(stub));
    }

    [Fact]
    public async Task Points_up_to_the_start_of_the_step_belong_to_the_one_before_and_never_reach_before_the_rollout()
    {
        StubHandler stub = One();
        SignalBatch batch = await Source(stub).CollectAsync(Span(-30, 120, stepStart: 90), null, Stop);
        Assert.Equal([15, 30, 45, 60, 75, 90, 105, 120], Seconds(batch));
        Assert.Equal([105, 120], batch.Samples.Where(s => s.InStep).Select(s => (s.Time - Ten).TotalSeconds));
        Assert.Equal(
            [(15, "f[15s]"), (30, "f[30s]"), (45, "f[45s]"), (60, "f[60s]"), (105, "f[15s]"), (120, "f[30s]")],
            stub.Requests.Select(r => ((int)(double.Parse(r.Form.GetValueOrDefault("time") ?? r.Form["start"]) - Ten.ToUnixTimeSeconds()), r.Form["query"])).Order());
    }

    [Theory]
    [InlineData("f")]
    [InlineData("f[${window}]")]
    public async Task A_partial_answer_is_seen_and_does_not_count_towards_leaving_the_step(string query)
    {
        var stub = new StubHandler(new FakePrometheus((_, _) => [("", 1)]) { Warnings = ["store a is not reachable"] }.Answer);

        SignalBatch batch = await Source(stub, query).CollectAsync(Span(0, 60), null, Stop);

        Assert.Equal([15, 30, 45, 60], Seconds(batch));
        Assert.DoesNotContain(batch.Samples, sample => sample.InStep);
        Assert.Equal(["store a is not reachable"], batch.Warnings);
    }

    [Fact]
    public async Task A_literal_range_gives_no_sample_that_holds_the_time_before_the_rollout()
    {
        StubHandler stub = One();
        PrometheusSignalSource source = Source(stub, "rate(f[45s] offset 15s)");
        SignalBatch early = await source.CollectAsync(Span(0, 45), null, Stop);
        Assert.Empty(early.Samples);
        Assert.Empty(stub.Requests);
        Assert.Equal(Ten.AddSeconds(45), early.CollectedUntil);
        Assert.Contains("looks back 1m", Assert.Single(early.Warnings), StringComparison.Ordinal);

        SignalBatch later = await source.CollectAsync(Span(45, 120, stepStart: 30), null, Stop);
        Assert.Equal([60, 75, 90, 105, 120], Seconds(later));
        Assert.Equal([90, 105, 120], later.Samples.Where(s => s.InStep).Select(s => (s.Time - Ten).TotalSeconds));
    }

    [Fact]
    public async Task Without_any_range_a_sample_counts_from_right_after_the_start_of_the_step()
    {
        SignalBatch batch = await Source(One(), "f").CollectAsync(Span(-30, 45, stepStart: 30), null, Stop);
        Assert.Equal([(15, false), (30, false), (45, true)], batch.Samples.Select(s => ((int)(s.Time - Ten).TotalSeconds, s.InStep)));
    }

    [Fact]
    public async Task What_a_query_looks_at_beside_the_window_must_lie_in_the_step_too()
    {
        StubHandler stub = One();
        SignalBatch batch = await Source(stub, "g[30s] / f[${window}]").CollectAsync(Span(0, 90), null, Stop);
        Assert.Equal([45, 60, 75, 90], Seconds(batch));
        Assert.Equal(["g[30s] / f[15s]", "g[30s] / f[30s]", "g[30s] / f[45s]", "g[30s] / f[60s]"], Queries(stub));
    }

    [Fact]
    public async Task Missing_points_are_no_samples_and_NaN_stays_NaN()
    {
        var stub = new StubHandler(new FakePrometheus((_, t) => ((t / 15_000) % 3) switch
        {
            0 => [],
            1 => [("", double.NaN)],
            _ => [("", double.PositiveInfinity)],
        }).Answer);
        SignalBatch batch = await Source(stub, "f").CollectAsync(Span(0, 90), null, Stop);
        Assert.Equal(4, batch.Samples.Count);
        Assert.Equal(2, batch.Samples.Count(s => double.IsNaN(s.Value)));
        Assert.Equal(2, batch.Samples.Count(s => double.IsPositiveInfinity(s.Value)));
        Assert.Equal(Ten.AddSeconds(90), batch.CollectedUntil);
    }

    [Fact]
    public async Task Several_series_are_an_error_that_names_them_and_points_with_one_are_kept()
    {
        var stub = new StubHandler(new FakePrometheus((_, t) => t == Ten.AddSeconds(30).ToUnixTimeMilliseconds() ? [("a", 1), ("b", 2)] : [("a", 1)]).Answer);
        SignalBatch batch = await Source(stub, "f").CollectAsync(Span(0, 60), null, Stop);
        Assert.Equal("The query gives 2 series at 2026-11-21 10:00:30Z where a signal is one: {job=\"a\"}, {job=\"b\"}. Aggregate them in the query, or say 'reduce'.", batch.Error);
        Assert.Equal([15, 45, 60], Seconds(batch));
        Assert.Equal(Ten.AddSeconds(60), batch.CollectedUntil);
    }

    [Theory]
    [InlineData(SeriesReducer.Sum, 1, 5, 6)]
    [InlineData(SeriesReducer.Avg, 1, 5, 3)]
    [InlineData(SeriesReducer.Min, 1, 5, 1)]
    [InlineData(SeriesReducer.Max, 1, 5, 5)]
    [InlineData(SeriesReducer.Count, 1, 5, 2)]
    [InlineData(SeriesReducer.Sum, 1, double.NaN, double.NaN)]
    [InlineData(SeriesReducer.Avg, 1, double.NaN, double.NaN)]
    [InlineData(SeriesReducer.Min, 1, double.NaN, 1)]
    [InlineData(SeriesReducer.Max, 1, double.NaN, 1)]
    [InlineData(SeriesReducer.Max, double.NaN, double.NaN, double.NaN)]
    public async Task Several_series_are_reduced_as_promql_aggregates(SeriesReducer reduce, double a, double b, double expected)
    {
        var stub = new StubHandler(new FakePrometheus((_, _) => [("a", a), ("b", b)]).Answer);
        SignalBatch batch = await Source(stub, "f", reduce).CollectAsync(Span(0, 15), null, Stop);
        Assert.Equal(expected, Assert.Single(batch.Samples).Value);
        Assert.Null(batch.Error);
    }

    [Theory]
    [InlineData("f")]
    [InlineData("f[${window}]")]
    public async Task A_backend_that_fails_is_an_error_and_the_span_stays_to_be_collected(string query)
    {
        var stub = new StubHandler(r => long.TryParse(r.Form.GetValueOrDefault("time"), out long t) && t < Ten.AddSeconds(40).ToUnixTimeSeconds()
            ? new FakePrometheus((_, _) => [("", 1)]).Answer(r) : StubHandler.Text("down", 503));
        SignalBatch batch = await Source(stub, query).CollectAsync(Span(0, 120), null, Stop);
        Assert.Contains("503", batch.Error, StringComparison.Ordinal);
        Assert.Empty(batch.Samples);
        Assert.Equal(Ten, batch.CollectedUntil);
    }

    [Fact]
    public async Task Cancellation_is_not_an_error_of_the_backend()
    {
        using var source = new CancellationTokenSource();
        var stub = new StubHandler(async (_, cancel) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            throw new InvalidOperationException();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Source(stub).CollectAsync(Span(0, 300), null, source.Token).AsTask());
    }

    [Fact]
    public async Task A_very_long_pause_is_collected_in_more_than_one_tick()
    {
        var client = new PrometheusClient(HttpEndpoint.For("http://prom"), new StubHandler(_ => StubHandler.Text("""{"status":"success","data":{"resultType":"matrix","result":[]}}""")).Context());
        var source = new PrometheusSignalSource(client, "f", null, TimeSpan.FromMilliseconds(100), Window, TimeSpan.Zero);
        SignalBatch batch = await source.CollectAsync(Span(0, 200_000), null, Stop);
        Assert.Equal(Ten.AddSeconds(100_000), batch.CollectedUntil);
    }

    /// <summary>Whatever the ticks, the same samples: the value is a function of moment and window, some missing, some NaN.</summary>
    [Fact]
    public void Any_cut_of_a_span_gives_the_samples_of_the_whole()
    {
        var fake = new FakePrometheus((query, t) =>
        {
            uint hash = (uint)HashOf(query, t);
            return (hash % 7) switch { 0 => [], 1 => [("", double.NaN)], 2 => [("a", 1), ("b", 2)], _ => [(hash % 2 == 0 ? "a" : "b", hash % 100)] };
        });
        Gen<(int[] Cuts, int Step, int Query)> cases =
            from cuts in Gen.Choose(0, 600_000).ArrayOf(6)
            from step in Gen.Choose(0, 600_000)
            from query in Gen.Choose(0, 3)
            select (cuts, step, query);
        Check.QuickThrowOnFailure(Prop.ForAll(cases.ToArbitrary(), c =>
        {
            string query = new[] { "f", "f[${window}]", "f[45s]", "f[${window}] + g[40s]" }[c.Query];
            PrometheusSignalSource source = Source(new StubHandler(fake.Answer), query, lag: TimeSpan.FromSeconds(4));
            SignalSpan whole = Span(0, 600, stepStart: c.Step / 1000.0);
            List<SignalSample> atOnce = [.. Collect(source, whole).Samples];

            var inParts = new List<SignalSample>();
            DateTimeOffset after = whole.After;
            foreach (int cut in c.Cuts.Append(600_000).Order())
            {
                SignalBatch batch = Collect(source, whole with { After = after, Until = Ten.AddMilliseconds(cut) });
                Assert.True(batch.CollectedUntil >= after);
                inParts.AddRange(batch.Samples);
                after = batch.CollectedUntil;
            }

            Assert.Equal(atOnce, inParts);
        }));
    }

    private static SignalBatch Collect(PrometheusSignalSource source, SignalSpan span)
    {
        ValueTask<SignalBatch> collecting = source.CollectAsync(span, null, CancellationToken.None);
        return collecting.AsTask().GetAwaiter().GetResult();
    }

    private static int HashOf(string query, long time)
    {
        // The same in every process, unlike GetHashCode of a string.
        int hash = (int)(time / 1000);
        foreach (char c in query) hash = unchecked((hash * 31) + c);
        return unchecked(hash * (int)2654435761);
    }
}
