using System.Globalization;
using System.Text;
using ReadyOps.Agent.Running;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Rollouts;
using ReadyOps.Scenario.Tests.Journal;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed class ThreeAgentsScenarios : IDisposable
{
    private static readonly int[] Shares = [20, 40, 60, 80, 100];

    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-three-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Three_agents_on_one_database_one_killed_one_with_a_wrong_clock_and_a_crash_of_the_database_end_every_rollout_without_an_act_twice()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no /bin/sh.");
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        var context = new EngineContext { Secrets = new PostgresCluster.Secret(postgres.Address), AllowCommand = true };
        var store = new PostgresJournalStore("secret:journals", context);
        var rollouts = new RolloutService(store, context);
        string[] ids = new string[6];
        for (int i = 0; i < ids.Length; i++) ids[i] = (await rollouts.StartAsync(Rollout($"r{i}"), new RolloutStart { Release = "2.0" }, Stop)).Id;

        var environment = new Dictionary<string, string> { ["READYOPS_TEST_DATABASE"] = postgres.Address };
        string[] run = ["run", "--state", "env:READYOPS_TEST_DATABASE", "--allow-command", "--listen", "127.0.0.1:0"];
        using AgentProcess doomed = AgentProcess.Start(run, environment), sound = AgentProcess.Start(run, environment);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        // The third lives here, on a machine whose clock is five minutes ahead.
        EngineContext wrong = context with { Clock = new WrongClock(TimeSpan.FromMinutes(5)), HostName = "wrong-clock" };
        var board = new RolloutBoard(wrong.Clock);
        var wrongStore = new PostgresJournalStore("secret:journals", wrong);
        Task third = new RolloutLoop(new RolloutService(wrongStore, wrong), wrongStore, board, new AgentMetrics(board, wrong.Clock), wrong).RunAsync(end.Token);
        try
        {
            await WaitAsync(rollouts, ids, all => all.Any(one => one.Step >= 2), sound);
            doomed.KillIt();
            await WaitAsync(rollouts, ids, all => all.Any(one => one.Step >= 3), sound);
            await postgres.CrashAsync();
            await postgres.StartAgainAsync();
            await WaitAsync(rollouts, ids, all => all.All(one => one.Ended), sound);
        }
        finally
        {
            await end.CancelAsync();
            await third;
        }

        HashSet<string> hosts = [];
        foreach ((string id, int i) in ids.Select((id, i) => (id, i)))
        {
            JournalVerification proof = await store.VerifyAsync(RolloutService.Prefix + id, Stop);
            Assert.True(proof.Valid, proof.Reason);
            IReadOnlyList<JournalLine> lines = await store.ReadAsync(RolloutService.Prefix + id, Stop);
            RolloutEvent[] events = [.. lines.Select(line => RolloutEvents.Decode(line)!)];
            Assert.Single(events.OfType<RolloutSucceeded>());
            Assert.Empty(events.OfType<ClockSetBack>());
            Assert.Equal(Shares.Select(share => (decimal)share), events.OfType<ShareSet>().Select(act => act.Percent));
            // The script's own record: every share was set once, by whoever it was.
            Assert.Equal(Shares.Select(share => share.ToString(CultureInfo.InvariantCulture)), await File.ReadAllLinesAsync(Path.Combine(_folder, $"r{i}.log"), Stop));
            hosts.UnionWith(lines.Select(line => line.Host));
        }

        Assert.Contains("wrong-clock", hosts);
        Assert.True((await store.VerifyAsync("catalog", Stop)).Valid);
    }

    private static async Task WaitAsync(RolloutService rollouts, string[] ids, Func<IReadOnlyList<RolloutStatus>, bool> until, AgentProcess agent)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        while (true)
        {
            List<RolloutStatus> all = [];
            foreach (string id in ids) all.Add(await rollouts.GetAsync(id, Stop));
            if (until(all)) return;
            Assert.False(deadline.IsCancellationRequested, $"{string.Join(Environment.NewLine, all)}{Environment.NewLine}{agent.Errors}");
            await Task.Delay(100, Stop);
        }
    }

    /// <summary>A rollout whose target is a script that keeps a record of what it was told to set.</summary>
    private Document Rollout(string name)
    {
        File.WriteAllText(Path.Combine(_folder, $"{name}.sh"), $"echo \"$1\" >> {name}.log\necho \"$1\" > {name}.share\n");
        File.WriteAllText(Path.Combine(_folder, $"{name}.share"), "0\n");
        return DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: {{name}}
            target: {type: script, set: [/bin/sh, {{name}}.sh, '{percent}'], read: [/bin/cat, {{name}}.share]}
            steps: [{{string.Join(", ", Shares.Select(share => $"{{ share: {share}%, hold: 1s }}"))}}]
            tick: 500ms
            bake: 1s
            allowNoSignals: true
            """), $"{name}.yaml", _folder, "Rollout");
    }
}
