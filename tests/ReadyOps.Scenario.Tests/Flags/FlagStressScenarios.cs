using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Flags;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Flags.Stores.Redis;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Flags;

public sealed class FlagStressScenarios
{
    [Fact]
    public async Task Nothing_is_lost_or_torn_while_Redis_is_killed_made_slow_and_fills_up()
    {
        const int changes = 20;
        await using RedisServer redis = await RedisServer.StartAsync();
        await using FlagStress stress = await FlagStress.StartAsync(() => new RedisFlagStore(redis.Location(), new EngineContext()));
        Task writing = stress.WriteAsync(changes);

        await stress.UntilAsync(() => stress.Acknowledged >= 20, "20 changes");
        await redis.KillAsync();
        await stress.UntilAsync(() => stress.All.All(client => client.Status.State == FeatureFlagState.Stale), "all clients stale");
        await redis.StartAgainAsync();

        await stress.UntilAsync(() => stress.Acknowledged >= 50, "50 changes");
        await redis.AskAsync("CLIENT PAUSE 500 ALL");
        await stress.UntilAsync(() => stress.Acknowledged >= 70, "70 changes");
        await redis.AskAsync("CONFIG SET maxmemory-policy noeviction");
        await redis.AskAsync("CONFIG SET maxmemory 1");
        await stress.UntilAsync(() => stress.Refusals.GetValueOrDefault("FlagNotWritten") >= FlagStress.Writers, "refusals for want of memory");
        await redis.AskAsync("CONFIG SET maxmemory 0");
        await stress.UntilAsync(() => stress.Acknowledged >= 100, "100 changes");
        await redis.AskAsync("CLIENT KILL TYPE normal SKIPME yes");
        await redis.AskAsync("CLIENT KILL TYPE pubsub");

        await writing;
        await stress.AssertNothingLostAsync(changes);
    }

    [Fact]
    public async Task Nothing_is_lost_or_torn_while_editors_replace_truncate_and_rewrite_the_file()
    {
        const int changes = 12;
        string folder = Directory.CreateTempSubdirectory("readyops-flags-").FullName;
        try
        {
            string path = Path.Combine(folder, "flags.json");
            await using FlagStress stress = await FlagStress.StartAsync(() => new FileFlagStore(path, new EngineContext()));
            Task writing = stress.WriteAsync(changes);
            for (int round = 1; round <= 3; round++)
            {
                await stress.UntilAsync(() => stress.Acknowledged >= 20 * round, "more changes");
                // An editor that takes no lock and writes back what it read before loses the change of a writer by its own doing: the
                // two take turns. Readers do not.
                await stress.PauseWritersAsync();
                await EditAsync(path, round, stress);
                stress.LetWritersGoOn();
            }

            await writing;
            await stress.AssertNothingLostAsync(changes);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task EditAsync(string path, int round, FlagStress stress)
    {
        byte[] edited = Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(path)).TrimEnd() + new string('\n', round));
        switch (round)
        {
            case 1:
                await File.WriteAllBytesAsync(path + "~", edited);
                File.Move(path + "~", path, overwrite: true);
                break;
            case 2:
                await using (FileStream file = new(path, FileMode.Truncate, FileAccess.Write, FileShare.ReadWrite))
                {
                    await file.WriteAsync(edited.AsMemory(0, edited.Length / 2));
                    await file.FlushAsync();
                    // Half of it lies there until every reader has seen that it is half.
                    await stress.UntilAsync(() => stress.All.All(client => client.Status.State == FeatureFlagState.Stale), "all clients stale");
                    await file.WriteAsync(edited.AsMemory(edited.Length / 2));
                }

                break;
            default:
                File.Delete(path);
                await stress.UntilAsync(() => stress.All.All(client => client.Status.State == FeatureFlagState.Stale), "all clients stale");
                await using (FileStream file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite))
                {
                    foreach (byte[] piece in edited.Chunk(100))
                    {
                        await file.WriteAsync(piece);
                        await file.FlushAsync();
                    }
                }

                break;
        }

        await stress.UntilAsync(() => stress.All.All(client => client.Status.State == FeatureFlagState.Ready), "all clients ready");
    }
}
