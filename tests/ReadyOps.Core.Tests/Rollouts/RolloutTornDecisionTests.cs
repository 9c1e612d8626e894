using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>
/// A decision is several lines, and a process may be killed when only the first of them have arrived: whatever arrived, the next tick
/// comes to the same end. Found by the simulation.
/// </summary>
public sealed class RolloutTornDecisionTests
{
    private const string Custom = """
        {"tick":"15s","steps":[{"share":"10%","hold":"10m"},{"share":"100%","hold":"10m"}],"bake":"10m",
         "signals":[{"name":"error-rate","query":"q","stable":"s","bound":"<= 1%","for":"2m"}]}
        """;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_change_by_hand_pauses_and_calls_a_person(int arrive)
    {
        (RolloutWorld world, string id) = await InFirstStepAsync();
        world.Target.Share = 40;

        // Observation, escalation, pause, drift.
        RolloutStatus status = await TearAsync(world, id, lines: 4, arrive);

        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.NotEmpty(await world.EventsAsync<RolloutEscalated>(id));
        Assert.Equal(new DriftDetected(10, 40), Assert.Single(await world.EventsAsync<DriftDetected>(id)));
        status = await world.RunAsync(id, Pace, TimeSpan.FromHours(1));
        Assert.Equal((RolloutPhase.Paused, 40m), (status.Phase, world.Target.Share));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_clock_set_back_pauses_and_calls_a_person(int arrive)
    {
        (RolloutWorld world, string id) = await InFirstStepAsync();
        world.Clock.Advance(-TimeSpan.FromMinutes(30));

        // Escalation, pause, clock.
        RolloutStatus status = await TearAsync(world, id, lines: 3, arrive);

        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.NotEmpty(await world.EventsAsync<RolloutEscalated>(id));
        Assert.NotEmpty(await world.EventsAsync<ClockSetBack>(id));
        status = await world.RunAsync(id, Pace, TimeSpan.FromHours(1));
        Assert.Equal((RolloutPhase.Paused, 10m), (status.Phase, world.Target.Share));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_fault_that_the_stable_side_shares_pauses_and_calls_a_person(int arrive)
    {
        (RolloutWorld world, string id) = await InFirstStepAsync();
        DateTimeOffset fault = world.Now;
        world.Value = world.StableValue = (_, time) => time > fault ? 0.5 : 0;
        RolloutStatus status = await world.RunAsync(id, Pace, TimeSpan.FromSeconds(120));
        Assert.Equal(RolloutPhase.Progressing, status.Phase);

        // Observation, escalation, pause, stable side.
        world.Clock.Advance(Pace);
        status = await TearAsync(world, id, lines: 4, arrive);

        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.NotEmpty(await world.EventsAsync<RolloutEscalated>(id));
        Assert.Single(await world.EventsAsync<StableFailing>(id));
    }

    [Fact]
    public async Task An_act_that_a_rollback_overtakes_has_an_outcome_in_the_journal()
    {
        var world = new RolloutWorld();
        world.Target.SetError = "no answer";
        RolloutStatus status = await world.StartAsync(Custom);
        world.Target.SetError = null;

        status = await world.Service.RollBackAsync(status.Id, "not this one", CancellationToken.None);

        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        Assert.Equal(
            ["RollbackRequested", "ShareAbandoned", "RollbackStarted", "ShareIntended", "ShareSet"],
            status.Events.Select(happened => happened.Type).Where(type => type != "SignalsObserved"));
    }

    [Fact]
    public async Task A_rollback_that_died_before_its_intent_does_not_raise_what_was_lowered_by_hand_meanwhile()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom.Replace("\"tick\"", "\"rollback\":{\"share\":\"5%\"},\"tick\"", StringComparison.Ordinal));
        world.Clock.Advance(Pace);
        // Of the rollback and its intent only the first arrives.
        world.Store.Tear = (2, 1);
        await Assert.ThrowsAsync<KilledException>(async () => await world.Service.RollBackAsync(status.Id, "not this one", CancellationToken.None));
        world.Target.Share = 0;

        status = await world.NewProcess().TickAsync(status.Id, CancellationToken.None);

        Assert.Equal((RolloutPhase.RollingBack, 0m), (status.Phase, world.Target.Share));
    }

    [Fact]
    public async Task Signals_are_not_stale_behind_an_act_that_took_minutes_to_succeed()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom.Replace("\"tick\"", "\"policies\":{\"stale\":{\"action\":\"rollback\",\"after\":\"2m\"}},\"tick\"", StringComparison.Ordinal));
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(3));
        world.Target.Share = 40;
        world.Clock.Advance(Pace);
        status = await world.Service.TickAsync(status.Id, CancellationToken.None);
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        world.Target.SetError = "no answer";
        status = await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        // Nothing changes, so nothing is written down, for four minutes.
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(4));
        world.Target.SetError = null;
        world.Clock.Advance(Pace);

        status = await world.Service.TickAsync(status.Id, CancellationToken.None);

        Assert.Equal((RolloutPhase.Progressing, 10m), (status.Phase, world.Target.Share));
        Assert.Empty(await world.EventsAsync<RollbackStarted>(status.Id));
    }

    [Fact]
    public async Task Both_sides_of_a_signal_are_asked_up_to_the_same_moment_however_slow_the_first_answers()
    {
        (RolloutWorld world, string id) = await InFirstStepAsync();
        var asked = new List<(bool Stable, DateTimeOffset Until)>();
        world.Asked = (_, stable, until) =>
        {
            asked.Add((stable, until));
            world.Clock.Advance(TimeSpan.FromSeconds(20));
        };
        DateTimeOffset now = world.Now;

        await world.Service.TickAsync(id, CancellationToken.None);

        Assert.Equal([(false, now), (true, now)], asked);
    }

    [Fact]
    public async Task An_act_left_open_is_not_done_any_more_once_another_rollout_has_the_target()
    {
        var kill = new KillSwitch(int.MaxValue);
        var world = new RolloutWorld(kill);
        world.Target.SetError = "no answer";
        RolloutStatus first = await world.StartAsync(Custom);
        Assert.Single(await world.EventsAsync<ShareFailed>(first.Id));

        // The start of the next is killed right behind its first line: nobody told the first one.
        world.Clock.Advance(Pace);
        kill.Arm(3);
        await Assert.ThrowsAsync<KilledException>(async () => await world.StartAsync(Custom, new RolloutStart { Release = "2.5.0" }));
        kill.Revive();
        world.Target.SetError = null;
        first = await world.NewProcess().TickAsync(first.Id, CancellationToken.None);

        Assert.Equal(RolloutPhase.Superseded, first.Phase);
        Assert.Empty(world.Target.History);
    }

    private static async Task<(RolloutWorld World, string Id)> InFirstStepAsync()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        Assert.Equal((RolloutPhase.Progressing, 10m), (status.Phase, status.SharePercent));
        return (world, status.Id);
    }

    /// <summary>A tick that is killed when the first lines of an append of so many have arrived, and then the tick of another process.</summary>
    private static async Task<RolloutStatus> TearAsync(RolloutWorld world, string id, int lines, int arrive)
    {
        world.Store.Tear = (lines, arrive);
        await Assert.ThrowsAsync<KilledException>(async () => await world.Service.TickAsync(id, CancellationToken.None));
        world.Clock.Advance(Pace);
        return await world.NewProcess().TickAsync(id, CancellationToken.None);
    }
}
