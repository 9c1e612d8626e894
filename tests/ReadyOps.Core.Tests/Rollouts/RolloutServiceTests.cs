using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Rollouts;

public sealed class RolloutServiceTests
{
    private const string Steps = """
        "tick": "15s", "steps": [{"share":"5%","hold":"10m"},{"share":"25%","hold":"10m"},{"share":"100%","hold":"10m"}], "bake": "30m",
        """;

    private const string ErrorRate = """
        "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"5m"}]
        """;

    internal const string Custom = "{" + Steps + ErrorRate + "}";

    internal static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task The_safe_strategy_takes_seven_days_and_bakes_for_two()
    {
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now;
        RolloutStatus status = await world.StartAsync("{\"strategy\":\"safe\"," + ErrorRate + "}");

        status = await world.RunAsync(status.Id, TimeSpan.FromMinutes(30), TimeSpan.FromDays(10));

        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.Equal([0m, 5m, 10m, 25m, 50m, 75m, 100m], world.Target.History);
        // A day a step, then 48 hours: the first tick at which nine days are over.
        Assert.Equal(TimeSpan.FromDays(9), world.Now - start);
        (DateTimeOffset At, RolloutEvent Event)[] set = [.. (await world.EventsAsync(status.Id)).Where(e => e.Event is ShareSet)];
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], set.Select(e => (e.At - start).TotalDays));
    }

    [Fact]
    public async Task A_sustained_breach_goes_back_to_0_at_once_and_is_verified()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(12);
        // The fault lasts as long as anybody is exposed to it.
        world.Value = (_, time) => time >= fault && world.Target.Share > 0 ? 0.03 : 0.001;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));

        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
        Assert.Equal(0, world.Target.Share);
        Assert.Equal([5m, 25m, 0m], world.Target.History);
        RollbackStarted rollback = Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id));
        Assert.Equal((RollbackCause.Breach, "error-rate"), (rollback.Cause, rollback.Signal));
        Assert.Equal(fault, rollback.Breach!.Since);
        Assert.Equal(fault + TimeSpan.FromMinutes(5), rollback.Breach.At);
        Assert.Equal("error-rate was 3%, outside <= 1% by 2%, for 5m", rollback.Reason.Split(": since")[0]);
    }

    [Fact]
    public async Task Between_two_checkpoints_the_status_says_what_the_ticks_saw_and_an_hour_without_ticks_it_says_stale()
    {
        var world = new RolloutWorld { Value = (_, _) => 0.001 };
        RolloutStatus status = await world.StartAsync("{\"strategy\":\"safe\"," + ErrorRate + "}");
        status = await world.RunAsync(status.Id, TimeSpan.FromMinutes(5), TimeSpan.FromDays(2), s => s.Step == 2);
        var verdicts = new List<Verdict>();
        for (int tick = 0; tick < 60; tick++)
        {
            world.Clock.Advance(Pace);
            verdicts.Add((await world.Service.TickAsync(status.Id, CancellationToken.None)).Signals.Single().Verdict);
            verdicts.Add((await world.Service.GetAsync(status.Id, CancellationToken.None)).Signals.Single().Verdict);
        }

        // The first sample of the step, then the second; the third makes it pass, and nothing happens after that.
        Assert.Equal([Verdict.Inconclusive, Verdict.Pass], verdicts.Distinct());

        world.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Verdict.Stale, (await world.Service.GetAsync(status.Id, CancellationToken.None)).Signals.Single().Verdict);
        Assert.Equal(Verdict.Pass, (await world.Service.TickAsync(status.Id, CancellationToken.None)).Signals.Single().Verdict);
    }

    [Fact]
    public async Task Between_two_checkpoints_only_signals_without_a_history_are_journalled_and_the_checkpoint_still_comes()
    {
        var world = new RolloutWorld { Value = (name, _) => name == "health" ? 1 : 0.001 };
        RolloutStatus status = await world.StartAsync("""
            {"steps":[{"share":"50%","hold":"20h"}],"signals":[{"name":"error-rate","query":"q","bound":"<= 1%","for":"5m"},{"name":"health","type":"http","url":"http://h/"}]}
            """);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        DateTimeOffset from = world.Now;
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(30));

        string[] seen = [.. (await world.EventsAsync(status.Id)).Where(e => e.At > from).Select(e => string.Join('+', Assert.IsType<SignalsObserved>(e.Event).Signals.Select(s => s.Signal)))];
        // 30 minutes at 15 s; a checkpoint every 5 minutes.
        Assert.Equal(120, seen.Length);
        Assert.Equal(6, seen.Count(names => names == "error-rate+health"));
        Assert.Equal(114, seen.Count(names => names == "health"));
    }

    [Fact]
    public async Task A_health_check_beside_quiet_metrics_rolls_back_after_five_failures_in_a_row_though_every_tick_is_a_new_process()
    {
        var world = new RolloutWorld { Value = (name, _) => name == "health" ? 1 : 0.001 };
        RolloutStatus status = await world.StartAsync("""
            {"steps":[{"share":"50%","hold":"20h"}],"signals":[{"name":"error-rate","query":"q","bound":"<= 1%","for":"5m"},{"name":"health","type":"http","url":"http://h/"}]}
            """);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(17));
        DateTimeOffset fault = world.Now;
        world.Value = (name, _) => name == "health" ? 0 : 0.001;
        for (int tick = 1; tick <= 5; tick++)
        {
            Assert.Equal(RolloutPhase.Progressing, status.Phase);
            world.Clock.Advance(Pace);
            status = await world.NewProcess().TickAsync(status.Id, CancellationToken.None);
        }

        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        SignalBreach breach = Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Breach!;
        Assert.Equal((fault + Pace, fault + (5 * Pace)), (breach.Since, breach.At));
    }

    [Theory]
    [InlineData(4.75, false)]
    [InlineData(5, true)]
    public async Task A_blip_shorter_than_for_is_waited_out(double minutes, bool rolledBack)
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(3);
        world.Value = (_, time) => time >= fault && time <= fault + TimeSpan.FromMinutes(minutes) ? 0.03 : 0.001;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(3));

        Assert.Equal(rolledBack ? RolloutPhase.RolledBack : RolloutPhase.Succeeded, status.Phase);
    }

    [Theory]
    [InlineData(RolloutPhase.Paused)]
    [InlineData(RolloutPhase.Baking)]
    public async Task Triggers_stay_armed_while_paused_and_while_baking(RolloutPhase phase)
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        if (phase == RolloutPhase.Paused)
        {
            world.Clock.Advance(Pace);
            status = await world.Service.SuspendAsync(status.Id, "lunch", CancellationToken.None);
        }

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1), s => s.Phase == phase);
        Assert.Equal(phase, status.Phase);
        DateTimeOffset fault = world.Now;
        world.Value = (_, _) => world.Target.Share > 0 ? 0.5 : 0.001;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));

        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
        RollbackStarted rollback = Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id));
        Assert.Equal(fault + Pace, rollback.Breach!.Since);
        Assert.Equal(0, world.Target.Share);
    }

    [Fact]
    public async Task A_breach_that_passed_between_two_ticks_is_seen_and_answered()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(1);
        world.Value = (_, time) => time >= fault && time < fault + TimeSpan.FromMinutes(6) ? 0.03 : 0.001;

        world.Clock.Advance(TimeSpan.FromMinutes(9));
        status = await world.Service.TickAsync(status.Id, CancellationToken.None);

        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        Assert.Equal(0, world.Target.Share);
    }

    [Theory]
    [InlineData("outage", "Error")]
    [InlineData("silence", "NoData")]
    [InlineData("stop", "Stale")]
    public async Task Without_measurements_the_share_never_rises_and_the_rollout_pauses_and_goes_on_when_they_are_back(string what, string verdict)
    {
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now;
        RolloutStatus status = await world.StartAsync(Custom);
        DateTimeOffset gone = what == "stop" ? start + TimeSpan.FromMinutes(2) : start;
        DateTimeOffset back = start + TimeSpan.FromMinutes(60);
        bool Gone(DateTimeOffset time) => time >= gone && time < back;
        if (what == "outage") world.Outage = now => Gone(now) ? "connection refused" : null;
        else world.Value = (_, time) => Gone(time) ? double.NaN : 0.001;

        RolloutStatus paused = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(55));
        Assert.Equal(RolloutPhase.Paused, paused.Phase);
        Assert.Equal(5, world.Target.Share);
        Assert.Contains($"says {verdict} for too long", paused.Reason, StringComparison.Ordinal);
        Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id));

        RolloutStatus ended = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(5));
        Assert.Equal(RolloutPhase.Succeeded, ended.Phase);
        Assert.Empty(await world.EventsAsync<RollbackStarted>(status.Id));
    }

    [Fact]
    public async Task A_policy_may_roll_back_when_there_is_no_data_for_too_long()
    {
        var world = new RolloutWorld { Value = (_, _) => double.NaN };
        RolloutStatus status = await world.StartAsync("{" + Steps + "\"policies\":{\"noData\":{\"action\":\"rollback\",\"after\":\"2m\"}}," + ErrorRate + "}");
        DateTimeOffset start = world.Now;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1), s => s.Phase != RolloutPhase.Progressing);

        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        Assert.Equal(TimeSpan.FromMinutes(2), world.Now - start);
        Assert.Equal(RollbackCause.Policy, Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Cause);
    }

    [Fact]
    public async Task A_share_moved_by_hand_pauses_until_a_person_resumes_which_puts_it_back()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
        world.Target.Share = 60;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Equal(new DriftDetected(5, 60), Assert.Single(await world.EventsAsync<DriftDetected>(status.Id)));
        Assert.Equal([5m], world.Target.History);

        status = await world.Service.ResumeAsync(status.Id, "that was me, sorry", CancellationToken.None);
        Assert.Equal(5, world.Target.Share);
        Assert.Equal(RolloutPhase.Progressing, status.Phase);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(5));
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.Equal([5m, 5m, 25m, 100m], world.Target.History);
    }

    [Fact]
    public async Task A_breach_that_the_stable_side_shares_pauses_and_calls_a_person_instead_of_rolling_back()
    {
        var world = new RolloutWorld();
        string document = Custom.Replace("\"query\":\"q\"", "\"query\":\"q\",\"stable\":\"s\"", StringComparison.Ordinal);
        RolloutStatus status = await world.StartAsync(document);
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(1);
        DateTimeOffset stableWell = fault + TimeSpan.FromMinutes(20);
        world.Value = (_, time) => time >= fault && world.Target.Share > 0 ? 0.2 : 0;
        world.StableValue = (_, time) => time >= fault && time < stableWell ? 0.2 : 0;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(20));
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Equal([5m], world.Target.History);
        Assert.Single(await world.EventsAsync<StableFailing>(status.Id));

        // The stable side recovers and the release does not: now it is the release.
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(20));
        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
    }

    [Fact]
    public async Task A_pause_does_not_count_as_holding()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(4));
        await world.Service.SuspendAsync(status.Id, "look at it", CancellationToken.None);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(30));
        status = await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        Assert.Equal(TimeSpan.FromMinutes(6), status.Remaining);

        DateTimeOffset resumed = world.Now;
        await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1), s => s.Step == 2);
        Assert.Equal(TimeSpan.FromMinutes(6), world.Now - resumed);
    }

    [Fact]
    public async Task An_abort_takes_the_release_back_at_once_and_says_who_and_why()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(3));

        status = await world.Service.RollBackAsync(status.Id, "customers complain", CancellationToken.None);
        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        Assert.Equal(0, world.Target.Share);
        Assert.Equal("alice", status.Events.Single(e => e.Type == nameof(RollbackRequested)).Actor);

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
    }

    [Fact]
    public async Task A_rollout_that_has_succeeded_can_still_be_taken_back()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(3));
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);

        await world.Service.RollBackAsync(status.Id, "found a bug", CancellationToken.None);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));

        Assert.Equal((RolloutPhase.RolledBack, 0m), (status.Phase, world.Target.Share));
    }

    [Fact]
    public async Task A_target_that_refuses_is_asked_again_until_the_share_is_back_however_long_it_takes()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        world.Value = (_, _) => world.Target.Share > 0 ? 0.5 : 0;
        world.Target.SetError = "the socket is gone";

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        Assert.Equal(5, world.Target.Share);
        Assert.Single(await world.EventsAsync<ShareFailed>(status.Id));
        Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id));

        world.Target.SetError = null;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));
        Assert.Equal((0m, RolloutPhase.RolledBack), (world.Target.Share, status.Phase));
    }

    [Fact]
    public async Task A_target_that_cannot_be_read_holds_the_share_pauses_and_goes_on_when_it_can()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        world.Target.ReadError = "timeout";
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(30));
        Assert.Equal((RolloutPhase.Paused, 5m), (status.Phase, world.Target.Share));
        Assert.Contains("timeout", status.Reason, StringComparison.Ordinal);

        world.Target.ReadError = null;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(5));
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
    }

    [Fact]
    public async Task A_signal_that_does_not_recover_after_the_rollback_makes_it_fail_and_calls_a_person()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        world.Value = (_, _) => 0.5;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1), now => now.Phase == RolloutPhase.RollingBack);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
        Assert.EndsWith(" Back at 0%; waiting until error-rate recovers, which says Fail.", status.Reason, StringComparison.Ordinal);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));

        Assert.Equal((RolloutPhase.Failed, 0m), (status.Phase, world.Target.Share));
        Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id));
    }

    [Fact]
    public async Task A_signal_with_nothing_left_to_measure_at_0_has_recovered()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        world.Value = (_, _) => world.Target.Share > 0 ? 0.5 : double.NaN;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));

        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
    }

    [Fact]
    public async Task A_quiet_tick_writes_nothing_and_still_tells_what_it_saw()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(4));

        Assert.Empty(status.Events);
        Assert.Equal((Verdict.Pass, world.Now), (status.Signals[0].Verdict, status.Signals[0].ValueTime));
    }

    [Fact]
    public async Task A_look_from_elsewhere_tells_what_was_journalled_last_and_when_nobody_ticks()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(4));

        status = await world.Service.GetAsync(status.Id, CancellationToken.None);
        Assert.Equal(Verdict.Pass, status.Signals[0].Verdict);
        Assert.Equal("Step 1 of 3: 6m to go.", status.Reason);

        world.Clock.Advance(TimeSpan.FromMinutes(6));
        status = await world.Service.GetAsync(status.Id, CancellationToken.None);
        Assert.EndsWith("Nobody has ticked it since 2027-01-15 08:00:45Z.", status.Reason, StringComparison.Ordinal);
    }
}
