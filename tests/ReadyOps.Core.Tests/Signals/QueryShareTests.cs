using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals;

public sealed class QueryShareTests
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);

    private readonly ManualClock _clock = new();
    private readonly List<(long First, long Last)> _asked = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Task<SharedAnswer> Answer(long first, long last, Func<long, bool>? has = null, params string[] warnings)
    {
        lock (_asked) _asked.Add((first, last));
        var values = new Dictionary<long, IReadOnlyList<MetricSample>>();
        for (long i = first; i <= last; i++)
            if (has?.Invoke(i) ?? true) values[i] = [new MetricSample { Value = i }];
        return Task.FromResult(new SharedAnswer(values, warnings));
    }

    [Fact]
    public async Task What_was_answered_is_not_asked_again_and_a_longer_span_asks_only_for_the_rest()
    {
        var share = new QueryShare(_clock);
        await share.AskAsync("a", 10, 20, Step, (f, l) => Answer(f, l), Stop);
        SharedAnswer inside = await share.AskAsync("a", 12, 18, Step, (f, l) => Answer(f, l), Stop);
        SharedAnswer further = await share.AskAsync("a", 15, 25, Step, (f, l) => Answer(f, l), Stop);

        Assert.Equal([(10, 20), (21, 25)], _asked);
        Assert.Equal([12, 13, 14, 15, 16, 17, 18], inside.Values.Keys.Order());
        Assert.Equal(Enumerable.Range(15, 11).Select(i => (double)i), further.Values.OrderBy(pair => pair.Key).Select(pair => pair.Value[0].Value));
        Assert.Equal((3L, 2L), (share.Wanted, share.Asked));
        await share.AskAsync("another", 12, 18, Step, (f, l) => Answer(f, l), Stop);
        Assert.Equal(3, share.Asked);
    }

    [Fact]
    public async Task A_thousand_who_ask_at_once_are_answered_by_one_question()
    {
        var share = new QueryShare(_clock);
        var gate = new TaskCompletionSource();
        Task<SharedAnswer>[] all = [.. Enumerable.Range(0, 1000).Select(i => share.AskAsync("a", 10 + (i % 5), 20, Step, async (f, l) =>
        {
            await gate.Task;
            return await Answer(f, l);
        }, Stop))];
        gate.SetResult();
        await Task.WhenAll(all);
        Assert.Equal([(10, 20)], _asked);
        Assert.All(all, one => Assert.True(one.Result.Values.ContainsKey(20)));
    }

    [Fact]
    public void Where_nothing_may_depend_on_the_machine_all_who_waited_go_on_where_the_answer_came_in()
    {
        var share = new QueryShare(_clock, staysOnThread: true);
        var gate = new TaskCompletionSource<SharedAnswer>();
        var places = new List<(int Who, int Thread)>();
        for (int who = 0; who < 3; who++) _ = Wait(who);

        gate.SetResult(new SharedAnswer(new Dictionary<long, IReadOnlyList<MetricSample>>(), []));
        Assert.Equal([(0, Environment.CurrentManagedThreadId), (1, Environment.CurrentManagedThreadId), (2, Environment.CurrentManagedThreadId)], places);

        async Task Wait(int who)
        {
            await share.AskAsync("a", 10, 20, Step, (f, l) => gate.Task, Stop).ConfigureAwait(false);
            places.Add((who, Environment.CurrentManagedThreadId));
        }
    }

    [Fact]
    public async Task A_moment_without_a_value_is_asked_for_again_after_a_step()
    {
        var share = new QueryShare(_clock);
        await share.AskAsync("a", 10, 12, Step, (f, l) => Answer(f, l, i => i != 11), Stop);
        await share.AskAsync("a", 10, 12, Step, (f, l) => Answer(f, l), Stop);
        _clock.Advance(Step);
        SharedAnswer late = await share.AskAsync("a", 10, 12, Step, (f, l) => Answer(f, l), Stop);

        Assert.Equal([(10, 12), (11, 12)], _asked);
        Assert.Equal([10, 11, 12], late.Values.Keys.Order());
    }

    [Fact]
    public async Task A_failure_is_for_those_who_waited_and_the_next_asks_anew()
    {
        var share = new QueryShare(_clock);
        var gate = new TaskCompletionSource<SharedAnswer>();
        Task<SharedAnswer>[] all = [.. Enumerable.Range(0, 10).Select(_ => share.AskAsync("a", 10, 20, Step, (f, l) => gate.Task, Stop))];
        gate.SetException(new ReadyOpsException("HttpUnreachable", "down"));
        foreach (Task<SharedAnswer> one in all) await Assert.ThrowsAsync<ReadyOpsException>(() => one);
        Assert.Equal(1, share.Asked);
        Assert.Equal(11, (await share.AskAsync("a", 10, 20, Step, (f, l) => Answer(f, l), Stop)).Values.Count);
    }

    [Fact]
    public async Task A_degraded_answer_is_handed_on_with_its_warnings_and_not_kept()
    {
        var share = new QueryShare(_clock);
        await share.AskAsync("a", 10, 12, Step, (f, l) => Answer(f, l), Stop);
        SharedAnswer degraded = await share.AskAsync("a", 10, 14, Step, (f, l) => Answer(f, l, null, "partial"), Stop);
        SharedAnswer whole = await share.AskAsync("a", 10, 14, Step, (f, l) => Answer(f, l), Stop);

        Assert.Equal([(10, 12), (13, 14), (13, 14)], _asked);
        Assert.Equal([10, 11, 12, 13, 14], degraded.Values.Keys.Order());
        Assert.Equal("partial", Assert.Single(degraded.Warnings));
        Assert.Empty(whole.Warnings);
    }

    [Fact]
    public async Task Who_stops_waiting_does_not_stop_the_others()
    {
        var share = new QueryShare(_clock);
        var gate = new TaskCompletionSource<SharedAnswer>();
        using var impatient = new CancellationTokenSource();
        Task<SharedAnswer> first = share.AskAsync("a", 10, 20, Step, (f, l) => gate.Task, impatient.Token);
        Task<SharedAnswer> second = share.AskAsync("a", 10, 20, Step, (f, l) => gate.Task, Stop);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult(await Answer(10, 20));
        Assert.Equal(11, (await second).Values.Count);
        Assert.Equal(1, share.Asked);
    }

    [Fact]
    public async Task Signals_of_many_rollouts_collect_what_they_would_alone_and_ask_once_for_what_they_have_in_common()
    {
        var ten = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
        var alone = new StubHandler(new FakePrometheus((_, time) => [("", time / 1000.0)]).Answer);
        var together = new StubHandler(new FakePrometheus((_, time) => [("", time / 1000.0)]).Answer);
        EngineContext shared = together.Context().SharingQueries();
        for (int rollout = 0; rollout < 20; rollout++)
        {
            // Each was journalled last at another moment, in its first minute or later, and asks up to the same.
            var span = new SignalSpan(ten.AddSeconds(15 * rollout), ten.AddMinutes(10), ten, ten);
            SignalBatch expected = await Source(alone.Context()).CollectAsync(span, null, Stop);
            SignalBatch got = await Source(shared).CollectAsync(span, null, Stop);
            Assert.Equal(expected.Samples, got.Samples);
            Assert.Equal(expected.CollectedUntil, got.CollectedUntil);
        }

        // One range, and the moments of the first minute with a clipped window once each: 15 s, 30 s and 45 s.
        Assert.Equal(4, together.Requests.Count);
        Assert.True(alone.Requests.Count >= 20);

        static PrometheusSignalSource Source(EngineContext context) =>
            new(new PrometheusClient(HttpEndpoint.For("http://prom"), context), "f[${window}]", null, TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Another_server_another_credential_or_another_lag_is_another_question()
    {
        var stub = new StubHandler(new FakePrometheus((_, _) => [("", 1)]).Answer);
        EngineContext context = stub.Context().SharingQueries();
        var ten = new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
        var span = new SignalSpan(ten.AddMinutes(5), ten.AddMinutes(10), ten, ten);
        HttpEndpoint plain = HttpEndpoint.For("http://prom");
        foreach (HttpEndpoint endpoint in new[] { plain, plain, HttpEndpoint.For("http://prom/other"), plain with { Bearer = new("env:HOME") }, plain with { Headers = [new("X-Scope-OrgID", new("a"))] }, plain with { Headers = [new("X-Scope-OrgID", new("a"))] } })
            await new PrometheusSignalSource(new PrometheusClient(endpoint, context), "f", null, Step, Step, TimeSpan.Zero).CollectAsync(span, null, Stop);
        await new PrometheusSignalSource(new PrometheusClient(plain, context), "f", null, Step, Step, TimeSpan.FromSeconds(1)).CollectAsync(span, null, Stop);
        Assert.Equal(5, stub.Requests.Count);
    }
}
