using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A newer release takes the target of an older one: whoever dies when, it never has two owners and never none.</summary>
public sealed class RolloutHandoverTests
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Theory]
    // The order of Semantic Versioning 2.0.0, section 11.
    [InlineData("1.0.0-alpha", "1.0.0-alpha.1")]
    [InlineData("1.0.0-alpha.1", "1.0.0-alpha.beta")]
    [InlineData("1.0.0-alpha.beta", "1.0.0-beta")]
    [InlineData("1.0.0-beta.2", "1.0.0-beta.11")]
    [InlineData("1.0.0-beta.11", "1.0.0-rc.1")]
    [InlineData("1.0.0-rc.1", "1.0.0")]
    [InlineData("2.9.0", "2.10.0")]
    [InlineData("v2.4.0", "2.4.1")]
    [InlineData("2026.11.20", "2026.11.21.1")]
    public void The_newer_of_two_releases(string older, string newer)
    {
        Assert.True(ReleaseVersion.Compare(newer, older) > 0);
        Assert.True(ReleaseVersion.Compare(older, newer) < 0);
        Assert.Equal(0, ReleaseVersion.Compare(newer, newer + "+build7"));
    }

    [Theory]
    [InlineData("2.4.0", "blue")]
    [InlineData("3f9a2c1", "8d1e0b7")]
    [InlineData("41", "42")]
    [InlineData("2..4", "2.5")]
    [InlineData("", "1.0")]
    public void Names_that_do_not_say_are_not_compared(string one, string other) => Assert.Null(ReleaseVersion.Compare(one, other));

    [Theory]
    [InlineData("2.5.0", null)]
    [InlineData("2.4.0", "that is this very release")]
    [InlineData("2.3.9", "2.3.9 is older")]
    [InlineData("blue", "do not say whether blue is newer")]
    public async Task Only_a_newer_release_supersedes_by_itself_and_a_refusal_says_who_has_the_target(string release, string? refusal)
    {
        var world = new RolloutWorld();
        RolloutStatus first = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.RunAsync(first.Id, Pace, TimeSpan.FromMinutes(11));
        Assert.Equal(50, world.Target.Share);
        if (refusal is null)
        {
            RolloutStatus second = await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = release });
            RolloutStatus old = await world.Service.GetAsync(first.Id, CancellationToken.None);
            Assert.Equal((RolloutPhase.Superseded, $"Superseded by {second.Id}."), (old.Phase, old.Reason));
            Assert.Equal((RolloutPhase.Progressing, 10m, 10m), (second.Phase, second.SharePercent, world.Target.Share));
            return;
        }

        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = release }));
        Assert.Equal("TargetBusy", e.Id);
        Assert.Contains(refusal, e.Message, StringComparison.Ordinal);
        Assert.Contains($"'{first.Id}' of release 2.4.0, started by alice, is Progressing at 50% on fake web/new", e.Message, StringComparison.Ordinal);
        Assert.Contains($"Stop-ProgressiveRollout -Id {first.Id}", e.NextStep, StringComparison.Ordinal);
        Assert.Equal(RolloutPhase.Progressing, (await world.Service.GetAsync(first.Id, CancellationToken.None)).Phase);

        Assert.Equal(RolloutPhase.Progressing, (await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = release, Force = true })).Phase);
        Assert.Equal(RolloutPhase.Superseded, (await world.Service.GetAsync(first.Id, CancellationToken.None)).Phase);
    }

    [Fact]
    public async Task What_a_person_paused_or_is_on_its_way_back_is_not_superseded()
    {
        var world = new RolloutWorld();
        RolloutStatus first = await world.StartAsync(RolloutOperatorTests.Custom);
        await world.Service.SuspendAsync(first.Id, "database maintenance", CancellationToken.None);
        async Task<ReadyOpsException> StartAsync(bool force) => await Assert.ThrowsAsync<ReadyOpsException>(async () =>
            await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = "2.5.0", Force = force }));
        Assert.Contains("database maintenance", (await StartAsync(false)).Message, StringComparison.Ordinal);

        await world.Service.RollBackAsync(first.Id, "bad", CancellationToken.None);
        Assert.Equal("TargetBusy", (await StartAsync(true)).Id);
        await world.RunAsync(first.Id, Pace, TimeSpan.FromMinutes(5));
        Assert.Equal(RolloutPhase.Progressing, (await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = "2.5.0" })).Phase);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_anywhere_in_the_handover_the_target_has_one_owner_and_the_newer_release_ends_right(bool oldTicksFirst)
    {
        for (int operation = 0; operation < 12; operation++)
        {
            var kill = new KillSwitch(int.MaxValue);
            var world = new RolloutWorld(kill);
            string old = (await world.StartAsync(RolloutOperatorTests.Custom)).Id;
            await world.RunAsync(old, Pace, TimeSpan.FromMinutes(11));
            kill.Arm(operation);
            try
            {
                await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = "2.5.0" });
            }
            catch (KilledException)
            {
                kill.Revive();
            }

            kill.Revive();
            world.Clock.Advance(Pace);
            string? young = (await world.Store.ListAsync(RolloutService.Prefix, CancellationToken.None)).Select(s => s[RolloutService.Prefix.Length..]).FirstOrDefault(s => s.Contains("2.5.0", StringComparison.Ordinal));
            RolloutService service = world.NewProcess();
            if (oldTicksFirst) await service.TickAsync(old, CancellationToken.None);
            bool started = young is not null && (await world.EventsAsync<RolloutStarted>(young)).Count > 0;
            if (started) await service.TickAsync(young!, CancellationToken.None);
            else
            {
                // The old one has it still, and says so: its triggers are armed.
                Assert.Equal(RolloutPhase.Progressing, (await service.TickAsync(old, CancellationToken.None)).Phase);
                young = (await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = "2.5.0" })).Id;
            }

            await service.TickAsync(old, CancellationToken.None);
            RolloutStatus status = await world.RunAsync(young!, Pace, TimeSpan.FromHours(2));
            RolloutStatus former = await service.GetAsync(old, CancellationToken.None);
            Assert.Equal((operation, RolloutPhase.Succeeded, RolloutPhase.Superseded), (operation, status.Phase, former.Phase));
            Assert.Equal([10m, 50m, 10m, 50m, 100m], world.Target.History.Where((share, i) => i == 0 || world.Target.History[i - 1] != share));
            Assert.Empty(await world.EventsAsync<DriftDetected>(old));
            Assert.Empty(await world.EventsAsync<DriftDetected>(young!));
        }
    }

    [Fact]
    public async Task A_start_that_stood_still_for_longer_than_its_leases_does_not_begin_once_another_has_acted_as_if_it_never_would()
    {
        LapsingStore? store = null;
        var world = new RolloutWorld(store: context => store = new LapsingStore(context));
        RolloutStatus? second = null;
        store!.Appending = async (stream, type) =>
        {
            // The first has claimed the target, and stands still before it says that it has started.
            if (type != nameof(RolloutStarted)) return;
            store.Appending = null;
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            second = await world.StartAsync(RolloutOperatorTests.Custom);
        };
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutOperatorTests.Custom));
        Assert.Equal("JournalFenced", e.Id);
        Assert.Equal((RolloutPhase.Progressing, 10m), (second!.Phase, world.Target.Share));
        Assert.Equal([second.Id], await world.Service.ListActiveIdsAsync(CancellationToken.None));
        Assert.Equal([10m], world.Target.History);
    }

    [Fact]
    public async Task A_start_that_stood_still_does_not_take_over_what_was_taken_back_meanwhile()
    {
        LapsingStore? store = null;
        var world = new RolloutWorld(store: context => store = new LapsingStore(context));
        RolloutStatus first = await world.StartAsync(RolloutOperatorTests.Custom);
        store!.Appending = async (stream, type) =>
        {
            if (stream.StartsWith(RolloutService.Prefix, StringComparison.Ordinal)) return;
            store.Appending = null;
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            await world.Service.RollBackAsync(first.Id, "bad", CancellationToken.None);
        };
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(RolloutOperatorTests.Custom, new RolloutStart { Release = "2.5.0" }));
        Assert.Equal("JournalFenced", e.Id);
        Assert.Equal([first.Id], await world.Service.ListActiveIdsAsync(CancellationToken.None));
        Assert.Equal(RolloutPhase.RollingBack, (await world.Service.GetAsync(first.Id, CancellationToken.None)).Phase);
    }
}
