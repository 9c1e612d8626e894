using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A store that lost events which it had confirmed: here a folder that an older copy was put into.</summary>
public sealed class RolloutLostEventsTests : IDisposable
{
    private const string Plan = """
        {"tick":"15s","steps":[{"share":"10%","hold":"10m"},{"share":"100%","hold":"10m"}],"bake":"10m",
         "signals":[{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}]}
        """;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-lost-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_pause_that_was_lost_is_missed_by_whoever_wrote_behind_it_and_only_a_person_lets_the_rollout_go_on()
    {
        (RolloutWorld world, string id) = await StartAsync();
        byte[] old = Copy(id);
        await world.Service.SuspendAsync(id, "wait for marketing", CancellationToken.None);
        await TickAsync(world, world.Service, id);
        PutBack(id, old);

        RolloutStatus status = await TickAsync(world, world.Service, id);
        Assert.Equal((RolloutPhase.Paused, 10m), (status.Phase, status.SharePercent));
        Assert.Contains("was confirmed and is not there any more", status.Reason, StringComparison.Ordinal);
        status = await world.RunAsync(id, Pace, TimeSpan.FromHours(1));
        Assert.Equal((RolloutPhase.Paused, 10m), (status.Phase, world.Target.Share));
        RolloutEvent[] events = await EventsAsync(world, id);
        Assert.Equal(PauseCause.Journal, Assert.Single(events.OfType<RolloutPaused>()).Cause);
        Assert.Single(events.OfType<RolloutEscalated>());

        await world.Service.ResumeAsync(id, "nothing is missing", CancellationToken.None);
        Assert.Equal(RolloutPhase.Succeeded, (await world.RunAsync(id, Pace, TimeSpan.FromHours(1))).Phase);
    }

    [Fact]
    public async Task What_others_wrote_instead_does_not_hide_the_loss_and_triggers_stay_armed()
    {
        (RolloutWorld world, string id) = await StartAsync();
        byte[] old = Copy(id);
        await world.Service.SuspendAsync(id, "wait for marketing", CancellationToken.None);
        await TickAsync(world, world.Service, id);
        PutBack(id, old);
        // Who remembers nothing sees nothing amiss, and its journal becomes the longer one.
        RolloutService other = world.NewProcess();
        for (int i = 0; i < 3; i++)
        {
            await other.SuspendAsync(id, "lunch", CancellationToken.None);
            await other.ResumeAsync(id, null, CancellationToken.None);
        }

        Assert.Equal(RolloutPhase.Progressing, (await TickAsync(world, other, id)).Phase);
        Assert.Equal(RolloutPhase.Progressing, (await world.Service.GetAsync(id, CancellationToken.None)).Phase);
        Assert.Equal(RolloutPhase.Paused, (await TickAsync(world, world.Service, id)).Phase);

        world.Value = (_, _) => 0.5;
        Assert.Equal((RolloutPhase.RollingBack, 0m), ((await world.RunAsync(id, Pace, TimeSpan.FromMinutes(5))).Phase, world.Target.Share));
    }

    private async Task<(RolloutWorld World, string Id)> StartAsync()
    {
        var world = new RolloutWorld(store: context => new FolderJournalStore(_folder, context));
        string id = (await world.StartAsync(Plan)).Id;
        await TickAsync(world, world.Service, id);
        return (world, id);
    }

    private static async Task<RolloutStatus> TickAsync(RolloutWorld world, RolloutService service, string id)
    {
        world.Clock.Advance(Pace);
        return await service.TickAsync(id, CancellationToken.None);
    }

    private static async Task<RolloutEvent[]> EventsAsync(RolloutWorld world, string id) =>
        [.. (await world.Store.ReadAsync(RolloutService.Prefix + id, CancellationToken.None)).Select(line => RolloutEvents.Decode(line)!)];

    private string FileOf(string id) => Path.Combine(_folder, "rollouts", $"{id}.jsonl");

    private byte[] Copy(string id) => File.ReadAllBytes(FileOf(id));

    private void PutBack(string id, byte[] old) => File.WriteAllBytes(FileOf(id), old);
}
