using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Journal;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A full disk holds a release where it is, and does not keep it from being taken back.</summary>
public sealed class RolloutFullDiskTests
{
    private const string Plan = """
        {"tick":"1m","steps":[{"share":"10%","hold":"5m"},{"share":"100%","hold":"5m"}],"bake":"5m",
         "signals":[{"name":"errors","query":"q","bound":"<= 1%","for":"2m"}]}
        """;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    private readonly FaultyMedium _disk = new(new MemoryMedium()) { Reserve = 200_000 };

    [Fact]
    public async Task A_breach_is_rolled_back_to_its_end_and_a_person_is_told_once_that_the_disk_is_full()
    {
        RolloutWorld world = NewWorld();
        string id = (await world.StartAsync(Plan)).Id;
        Assert.Equal(10m, world.Target.Share);
        _disk.Room = 0;
        world.Value = (_, _) => world.Target.Share > 0 ? 0.5 : 0;
        for (int i = 0; i < 4; i++)
        {
            world.Clock.Advance(s_minute);
            await TryTickAsync(world, id);
        }

        Assert.Equal(0m, world.Target.Share);
        RolloutStatus end = await world.RunAsync(id, s_minute, TimeSpan.FromHours(1));
        Assert.Equal(RolloutPhase.RolledBack, end.Phase);
        RolloutEscalated told = Assert.Single(await world.EventsAsync<RolloutEscalated>(id));
        Assert.True(told.DiskFull);
        Assert.Contains("is full", told.Reason, StringComparison.Ordinal);
        JournalVerification proof = await world.Store.VerifyAsync(RolloutService.Prefix + id, CancellationToken.None);
        Assert.True(proof.Valid, proof.Reason);
        RolloutState state = RolloutState.Of(await world.Store.ReadAsync(RolloutService.Prefix + id, CancellationToken.None));
        Assert.False(state.RollbackEscalated, "whether the rollback takes too long is another question");
        Assert.Single(state.Escalations);
    }

    [Fact]
    public async Task A_person_takes_a_release_back()
    {
        RolloutWorld world = NewWorld();
        string id = (await world.StartAsync(Plan)).Id;
        _disk.Room = 0;
        RolloutStatus status = await world.Service.RollBackAsync(id, "the shop is on fire", CancellationToken.None);
        Assert.Equal((RolloutPhase.RollingBack, 0m), (status.Phase, world.Target.Share));
    }

    [Fact]
    public async Task Nothing_rises_and_the_reserve_is_left_alone_while_all_is_well()
    {
        RolloutWorld world = NewWorld();
        string id = (await world.StartAsync(Plan)).Id;
        _disk.Room = 0;
        for (int i = 0; i < 20; i++)
        {
            world.Clock.Advance(s_minute);
            await TryTickAsync(world, id);
        }

        Assert.Equal((10m, 0, 200_000), (world.Target.Share, _disk.Gifts, _disk.Reserve));
        _disk.Room = long.MaxValue;
        Assert.Equal(RolloutPhase.Succeeded, (await world.RunAsync(id, s_minute, TimeSpan.FromHours(1))).Phase);
    }

    [Fact]
    public async Task Without_a_reserve_nothing_is_done_that_the_journal_cannot_say_first()
    {
        _disk.Reserve = 0;
        RolloutWorld world = NewWorld();
        string id = (await world.StartAsync(Plan)).Id;
        _disk.Room = 0;
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.RollBackAsync(id, "now", CancellationToken.None));
        Assert.Equal(("JournalWriteFailed", 10m), (refused.Id, world.Target.Share));
    }

    private RolloutWorld NewWorld() => new(store: context => new JournalStore(_disk, context));

    private static async Task TryTickAsync(RolloutWorld world, string id)
    {
        try
        {
            await world.Service.TickAsync(id, CancellationToken.None);
        }
        catch (ReadyOpsException e)
        {
            Assert.Equal("JournalWriteFailed", e.Id);
        }
    }
}
