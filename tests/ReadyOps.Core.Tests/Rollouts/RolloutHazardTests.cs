using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>What goes wrong around a rollout, one hazard a test.</summary>
public sealed class RolloutHazardTests
{
    private const string Steps = """
        "tick": "15s", "steps": [{"share":"10%","hold":"10m"},{"share":"50%","hold":"10m"},{"share":"100%","hold":"10m"}], "bake": "10m",
        """;

    private const string ErrorRate = """
        "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}]
        """;

    private const string Custom = "{" + Steps + ErrorRate + "}";

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_person_who_pauses_after_the_process_died_in_the_act_is_obeyed_when_the_act_turns_out_done()
    {
        var kill = new KillSwitch(int.MaxValue);
        var world = new RolloutWorld(kill);
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(9.75));
        world.Clock.Advance(Pace);
        // Of the tick that enters step 2: read, append observation and intent, set; then dead before reading back.
        kill.Arm(3);
        await Assert.ThrowsAsync<KilledException>(async () => await world.Service.TickAsync(status.Id, CancellationToken.None));
        Assert.Equal(50, world.Target.Share);
        kill.Revive();

        status = await world.NewProcess().SuspendAsync(status.Id, "something is odd", CancellationToken.None);
        Assert.Equal((RolloutPhase.Paused, 2, 50m), (status.Phase, status.Step, status.SharePercent));
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));
        Assert.Equal((RolloutPhase.Paused, 50m), (status.Phase, world.Target.Share));

        status = await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        Assert.Equal((RolloutPhase.Progressing, TimeSpan.FromMinutes(10)), (status.Phase, status.Remaining));
    }

    [Fact]
    public async Task A_signal_that_stays_bad_for_a_while_after_the_way_back_and_then_recovers_is_recovered()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        DateTimeOffset well = world.Now + TimeSpan.FromMinutes(12);
        // Bad for longer than 'for' after the rollback, as a query that looks back further than the step is.
        world.Value = (_, time) => time < well ? 0.5 : 0;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));

        Assert.Equal((RolloutPhase.RolledBack, 0m), (status.Phase, world.Target.Share));
        // The first good sample, and no longer: at 0 % nothing more has to be measured.
        Assert.InRange(world.Now, well, well + Pace);
    }

    [Fact]
    public async Task The_same_change_by_hand_pauses_again_after_it_went_away_by_itself()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        for (int time = 1; time <= 2; time++)
        {
            await world.RunAsync(status.Id, Pace, Pace);
            world.Target.Share = 60;
            status = await world.RunAsync(status.Id, Pace, Pace);
            Assert.Equal(RolloutPhase.Paused, status.Phase);
            world.Target.Share = 10;
            await world.RunAsync(status.Id, Pace, Pace);
            status = await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
            Assert.Equal(RolloutPhase.Progressing, status.Phase);
        }

        Assert.Equal(2, (await world.EventsAsync<DriftDetected>(status.Id)).Count);
        Assert.Equal([10m], world.Target.History);
    }

    [Fact]
    public async Task A_step_that_was_to_lower_raises_nothing_that_was_lowered_further_while_a_signal_fails()
    {
        var world = new RolloutWorld();
        (world.Target.Share, world.Target.SetError) = (60, "refused");
        RolloutStatus status = await world.StartAsync(Custom, new RolloutStart { Release = "2.4.0", Force = true });
        Assert.Equal(10, Assert.Single(await world.EventsAsync<ShareIntended>(status.Id)).To);

        (world.Target.Share, world.Target.SetError) = (0, null);
        world.Value = (_, _) => 0.5;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromSeconds(30));
        Assert.Equal((RolloutPhase.Paused, 0m), (status.Phase, world.Target.Share));
        Assert.Empty(world.Target.History);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rollback_raises_nothing_that_a_person_took_to_0(bool afterwards)
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync("{\"rollback\":{\"share\":\"5%\"}," + Steps + ErrorRate + "}");
        await world.RunAsync(status.Id, Pace, Pace);
        if (!afterwards) world.Target.Share = 0;
        await world.Service.RollBackAsync(status.Id, "down", CancellationToken.None);
        world.Target.Share = 0;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));

        Assert.Equal((RolloutPhase.RolledBack, 0m, 0m), (status.Phase, status.SharePercent, world.Target.Share));
        Assert.Equal(afterwards ? [10m, 5m] : [10m, 0m], world.Target.History);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_stops_the_rise_until_a_person_says_so_and_triggers_stay_armed()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(8));
        world.Clock.Advance(-TimeSpan.FromHours(1));

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(30));
        Assert.Equal((RolloutPhase.Paused, 10m), (status.Phase, world.Target.Share));
        Assert.Contains("set back by ", status.Reason, StringComparison.Ordinal);
        Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id));

        DateTimeOffset fault = world.Now;
        world.Value = (_, time) => time > fault ? 0.5 : 0;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2.25));
        Assert.Equal((RolloutPhase.RollingBack, 0m), (status.Phase, world.Target.Share));
    }

    [Fact]
    public async Task A_breach_that_the_stable_side_soon_no_longer_shares_is_answered_even_if_one_tick_sees_all_of_it()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom.Replace("\"query\":\"q\"", "\"query\":\"q\",\"stable\":\"s\"", StringComparison.Ordinal));
        DateTimeOffset start = world.Now;
        world.Value = (_, time) => time <= start + TimeSpan.FromMinutes(20) ? 0.5 : 0;
        world.StableValue = (_, time) => time <= start + TimeSpan.FromMinutes(10) ? 0.5 : 0;

        world.Clock.Advance(TimeSpan.FromMinutes(30));
        status = await world.Service.TickAsync(status.Id, CancellationToken.None);

        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        Assert.Equal(start + TimeSpan.FromMinutes(10) + Pace, Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Breach!.At);
    }

    [Fact]
    public async Task A_target_that_can_be_read_and_not_set_calls_a_person_once_and_is_asked_again()
    {
        var world = new RolloutWorld();
        world.Target.SetError = "Permission denied.";
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal((RolloutPhase.Pending, 0m), (status.Phase, world.Target.Share));
        Assert.Equal("The share could not be set to 10% for 10m: Permission denied. It goes on trying.",
            Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id)).Reason);

        world.Target.SetError = null;
        status = await world.RunAsync(status.Id, Pace, Pace);
        Assert.Equal((RolloutPhase.Progressing, 10m), (status.Phase, world.Target.Share));
    }

    [Fact]
    public async Task A_start_that_died_before_it_began_leaves_the_target_to_the_rollout_that_has_it()
    {
        var kill = new KillSwitch(int.MaxValue);
        var world = new RolloutWorld(kill);
        RolloutStatus first = await world.StartAsync(Custom);
        await world.RunAsync(first.Id, Pace, TimeSpan.FromMinutes(5));
        // Read the target, claim it; then dead before the journal of the second begins.
        kill.Arm(2);
        await Assert.ThrowsAsync<KilledException>(async () => await world.StartAsync(Custom, new RolloutStart { Release = "2.5.0", Force = true }));
        kill.Revive();
        Assert.Equal(RolloutPhase.Progressing, (await world.Service.GetAsync(first.Id, CancellationToken.None)).Phase);

        RolloutStatus status = await world.NewProcess().RollBackAsync(first.Id, "it is bad", CancellationToken.None);
        Assert.Equal((RolloutPhase.RollingBack, 0m), (status.Phase, world.Target.Share));
    }

    [Fact]
    public async Task Taking_a_release_back_waits_for_no_metrics()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        int asked = world.Collections;

        await world.Service.RollBackAsync(status.Id, "now", CancellationToken.None);

        Assert.Equal(0, world.Target.Share);
        Assert.Equal(asked, world.Collections);
    }

    [Fact]
    public async Task A_full_disk_after_the_act_loses_nothing()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(9.75));
        world.Clock.Advance(Pace);
        int appends = 0;
        world.Store.AppendError = _ => ++appends == 2 ? "no space left on device" : null;
        Assert.Equal("JournalWriteFailed", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.TickAsync(status.Id, CancellationToken.None))).Id);
        Assert.Equal(50, world.Target.Share);

        status = await world.Service.TickAsync(status.Id, CancellationToken.None);

        Assert.Equal((2, 50m), (status.Step, status.SharePercent));
        Assert.Equal([10m, 50m], world.Target.History);
    }
}
