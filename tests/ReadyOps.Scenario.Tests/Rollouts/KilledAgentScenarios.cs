using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Rollouts;
using ReadyOps.Scenario.Tests.Agent;
using ReadyOps.Scenario.Tests.Journal;
using ReadyOps.Scenario.Tests.Servers;
using ReadyOps.Scenario.Tests.Targets;

namespace ReadyOps.Scenario.Tests.Rollouts;

/// <summary>
/// The agent as a process, killed with SIGKILL between any two messages that it exchanges with a real PostgreSQL and a real HAProxy,
/// and followed by the next. Everything that the world sees of it goes over these two connections, so these are all its steps.
/// </summary>
public sealed class KilledAgentScenarios
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_at_each_message_the_next_agents_end_the_rollout_with_one_act_a_step_and_counters_that_agree()
    {
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        await using CountingService fresh = await CountingService.StartAsync(), stable = await CountingService.StartAsync();
        await using HaproxyServer haproxy = await HaproxyServer.StartAsync([new("new", fresh.Address, 0), new("old", stable.Address, 100)]);
        var toll = new Toll();
        await using var toPostgres = new TollProxy(postgres.Port, toll);
        await using var toHaproxy = new TollProxy(int.Parse(haproxy.TcpAddress.Split(':')[1], CultureInfo.InvariantCulture), toll);
        // As long as by default: that a machine is slow must cost nobody his lease. The leases of the dead end by hand.
        string address = postgres.Address.Replace("lease=3s", "lease=30s", StringComparison.Ordinal);
        string viaToll = address.Replace($":{postgres.Port}/", $":{toPostgres.Port}/", StringComparison.Ordinal);
        int[] shares = [.. Enumerable.Range(1, 50).Select(step => 2 * step)];

        var context = new EngineContext { Secrets = new PostgresCluster.Secret(address) };
        var store = new PostgresJournalStore("secret:journals", context);
        var rollouts = new RolloutService(store, context);
        Document document = DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: web
            release: "2.0"
            target: { type: haproxy, address: "127.0.0.1:{{toHaproxy.Port}}", backend: web, canary: new, stable: old }
            steps: [{{string.Join(", ", shares.Select(share => $"{{ share: {share}%, hold: 1ms }}"))}}]
            tick: 100ms
            bake: 1ms
            allowNoSignals: true
            """), "rollout.yaml", ".", "Rollout");
        string id = (await rollouts.StartAsync(document, new RolloutStart(), Stop)).Id;

        int killed = await KillAtEachMessageAsync(viaToll, toll, postgres);
        RolloutStatus status = await rollouts.GetAsync(id, Stop);
        while (!status.Ended)
        {
            Assert.Equal(0, await EndAsync(viaToll, toll, int.MaxValue));
            status = await rollouts.GetAsync(id, Stop);
        }

        Assert.True(killed > 20, $"only {killed} messages");
        TestContext.Current.TestOutputHelper?.WriteLine($"{killed} agents were killed.");
        Assert.Equal((RolloutPhase.Succeeded, 100m), (status.Phase, status.SharePercent));
        await AssertOneActAStepAsync(store, id, shares);
        AssertHeardInTurn(toHaproxy, shares);
        Assert.Equal(("100", "0"), (await haproxy.StatAsync("new", "weight"), await haproxy.StatAsync("old", "weight")));
        using var client = new HttpClient();
        for (int request = 0; request < 50; request++) (await client.GetAsync(haproxy.Frontend, Stop)).Dispose();
        Assert.Equal((50L, 0L), (await haproxy.RequestsAsync("new"), await haproxy.RequestsAsync("old")));
        Assert.Equal((50L, 0L), (fresh.Requests, stable.Requests));
    }

    /// <summary>Each agent ticks once and dies at the next message of that tick; the last one lives through all of its messages.</summary>
    /// <returns>How many were killed.</returns>
    private static async Task<int> KillAtEachMessageAsync(string address, Toll toll, PostgresServer postgres)
    {
        int killed = 0;
        for (int message = 1; ; message++)
        {
            int exit = await EndAsync(address, toll, message);
            if (toll.Passed < message) return killed;
            // What keeps its lease runs beside it: a tick may end before the answer to such a message, and then nobody is left to kill.
            if (exit == 0) continue;
            killed++;
            await postgres.ExecuteAsync("UPDATE readyops.streams SET expires = now() - interval '1 second' WHERE expires IS NOT NULL");
        }
    }

    /// <summary>An agent from its start to its end, which is its own or by SIGKILL.</summary>
    private static async Task<int> EndAsync(string address, Toll toll, int fatal)
    {
        using AgentProcess agent = Start(address, toll, fatal);
        int exit = await agent.EndAsync(TimeSpan.FromMinutes(2));
        Assert.True(exit is 0 or 128 + 9, $"{exit}{Environment.NewLine}{agent.Errors}");
        return exit;
    }

    /// <summary>HAProxy heard of each share in its turn, and of none twice with another in between.</summary>
    private static void AssertHeardInTurn(TollProxy toHaproxy, int[] shares)
    {
        int[] heard = [.. toHaproxy.Passed.SelectMany(text => text.Split('\n', ';')).Where(line => line.Contains("set ", StringComparison.Ordinal) && line.Contains("web/new weight", StringComparison.Ordinal))
            .Select(line => int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1].TrimEnd('%'), CultureInfo.InvariantCulture))];
        Assert.Equal(shares.Length, heard.Distinct().Count());
        Assert.Equal(heard.Order(), heard);
    }

    private static async Task AssertOneActAStepAsync(IJournalStore store, string id, int[] shares)
    {
        JournalVerification proof = await store.VerifyAsync(RolloutService.Prefix + id, Stop);
        Assert.True(proof.Valid, proof.Reason);
        RolloutEvent[] events = [.. (await store.ReadAsync(RolloutService.Prefix + id, Stop)).Select(line => RolloutEvents.Decode(line)!)];
        Assert.Equal(shares.Select(share => (decimal)share), events.OfType<ShareIntended>().Select(act => act.To));
        Assert.Equal(shares.Select(share => (decimal)share), events.OfType<ShareSet>().Select(act => act.Percent));
        Assert.Equal(Enumerable.Range(1, shares.Length), events.OfType<ShareIntended>().Select(act => act.Act));
        Assert.Equal(Enumerable.Range(1, shares.Length), events.OfType<ShareSet>().Select(act => act.Act));
        Assert.Single(events.OfType<RolloutSucceeded>());
        Assert.Empty(events.OfType<ShareFailed>());
        Assert.Empty(events.OfType<RolloutPaused>());
    }

    private static AgentProcess Start(string address, Toll toll, int fatal)
    {
        var started = new TaskCompletionSource<AgentProcess>();
        toll.Arm(fatal, () => started.Task.Result.KillIt());
        AgentProcess agent = AgentProcess.Start(["run", "--state", "env:READYOPS_TEST_DATABASE", "--once"], new Dictionary<string, string> { ["READYOPS_TEST_DATABASE"] = address });
        started.SetResult(agent);
        return agent;
    }
}
