using ReadyOps.Core.Gates;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>What may not start, and what a start takes over.</summary>
public sealed class RolloutStartTests
{
    [Fact]
    public async Task Months_after_its_success_a_rollback_asks_for_no_sample_of_the_time_in_between()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(RolloutServiceTests.Custom.Replace("\"signals\"", "\"rollback\":{\"share\":\"5%\"},\"signals\"", StringComparison.Ordinal));
        status = await world.RunAsync(status.Id, TimeSpan.FromMinutes(1), TimeSpan.FromHours(5));
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        world.Clock.Advance(TimeSpan.FromDays(200));
        DateTimeOffset asked = world.Now;
        await world.Service.RollBackAsync(status.Id, "found a bug", CancellationToken.None);
        status = await world.RunAsync(status.Id, TimeSpan.FromMinutes(1), TimeSpan.FromHours(5));
        Assert.Equal((RolloutPhase.RolledBack, 5m), (status.Phase, world.Target.Share));
        Assert.All((await world.EventsAsync<SignalsObserved>(status.Id)).SelectMany(seen => seen.Signals).Where(seen => seen.Track.CollectedUntil > asked), seen => Assert.True(seen.After >= asked));
    }

    [Fact]
    public async Task A_gate_that_did_not_pass_or_judged_another_release_starts_nothing()
    {
        var world = new RolloutWorld();
        async Task<string> Refusal(GateResult gate) =>
            (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutServiceTests.Custom, new RolloutStart { Release = "2.4.0", Gates = [gate] }))).Id;

        foreach (GateStatus status in new[] { GateStatus.Failed, GateStatus.Blocked, GateStatus.Skipped })
            Assert.Equal("GateNotPassed", await Refusal(new GateResult { Gate = "prod", Status = status, Release = "2.4.0" }));
        Assert.Equal("GateForOtherRelease", await Refusal(new GateResult { Gate = "prod", Status = GateStatus.Passed, Release = "2.3.9" }));
        Assert.Equal("GateForOtherRelease", await Refusal(new GateResult { Gate = "prod", Status = GateStatus.Passed }));
        DateTimeOffset now = world.Clock.GetUtcNow();
        Assert.Equal("GateStale", await Refusal(new GateResult { Gate = "prod", Status = GateStatus.Passed, Release = "2.4.0", ValidUntil = now }));
        Assert.Empty(world.Target.History);
        Assert.Empty(await world.Store.ListAsync("", CancellationToken.None));
    }

    [Fact]
    public async Task A_past_result_that_passed_does_not_get_round_a_newer_one_that_did_not()
    {
        var world = new RolloutWorld();
        async Task<GateResult> Journalled(GateStatus status, string release = "2.4.0") => await GateJournal.AppendAsync(
            new GateResult { Gate = "prod", Status = status, Release = release, Reason = "so." }, world.Store, world.Context, CancellationToken.None);
        GateResult passed = await Journalled(GateStatus.Passed);
        await Journalled(GateStatus.Failed, "2.5.0");
        GateResult failed = await Journalled(GateStatus.Failed);
        ReadyOpsException refusal = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutServiceTests.Custom, new RolloutStart { Release = "2.4.0", Gates = [passed] }));
        Assert.Equal("GateSuperseded", refusal.Id);
        Assert.Contains(failed.JournalReference, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(world.Target.History);

        await Journalled(GateStatus.Passed);
        Assert.Equal(RolloutPhase.Progressing, (await world.StartAsync(RolloutServiceTests.Custom, new RolloutStart { Release = "2.4.0", Gates = [passed] })).Phase);
    }

    [Fact]
    public async Task A_second_rollout_on_the_same_target_is_refused_or_takes_over()
    {
        var world = new RolloutWorld();
        RolloutStatus first = await world.StartAsync(RolloutServiceTests.Custom);
        ReadyOpsException refusal = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutServiceTests.Custom, new RolloutStart { Release = "2.3.0" }));
        Assert.Equal("TargetBusy", refusal.Id);
        Assert.Contains(first.Id, refusal.Message, StringComparison.Ordinal);

        world.Clock.Advance(RolloutServiceTests.Pace);
        RolloutStatus second = await world.StartAsync(RolloutServiceTests.Custom, new RolloutStart { Release = "2.3.0", Force = true });
        Assert.Equal(RolloutPhase.Superseded, (await world.Service.GetAsync(first.Id, CancellationToken.None)).Phase);
        Assert.Equal(RolloutPhase.Progressing, second.Phase);
        Assert.Equal("TargetBusy", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.RollBackAsync(first.Id, "x", CancellationToken.None))).Id);
    }

    [Fact]
    public async Task A_target_that_already_exposes_more_than_the_first_step_is_not_touched()
    {
        var world = new RolloutWorld();
        world.Target.Share = 40;

        Assert.Equal("TargetNotAtRest", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutServiceTests.Custom))).Id);
        Assert.Empty(world.Target.History);
    }

    [Fact]
    public async Task A_rollout_that_nobody_started_is_not_found_and_leaves_no_journal_behind()
    {
        var world = new RolloutWorld();
        Assert.Equal("RolloutNotFound", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.TickAsync("chekcout", CancellationToken.None))).Id);
        Assert.Empty(await world.Store.ListAsync("", CancellationToken.None));
    }
}
