using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Scenario.Tests.Targets;

namespace ReadyOps.Scenario.Tests.Rollouts;

public sealed class KilledRolloutScenarios
{
    [Theory]
    [InlineData("before", "0", false)]
    [InlineData("after", "30", true)]
    public async Task Killed_around_an_act_the_next_tick_ends_as_if_nothing_had_happened(string when, string weightAtDeath, bool recovered)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([new("new", "127.0.0.1:1", 0), new("old", "127.0.0.1:1", 100)]);
        string state = Directory.CreateTempSubdirectory("readyops-dying-").FullName;
        string document = $$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: web
            release: "2.0"
            target: { type: haproxy, address: "{{haproxy.UnixAddress}}", backend: web, canary: new, stable: old }
            steps: [{ share: 30%, hold: 1h }]
            allowNoSignals: true
            """;
        try
        {
            int exit = await DyingTick.RunAsync(state, document, when, cancel);
            Assert.Equal(128 + 9, exit);
            Assert.Equal(weightAtDeath, await haproxy.StatAsync("new", "weight"));

            var context = new EngineContext();
            var store = new FolderJournalStore(state, context);
            var service = new RolloutService(store, context);
            string stream = Assert.Single(await store.ListAsync(RolloutService.Prefix, cancel));
            RolloutStatus status = await service.TickAsync(stream[RolloutService.Prefix.Length..], cancel);

            Assert.Equal((RolloutPhase.Progressing, 1, 30m), (status.Phase, status.Step, status.SharePercent));
            Assert.Equal("30", await haproxy.StatAsync("new", "weight"));
            RolloutEvent[] events = [.. (await store.ReadAsync(stream, cancel)).Select(line => RolloutEvents.Decode(line)!)];
            Assert.Single(events.OfType<ShareIntended>());
            Assert.Equal(recovered, Assert.Single(events.OfType<ShareSet>()).Recovered);
            Assert.True((await store.VerifyAsync(stream, cancel)).Valid);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }
}
