using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Several targets as one release: all rise together, and one breach takes all back.</summary>
public sealed class RolloutTargetsTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task All_rise_together_in_their_order_and_every_share_is_journalled()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));

        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.Equal([10m, 50m, 100m], world.Target.History);
        Assert.Equal([10m, 50m, 100m], world.Others[0].History);
        Assert.Equal([10m, 50m, 100m], world.Others[1].History);
        Assert.Equal("fake web/new + fake api/new + fake jobs/new", status.Target);
        Assert.Equal(["fake web/new", "fake api/new", "fake jobs/new"], (await world.EventsAsync<ShareIntended>(status.Id))[0].Targets!);
        Assert.Equal([("fake web/new", 10m), ("fake api/new", 10m), ("fake jobs/new", 10m)], (await world.EventsAsync<ShareSet>(status.Id))[0].Shares!.Select(share => (share.Target, share.Percent)));
    }

    [Fact]
    public async Task One_breach_takes_all_back_also_while_one_of_them_refuses()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(12));
        DateTimeOffset fault = world.Now;
        world.Value = (_, time) => time > fault && world.Target.Share > 0 ? 0.5 : 0;
        world.Target.SetError = "refused";
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(3), s => s.Phase == RolloutPhase.RollingBack);
        Assert.Equal((50m, 0m, 0m), (world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        Assert.Equal("fake web/new was not set: refused", (await world.EventsAsync<ShareFailed>(status.Id))[^1].Error);

        world.Target.SetError = null;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));
        Assert.Equal((RolloutPhase.RolledBack, 0m), (status.Phase, world.Target.Share));
    }

    [Fact]
    public async Task One_that_refuses_to_rise_stops_those_after_it_and_at_the_end_all_come_down()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(9));
        world.Others[0].SetError = "refused";
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
        Assert.Equal((50m, 10m, 10m), (world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        Assert.Equal(10, status.SharePercent);

        // The policy for a target that fails gives it ten minutes.
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));
        Assert.Equal((RolloutPhase.Paused, 10m, 10m, 10m), (status.Phase, world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        Assert.Contains("fake web/new 50%, fake api/new 10%, fake jobs/new 10%; all go back to 10%", status.Reason, StringComparison.Ordinal);

        world.Others[0].SetError = null;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));
        Assert.Equal((RolloutPhase.Paused, 10m), (status.Phase, world.Target.Share));
        await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal((RolloutPhase.Succeeded, 100m, 100m, 100m), (status.Phase, world.Target.Share, world.Others[0].Share, world.Others[1].Share));
    }

    [Fact]
    public async Task A_rise_that_is_half_done_when_a_signal_fails_comes_down_at_once()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(9));
        world.Others[1].SetError = "refused";
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        Assert.Equal((50m, 50m, 10m), (world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        DateTimeOffset fault = world.Now;
        world.Value = (_, time) => time > fault ? 0.5 : 0;
        status = await world.RunAsync(status.Id, Pace, Pace);
        Assert.Equal((RolloutPhase.Progressing, 10m, 10m, 10m), (status.Phase, world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        Assert.Equal("a signal no longer passes", Assert.Single(await world.EventsAsync<ShareAbandoned>(status.Id)).Reason);
    }

    [Fact]
    public async Task A_rise_that_is_half_done_when_a_person_pauses_raises_none_that_was_lowered_by_hand()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(9));
        world.Others[0].SetError = "refused";
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        Assert.Equal((50m, 10m, 10m), (world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        world.Others[1].Share = 0;
        world.Others[0].SetError = null;
        status = await world.Service.SuspendAsync(status.Id, "look at it", CancellationToken.None);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        Assert.Equal((RolloutPhase.Paused, 0m), (status.Phase, world.Others[1].Share));

        // The person sees where they are and lets it go on: all are put right, and then rise together.
        await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        Assert.Equal([10m, 10m, 50m], world.Others[1].History);
        Assert.Equal((50m, 50m, 50m), (world.Target.Share, world.Others[0].Share, world.Others[1].Share));
    }

    [Fact]
    public async Task One_that_was_moved_by_hand_pauses_all_and_only_what_a_person_saw_is_undone()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.RunAsync(status.Id, Pace, Pace);
        world.Others[0].Share = 60;
        status = await world.RunAsync(status.Id, Pace, Pace);
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Contains("fake web/new 10%, fake api/new 60%, fake jobs/new 10%", status.Reason, StringComparison.Ordinal);

        // Another one is moved before what the person saw is undone: that is news, and nobody agreed to undo it.
        world.Others[1].Share = 0;
        status = await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        Assert.Equal((RolloutPhase.Paused, 60m, 0m), (status.Phase, world.Others[0].Share, world.Others[1].Share));
        status = await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        Assert.Equal((RolloutPhase.Progressing, 10m, 10m, 10m), (status.Phase, world.Target.Share, world.Others[0].Share, world.Others[1].Share));
    }

    [Fact]
    public async Task What_is_being_undone_raises_none_any_more_when_a_person_pauses()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.RunAsync(status.Id, Pace, Pace);
        world.Others[0].Share = 0;
        world.Others[1].Share = 60;
        await world.RunAsync(status.Id, Pace, Pace);
        world.Others[0].SetError = world.Others[1].SetError = "refused";
        await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        Assert.Equal(SharePurpose.Restore, Assert.Single(await world.EventsAsync<ShareIntended>(status.Id), act => act.Act == 2).Purpose);

        world.Others[0].SetError = world.Others[1].SetError = null;
        status = await world.Service.SuspendAsync(status.Id, "look at it", CancellationToken.None);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        Assert.Equal((RolloutPhase.Paused, 0m), (status.Phase, world.Others[0].Share));
    }

    [Fact]
    public async Task A_rollback_raises_none_that_a_person_took_lower()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync("{\"rollback\":{\"share\":\"5%\"}," + RolloutOperatorTests.Custom[1..]);
        await world.RunAsync(status.Id, Pace, Pace);
        world.Others[1].Share = 0;
        await world.Service.RollBackAsync(status.Id, "bad", CancellationToken.None);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        Assert.Equal([10m], world.Others[1].History);
        Assert.Equal(0, world.Others[1].Share);
        Assert.True(world.Target.Share <= 5);
    }

    [Fact]
    public async Task A_rollback_that_is_repeated_raises_none_that_a_person_took_lower_meanwhile()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync("{\"rollback\":{\"share\":\"5%\"}," + RolloutOperatorTests.Custom[1..]);
        await world.RunAsync(status.Id, Pace, Pace);
        world.Target.SetError = "refused";
        await world.Service.RollBackAsync(status.Id, "bad", CancellationToken.None);
        Assert.Equal((10m, 5m, 5m), (world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        world.Others[1].Share = 0;
        world.Target.SetError = null;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));
        Assert.Equal((RolloutPhase.RolledBack, 5m, 5m, 0m), (status.Phase, world.Target.Share, world.Others[0].Share, world.Others[1].Share));
    }

    [Fact]
    public async Task One_that_cannot_be_read_when_all_are_to_rise_is_not_raised_and_neither_are_the_others()
    {
        RolloutWorld world = World();
        RolloutStatus status = await world.StartAsync(RolloutOperatorTests.Custom);
        // Read by each tick to decide, and once more before any is set: then it cannot be.
        int reads = 0;
        world.Others[0].Lie = share => ++reads == 2 ? throw new ReadyOpsException("TargetUnreachable", "unreachable") : share;
        while (reads < 2)
        {
            reads = 0;
            world.Clock.Advance(Pace);
            await world.Service.TickAsync(status.Id, CancellationToken.None);
        }

        Assert.Equal((10m, 10m, 10m), (world.Target.Share, world.Others[0].Share, world.Others[1].Share));
        Assert.Contains("fake api/new cannot be read, so that none is raised", (await world.EventsAsync<ShareFailed>(status.Id))[^1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_that_are_to_name_people_the_first_that_fails_stops_those_after_it()
    {
        NamingTarget[] targets = [new("a"), new("b") { SetError = "refused" }, new("c")];
        var group = new TargetGroup(targets);
        await Assert.ThrowsAsync<ReadyOpsException>(async () => await group.SetAsync(0, new TargetMove("web-2.0", "step 1", ["alice"]) { Rises = true }, CancellationToken.None));
        Assert.Equal([1, 0, 0], targets.Select(target => target.Named.Count));

        // They are taken out of all at once.
        await Assert.ThrowsAsync<ReadyOpsException>(async () => await group.SetAsync(0, new TargetMove("web-2.0", "taken back", []) { TakesBack = true }, CancellationToken.None));
        Assert.Equal([0, 0, 0], targets.Select(target => target.Named.Count));
        Assert.Equal((2, 1), (targets[0].Sets, targets[2].Sets));
    }

    [Fact]
    public async Task Naming_people_keeps_the_order_also_where_one_exposes_more_than_it_will()
    {
        NamingTarget[] targets = [new("a") { SetError = "refused" }, new("b"), new("c")];
        await targets[1].SetAsync(5, [], CancellationToken.None);
        var group = new TargetGroup(targets);
        await Assert.ThrowsAsync<ReadyOpsException>(async () => await group.SetAsync(0, new TargetMove("web-2.0", "step 1", ["alice"]) { Rises = true }, CancellationToken.None));
        Assert.Equal([0, 0, 0], targets.Select(target => target.Named.Count));
    }

    [Fact]
    public async Task Targets_that_differ_are_not_started_and_each_has_one_owner()
    {
        RolloutWorld world = World();
        world.Others[1].Share = 5;
        ReadyOpsException apart = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutOperatorTests.Custom));
        Assert.Equal("TargetsApart", apart.Id);
        Assert.Contains("fake jobs/new 5%", apart.Message, StringComparison.Ordinal);
        world.Others[1].Share = 0;
        RolloutStatus group = await world.StartAsync(RolloutOperatorTests.Custom);

        // Of targets that differ because another rollout moves one, nobody is told to set them.
        FakeTarget[] others = [.. world.Others];
        world.Others.Add(new FakeTarget(new KillSwitch(int.MaxValue), "one more"));
        ReadyOpsException moved = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutOperatorTests.Custom));
        Assert.Equal("TargetBusy", moved.Id);

        // A newer release of only one of them would leave the others to nobody, forced or not.
        world.Others.Clear();
        foreach (bool force in new[] { false, true })
        {
            ReadyOpsException busy = await Assert.ThrowsAsync<ReadyOpsException>(async () =>
                await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = "2.5.0", Force = force }));
            Assert.Equal("TargetBusy", busy.Id);
            Assert.Contains("fake api/new and fake jobs/new", busy.Message, StringComparison.Ordinal);
        }

        world.Others.AddRange(others);
        Assert.Equal(RolloutPhase.Progressing, (await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = "2.5.0" })).Phase);
        Assert.Equal(RolloutPhase.Superseded, (await world.Service.GetAsync(group.Id, CancellationToken.None)).Phase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_between_any_two_operations_the_next_tick_brings_all_together(bool faulty)
    {
        var undisturbed = new KillSwitch(int.MaxValue);
        (RolloutPhase phase, string shares) = await RunAsync(undisturbed, faulty);
        Assert.Equal(faulty ? RolloutPhase.RolledBack : RolloutPhase.Succeeded, phase);
        Assert.Equal(faulty ? "10 50 100 0 | 10 50 100 0 | 10 50 100 0" : "10 50 100 | 10 50 100 | 10 50 100", shares);
        for (int operation = 0; operation < undisturbed.Operations; operation++)
        {
            var kill = new KillSwitch(operation);
            (RolloutPhase Phase, string Shares) killed = await RunAsync(kill, faulty);
            Assert.True(kill.Killed);
            Assert.True((phase, shares) == killed, $"Killed before operation {operation}: {killed}");
        }
    }

    private static RolloutWorld World(KillSwitch? kill = null)
    {
        kill ??= new KillSwitch(int.MaxValue);
        var world = new RolloutWorld(kill);
        world.Others.AddRange([new FakeTarget(kill, "fake api/new"), new FakeTarget(kill, "fake jobs/new")]);
        return world;
    }

    /// <summary>Runs to the end, through one death, and tells the shares of each target in order, a repeated one once.</summary>
    private static async Task<(RolloutPhase Phase, string Shares)> RunAsync(KillSwitch kill, bool faulty)
    {
        const string Quick = """
            {"tick":"1m","steps":[{"share":"10%","hold":"2m"},{"share":"50%","hold":"2m"},{"share":"100%","hold":"2m"}],"bake":"3m",
             "signals":[{"name":"errors","query":"q","bound":"<= 1%","for":"2m"}]}
            """;
        RolloutWorld world = World(kill);
        FakeTarget[] all = [world.Target, .. world.Others];
        world.Value = (_, _) => faulty && all.All(target => target.Share == 100) ? 0.5 : 0;
        string? id = null;
        RolloutPhase phase = RolloutPhase.Pending;
        for (int tick = 0; tick < 60 && phase is not (RolloutPhase.Succeeded or RolloutPhase.RolledBack); tick++)
        {
            try
            {
                phase = id is null ? (await world.StartAsync(Quick)).Phase : (await world.Service.TickAsync(id, CancellationToken.None)).Phase;
            }
            catch (Exception) when (kill.Killed)
            {
                world.Store.Revive();
            }

            id = (await world.Store.ListAsync(RolloutService.Prefix, CancellationToken.None)) is [.., { } last] ? last[RolloutService.Prefix.Length..] : null;
            world.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        string Told(FakeTarget target) => string.Join(' ', target.History.Where((share, i) => i == 0 || target.History[i - 1] != share));
        return (phase, string.Join(" | ", all.Select(Told)));
    }

    /// <summary>A target at 0 % that names people.</summary>
    private sealed class NamingTarget(string name) : IAllowingTarget
    {
        public string Identity => name;

        public string? SetError { get; init; }

        public int Sets { get; private set; }

        public IReadOnlyList<string> Named { get; private set; } = [];

        public decimal Nearest(decimal percent) => percent;

        public ValueTask<decimal> ReadAsync(CancellationToken cancel) => ValueTask.FromResult(0m);

        public ValueTask<IReadOnlyList<string>> ReadAllowedAsync(CancellationToken cancel) => ValueTask.FromResult(Named);

        public ValueTask SetAsync(decimal percent, CancellationToken cancel) => throw new NotSupportedException();

        public ValueTask SetAsync(decimal percent, IReadOnlyList<string> allowed, CancellationToken cancel)
        {
            if (SetError is { } error) throw new ReadyOpsException("TargetUnreachable", error);
            (Sets, Named) = (Sets + 1, allowed);
            return ValueTask.CompletedTask;
        }
    }
}
