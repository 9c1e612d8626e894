using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Monitoring;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Rollouts;

namespace ReadyOps.Core.Tests.Monitoring;

public sealed class MonitoringWindowTests
{
    private const string ErrorRate = """{"name":"error-rate","query":"q","bound":"< 0.1%","for":"5m"}""";

    private const string Window = """{"kind":"Monitor","target":{},"signals":[""" + ErrorRate + "]}";

    private const string Hour = """{"kind":"Monitor","target":{},"schedule":[{"every":"15m","until":"1h"}],"signals":[""" + ErrorRate + "]}";

    private readonly RolloutWorld _world = new() { Target = { Share = 100 }, Value = (_, _) => 0.0005 };

    private DateTimeOffset Start { get; set; }

    [Fact]
    public void The_standard_schedule_has_fifty_checkpoints()
    {
        IReadOnlyList<TimeSpan> moments = MonitorReader.Moments(MonitorReader.StandardSchedule);

        // By hand: 6 h / 15 min = 24, (24 - 6) h / 1 h = 18, (48 - 24) h / 3 h = 8.
        Assert.Equal(24 + 18 + 8, moments.Count);
        Assert.Equal([0.25, 6, 7, 24, 27, 48], new[] { 0, 23, 24, 41, 42, 49 }.Select(i => moments[i].TotalHours));
    }

    [Fact]
    public void A_stretch_that_its_distance_does_not_divide_ends_with_a_checkpoint() =>
        Assert.Equal([4, 8, 10], MonitorReader.Moments([(TimeSpan.FromHours(4), TimeSpan.FromHours(10))]).Select(moment => moment.TotalHours));

    [Fact]
    public async Task Healthy_for_48_hours_it_reports_at_every_checkpoint_and_succeeds_without_touching_anything()
    {
        MonitoringWindow window = await RunAsync(Window, TimeSpan.FromMinutes(5), TimeSpan.FromHours(50));

        Assert.Equal((RolloutPhase.Succeeded, Verdict.Pass), (window.Phase, window.Verdict));
        Assert.Equal(MonitorReader.Moments(MonitorReader.StandardSchedule).Select(moment => Start + moment), window.Checkpoints.Select(reached => reached.DueAt));
        Assert.All(window.Checkpoints, reached => Assert.Equal((reached.DueAt, Verdict.Pass), (reached.ReportedAt, reached.Verdict)));
        // A sample every 15 s: 60 in the first quarter of an hour, 720 in the last three hours.
        Assert.Equal((60, 0, 0.0005, 0.0005), Counts(window, 1));
        Assert.Equal((720, 0, 0.0005, 0.0005), Counts(window, 50));
        Assert.Empty(window.Gaps);
        Assert.Empty(_world.Target.History);
        Assert.Equal(Start + TimeSpan.FromHours(48), _world.Now);
    }

    [Fact]
    public async Task A_sustained_breach_takes_the_release_back_while_the_window_lasts()
    {
        Start = _world.Now;
        _world.Value = (_, time) => time >= Start + TimeSpan.FromHours(5) && _world.Target.Share > 0 ? 0.02 : 0.0005;

        MonitoringWindow window = await RunAsync(Window, TimeSpan.FromMinutes(1), TimeSpan.FromHours(10));

        Assert.Equal((RolloutPhase.RolledBack, Verdict.Fail), (window.Phase, window.Verdict));
        Assert.Equal([0m], _world.Target.History);
        RollbackStarted back = Assert.Single(await _world.EventsAsync<RollbackStarted>(window.Id));
        Assert.Equal(Start + TimeSpan.FromHours(5) + TimeSpan.FromMinutes(5), back.Breach!.At);
        Assert.Equal(20, window.Checkpoints.Count); // One each quarter of an hour until the fifth hour, and none after it.
    }

    [Fact]
    public async Task Without_a_target_a_breach_ends_the_window_and_sets_nothing()
    {
        Start = _world.Now;
        _world.Value = (_, time) => time >= Start + TimeSpan.FromMinutes(20) ? 0.02 : 0.0005;

        MonitoringWindow window = await RunAsync(Hour.Replace("\"target\":{},", "", StringComparison.Ordinal), TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        Assert.Equal((RolloutPhase.Failed, Verdict.Fail), (window.Phase, window.Verdict));
        Assert.Empty(_world.Target.History);
        Assert.StartsWith("error-rate was 2%, outside < 0.1%", window.Reason, StringComparison.Ordinal);
        Assert.Single(await _world.EventsAsync<RolloutEscalated>(window.Id));
    }

    [Theory]
    [InlineData(10, RolloutPhase.Succeeded, Verdict.Pass)]
    [InlineData(20, RolloutPhase.Failed, Verdict.Inconclusive)]
    public async Task What_could_not_be_seen_for_longer_than_allowed_is_a_gap_and_no_success(int minutes, RolloutPhase phase, Verdict verdict)
    {
        Start = _world.Now;
        // The samples were never taken, so asking later does not bring them back.
        _world.Value = (_, time) => time > Start + TimeSpan.FromMinutes(20) && time <= Start + TimeSpan.FromMinutes(20 + minutes) ? double.NaN : 0.0005;

        MonitoringWindow window = await RunAsync(Hour, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        Assert.Equal((phase, verdict), (window.Phase, window.Verdict));
        TimeSpan silence = TimeSpan.FromMinutes(minutes) + TimeSpan.FromSeconds(15);
        Assert.Equal(silence, window.Checkpoints.Max(reached => reached.Signals[0].Silence));
        Assert.Equal(minutes == 20 ? 1 : 0, window.Gaps.Count);
        if (minutes == 20) Assert.Equal(("error-rate", 3, silence), (window.Gaps[0].Signal, window.Gaps[0].Checkpoint, window.Gaps[0].Silence));
    }

    [Fact]
    public async Task Nobody_looking_for_an_hour_is_told_but_hides_nothing_of_a_source_with_a_history()
    {
        MonitoringWindow window = await StartAsync(Hour);
        _world.Clock.Advance(TimeSpan.FromMinutes(50));
        window = await Service().TickAsync(window.Id, CancellationToken.None);

        Assert.Equal([true, true, false], window.Checkpoints.Select(reached => reached.Missed));
        Assert.Equal((200, 0, 0.0005, 0.0005), Counts(window, 3)); // 50 minutes of 4 samples each.
        Assert.Equal(["", ""], window.Gaps.Select(gap => gap.Signal));
        window = await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));
        Assert.Equal(RolloutPhase.Succeeded, window.Phase);
    }

    [Fact]
    public async Task Nobody_looking_hides_what_a_check_would_have_said()
    {
        _world.Value = (_, _) => 1;
        MonitoringWindow window = await StartAsync(Hour.Replace(ErrorRate, """{"name":"tests","type":"tests","consecutive":1}""", StringComparison.Ordinal));
        for (int quarter = 1; quarter <= 2; quarter++)
        {
            _world.Clock.Advance(TimeSpan.FromMinutes(15));
            window = await Service().TickAsync(window.Id, CancellationToken.None);
        }

        Assert.Empty(window.Gaps); // Ticked at its checkpoints only, a check is seen as often as the schedule says.
        _world.Clock.Advance(TimeSpan.FromMinutes(40));
        window = await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

        Assert.Equal((RolloutPhase.Failed, Verdict.Inconclusive), (window.Phase, window.Verdict));
        Assert.Equal(["", "tests"], window.Gaps.Select(gap => gap.Signal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    public async Task What_a_query_cannot_say_yet_because_it_looks_back_is_no_gap_and_calls_nobody(int pace)
    {
        const string Leak = """{"name":"no leak","query":"deriv(process_resident_memory_bytes[1h])","bound":"< 300","for":"10m"}""";
        Start = _world.Now;
        // Nothing from before the window says anything about it, so Prometheus is asked for what lies an hour after its start and later.
        _world.Value = (name, time) => name == "no leak" ? (time < Start + TimeSpan.FromHours(1) ? double.NaN : 10) : 0.0005;
        string document = Hour.Replace("\"until\":\"1h\"", "\"until\":\"2h\"", StringComparison.Ordinal).Replace(ErrorRate, $"{ErrorRate},{Leak}", StringComparison.Ordinal);
        MonitoringWindow window = await RunAsync(document, TimeSpan.FromMinutes(pace), TimeSpan.FromHours(3));

        Assert.Equal((RolloutPhase.Succeeded, Verdict.Pass), (window.Phase, window.Verdict));
        Assert.Empty(window.Gaps);
        Assert.Empty(await _world.EventsAsync<RolloutEscalated>(window.Id));
        Assert.Equal((Verdict.Inconclusive, Verdict.Pass), (window.Checkpoints[0].Signals[1].Verdict, window.Checkpoints[7].Signals[1].Verdict));
    }

    [Fact]
    public async Task What_is_silent_for_longer_than_it_looks_back_is_a_gap_from_then_on()
    {
        Start = _world.Now;
        _world.Value = (_, time) => time < Start + TimeSpan.FromMinutes(50) ? double.NaN : 0.0005;
        string document = Hour.Replace("\"query\":\"q\"", "\"query\":\"deriv(q[30m])\"", StringComparison.Ordinal);
        MonitoringWindow window = await RunAsync(document, TimeSpan.FromMinutes(1), TimeSpan.FromHours(3));

        Assert.Equal((RolloutPhase.Failed, Verdict.Inconclusive), (window.Phase, window.Verdict));
        // Expected from the 30th minute on, seen in the 50th: at checkpoint 3, in the 45th, it is no gap yet.
        Assert.Equal((4, TimeSpan.FromMinutes(20)), (window.Gaps[0].Checkpoint, window.Gaps[0].Silence));
    }

    [Fact]
    public async Task An_initial_delay_is_no_gap()
    {
        MonitoringWindow window = await RunAsync(Hour.Replace("\"for\":\"5m\"", "\"for\":\"5m\",\"initialDelay\":\"25m\"", StringComparison.Ordinal), TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));
        Assert.Equal((RolloutPhase.Succeeded, Verdict.Pass), (window.Phase, window.Verdict));
        Assert.Empty(window.Gaps);
    }

    [Fact]
    public async Task A_blip_shorter_than_for_at_the_very_checkpoint_is_counted_and_forgiven()
    {
        Start = _world.Now;
        _world.Value = (_, time) => time > Start + TimeSpan.FromMinutes(14) && time <= Start + TimeSpan.FromMinutes(16) ? 0.05 : 0.0005;

        MonitoringWindow window = await RunAsync(Hour, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        Assert.Equal((RolloutPhase.Succeeded, Verdict.Pass), (window.Phase, window.Verdict));
        Assert.Equal(Verdict.Fail, window.Checkpoints[0].Verdict);
        Assert.Equal((60, 4, 0.0005, 0.05), Counts(window, 1)); // A minute before the checkpoint is four samples, and four after it.
        Assert.Equal((60, 4, 0.0005, 0.05), Counts(window, 2));
    }

    [Fact]
    public async Task A_fault_at_the_very_end_is_waited_for_until_it_is_a_breach()
    {
        Start = _world.Now;
        _world.Value = (_, time) => time >= Start + TimeSpan.FromMinutes(58) && _world.Target.Share > 0 ? 0.05 : 0.0005;

        MonitoringWindow window = await RunAsync(Hour, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        Assert.Equal((RolloutPhase.RolledBack, Verdict.Fail), (window.Phase, window.Verdict));
    }

    [Fact]
    public async Task A_share_that_was_moved_and_not_set_back_by_the_end_is_no_success()
    {
        MonitoringWindow window = await StartAsync(Hour);
        await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(30));
        _world.Target.Share = 40;

        window = await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        Assert.Equal((RolloutPhase.Failed, Verdict.Inconclusive), (window.Phase, window.Verdict));
        Assert.EndsWith("the target exposes 40% although 100% was to be watched", window.Reason, StringComparison.Ordinal);
        Assert.Empty(_world.Target.History);
    }

    [Fact]
    public async Task A_share_that_is_set_back_shortly_after_the_end_is_waited_for()
    {
        MonitoringWindow window = await StartAsync(Hour);
        await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(58));
        _world.Target.Share = 40;
        await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5));
        await _world.Service.ResumeAsync(window.Id, null, CancellationToken.None);

        window = await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        Assert.Equal(RolloutPhase.Succeeded, window.Phase);
        Assert.Equal([100m], _world.Target.History);
    }

    [Fact]
    public async Task A_pause_does_not_stop_the_clock_of_a_window()
    {
        MonitoringWindow window = await StartAsync(Hour);
        await _world.Service.SuspendAsync(window.Id, "deploy freeze", CancellationToken.None);

        window = await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        Assert.Equal(RolloutPhase.Succeeded, window.Phase);
        Assert.Equal(4, window.Checkpoints.Count);
    }

    [Fact]
    public async Task Before_the_first_sample_nothing_was_seen_since_the_start()
    {
        Start = _world.Now;
        _world.Value = (_, time) => time <= Start + TimeSpan.FromMinutes(40) ? double.NaN : 0.0005;

        MonitoringWindow window = await RunAsync(Hour.Replace("15m", "1h", StringComparison.Ordinal), TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));

        // The first sample comes 15 s after the 40 minutes.
        Assert.Equal(TimeSpan.FromMinutes(40) + TimeSpan.FromSeconds(15), Assert.Single(window.Gaps).Silence);
        Assert.Equal((RolloutPhase.Failed, Verdict.Inconclusive), (window.Phase, window.Verdict));
    }

    [Fact]
    public async Task A_promotion_asked_for_at_the_end_is_refused_before_it()
    {
        MonitoringWindow window = await StartAsync(Hour);
        await RunOnAsync(window, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(59));
        _world.Clock.Advance(TimeSpan.FromMinutes(1));

        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () =>
            await _world.Service.PromoteAsync(window.Id, full: false, force: true, "on with it", CancellationToken.None));

        Assert.Equal("PromotionRefused", refused.Id);
        Assert.IsType<RolloutSucceeded>((await _world.EventsAsync(window.Id))[^1].Event);
    }

    [Fact]
    public async Task What_was_seen_before_the_first_tick_came_to_its_end_counts()
    {
        int appends = 0;
        // The claim of the target and the start are written, what the first tick decides is not.
        _world.Store.AppendError = _ => ++appends == 3 ? "No space left on device" : null;
        Assert.Equal("JournalWriteFailed", (await Assert.ThrowsAsync<ReadyOpsException>(() => StartAsync(Hour))).Id);
        string id = Assert.Single(await _world.Service.ListActiveIdsAsync(CancellationToken.None));

        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        MonitoringWindow window = await Service().TickAsync(id, CancellationToken.None);

        Assert.Equal(Verdict.Pass, Assert.Single(window.Checkpoints).Verdict);
        Assert.Equal((60, 0, 0.0005, 0.0005), Counts(window, 1));
    }

    [Fact]
    public async Task A_window_that_was_paused_before_it_began_to_watch_sets_no_share_when_it_goes_on()
    {
        int appends = 0;
        _world.Store.AppendError = _ => ++appends == 3 ? "No space left on device" : null;
        double Shared(DateTimeOffset time) => time <= Start + TimeSpan.FromMinutes(10) ? 0.05 : 0.0005;
        (_world.Value, _world.StableValue) = ((_, time) => Shared(time), (_, time) => Shared(time));
        string shared = Hour.Replace("\"query\":\"q\"", "\"query\":\"q\",\"stable\":\"s\"", StringComparison.Ordinal);
        Assert.Equal("JournalWriteFailed", (await Assert.ThrowsAsync<ReadyOpsException>(() => StartAsync(shared))).Id);
        string id = Assert.Single(await _world.Service.ListActiveIdsAsync(CancellationToken.None));

        _world.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(RolloutPhase.Paused, (await Service().TickAsync(id, CancellationToken.None)).Phase);
        _world.Clock.Advance(TimeSpan.FromMinutes(10));
        await Service().TickAsync(id, CancellationToken.None);
        _world.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(RolloutPhase.Baking, (await Service().TickAsync(id, CancellationToken.None)).Phase);
        Assert.Empty(_world.Target.History);
        Assert.Empty(await _world.EventsAsync<ShareIntended>(id));
    }

    [Fact]
    public async Task A_process_that_remembers_nothing_comes_to_the_same_reports()
    {
        MonitoringWindow first = await RunAsync(Hour, TimeSpan.FromMinutes(1), TimeSpan.FromHours(2));
        var other = new MonitoringWindowTests();
        MonitoringWindow second = await other.StartAsync(Hour);
        while (!second.Ended)
        {
            other._world.Clock.Advance(TimeSpan.FromMinutes(1));
            second = await new MonitoringService(other._world.NewProcess()).TickAsync(second.Id, CancellationToken.None);
        }

        Assert.Equal(first.Checkpoints.SelectMany(reached => reached.Signals), second.Checkpoints.SelectMany(reached => reached.Signals));
    }

    [Fact]
    public async Task A_share_that_is_not_the_one_to_watch_is_refused_and_nothing_is_begun()
    {
        _world.Target.Share = 50;

        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(() => StartAsync(Hour));

        Assert.Equal("ShareDiffers", refused.Id);
        Assert.Contains("exposes 50%, and the window is to watch 100%", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollout_is_no_window()
    {
        _world.Target.Share = 0;
        RolloutStatus rollout = await _world.StartAsync(RolloutServiceTests.Custom);

        Assert.Equal("MonitoringWindowNotFound", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await Service().TickAsync(rollout.Id, CancellationToken.None))).Id);
        Assert.Null(await Service().FindAsync(rollout.Id, CancellationToken.None));
    }

    [Fact]
    public void Every_mistake_of_a_document_is_told_with_its_place()
    {
        const string Yaml = """
            apiVersion: readyops/v1
            kind: Monitor
            name: after
            share: 0%
            schedule:
              - {every: 15m, until: 6h}
              - {every: 1h, until: 5h}
            rollback: {share: 0%}
            """;
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes(Yaml), "m.yaml", Path.GetTempPath(), "Monitor");
        DocumentException wrong = Assert.Throws<DocumentException>(() => new RolloutService(_world.Store, _world.Context).Preview(document));

        Assert.Equal(
            ["m.yaml:1:1: ", "m.yaml:4:8: /share", "m.yaml:7:24: /schedule/1/until", "m.yaml:8:11: /rollback"],
            wrong.Problems.Select(problem => $"m.yaml:{problem.Line}:{problem.Column}: {problem.Path}"));
    }

    private static (int, int, double?, double?) Counts(MonitoringWindow window, int number) =>
        window.Checkpoints[number - 1].Signals[0] is var reading ? (reading.Samples, reading.Bad, reading.Min, reading.Max) : default;

    private MonitoringService Service() => new(_world.Service);

    private async Task<MonitoringWindow> StartAsync(string json)
    {
        Start = _world.Now;
        return await Service().StartAsync(RolloutWorld.Document(json), new RolloutStart { Release = "2.4.0" }, CancellationToken.None);
    }

    private async Task<MonitoringWindow> RunAsync(string json, TimeSpan pace, TimeSpan atMost) => await RunOnAsync(await StartAsync(json), pace, atMost);

    private async Task<MonitoringWindow> RunOnAsync(MonitoringWindow window, TimeSpan pace, TimeSpan atMost)
    {
        await _world.RunAsync(window.Id, pace, atMost);
        return await Service().GetAsync(window.Id, CancellationToken.None);
    }
}
