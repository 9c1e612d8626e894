using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Journal;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>A server that dies for good, and a standby that takes its place.</summary>
public sealed class PostgresFailoverScenarios : IDisposable
{
    private const string Stream = "rollouts/checkout-2.4.0";

    private readonly string _needed = PostgresServer.Executable();
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-failover-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Who_names_both_hosts_goes_on_with_the_same_lease_when_the_standby_takes_over_and_nothing_is_lost()
    {
        await using PostgresServer primary = await PostgresServer.StartAsync();
        await using PostgresServer standby = await primary.StartStandbyAsync();
        KeptLog log = new();
        PostgresJournalStore store = Open(Both(standby, primary), log);
        await using IJournalLease lease = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        await lease.AppendAsync([JournalTesting.Entry("One")], Stop);
        Assert.Contains("waits for none", Assert.Single(log.Lines), StringComparison.Ordinal);

        // A standby can be read, and says why nothing is written there.
        await primary.WaitForAsync(standby);
        PostgresJournalStore replica = new("secret:journals", new EngineContext { Clock = new HastyClock(), Secrets = new PostgresCluster.Secret(standby.Address) });
        Assert.True((await replica.VerifyAsync(Stream, Stop)).Valid);
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await replica.TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        Assert.Contains("This is a standby", refused.NextStep, StringComparison.Ordinal);

        await primary.CrashAsync();
        await standby.ExecuteAsync("SELECT pg_promote()");
        await lease.AppendAsync([JournalTesting.Entry("Two")], Stop);
        Assert.True(lease.IsHeld);
        Assert.Null(await Open(standby.Address).TryAcquireAsync(Stream, TimeSpan.Zero, Stop));
        Assert.Equal(["One", "Two"], (await Open(standby.Address).ReadAsync(Stream, Stop)).Select(line => line.Type));
    }

    [Fact]
    public async Task A_token_that_is_given_twice_because_the_first_was_lost_fences_off_who_had_it_first()
    {
        await using PostgresServer primary = await PostgresServer.StartAsync();
        await AppendAsync(Open(primary.Address), "One");
        await using PostgresServer standby = await primary.StartStandbyAsync();
        await primary.WaitForAsync(standby);
        await standby.CrashAsync();
        PostgresJournalStore store = Open(Both(primary, standby));
        await using IJournalLease first = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        object? token = await primary.ExecuteAsync($"SELECT token FROM readyops.streams WHERE name = '{Stream}'");

        await primary.CrashAsync();
        await standby.StartAgainAsync();
        await standby.ExecuteAsync("SELECT pg_promote()");
        await using IJournalLease second = (await Open(standby.Address).TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        Assert.Equal(token, await standby.ExecuteAsync($"SELECT token FROM readyops.streams WHERE name = '{Stream}'"));
        ReadyOpsException fenced = await Assert.ThrowsAsync<ReadyOpsException>(async () => await first.AppendAsync([JournalTesting.Entry("Late")], Stop));
        Assert.Equal("JournalFenced", fenced.Id);
        await first.DisposeAsync();
        await second.AppendAsync([JournalTesting.Entry("Two")], Stop);
        Assert.Equal(["One", "Two"], (await Open(standby.Address).ReadAsync(Stream, Stop)).Select(line => line.Type));
    }

    [Fact]
    public async Task A_server_that_is_to_wait_for_its_standby_confirms_nothing_without_it_and_its_end_loses_nothing()
    {
        await using PostgresServer primary = await PostgresServer.StartAsync("synchronous_standby_names=standby");
        // Before there is a standby, who waits for one waits for ever: also where role or database say otherwise.
        await primary.ExecuteAsync("ALTER DATABASE journals SET synchronous_commit = local");
        await using PostgresServer standby = await StandbyOf(primary);
        KeptLog log = new();
        PostgresJournalStore store = Open(Both(primary, standby) + "&Command%20Timeout=2", log, new HastyClock());
        await AppendAsync(store, "One");
        Assert.Empty(log.Lines);
        await using IJournalLease lease = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        await standby.CrashAsync();
        ReadyOpsException unsure = await Assert.ThrowsAsync<ReadyOpsException>(async () => await lease.AppendAsync([JournalTesting.Entry("Two")], Stop));
        Assert.Equal("JournalWriteFailed", unsure.Id);
        Assert.Contains("cannot be said", unsure.Message, StringComparison.Ordinal);

        await primary.CrashAsync();
        await standby.StartAgainAsync();
        await standby.ExecuteAsync("SELECT pg_promote()");
        PostgresJournalStore after = Open(Both(primary, standby));
        Assert.Equal(["One"], (await after.ReadAsync(Stream, Stop)).Select(line => line.Type));
        Assert.True((await after.VerifyAsync(Stream, Stop)).Valid);
    }

    [Fact]
    public async Task What_a_crash_shows_and_no_standby_has_got_yet_is_not_taken_for_confirmed()
    {
        await using PostgresServer primary = await PostgresServer.StartAsync("synchronous_standby_names=standby");
        await using PostgresServer standby = await StandbyOf(primary);
        PostgresJournalStore store = Open(primary.Address.Replace("lease=3s", "lease=2m", StringComparison.Ordinal) + "&Command%20Timeout=2");
        await AppendAsync(store, "One");
        await using IJournalLease lease = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        await standby.CrashAsync();
        Task<IReadOnlyList<JournalLine>> appending = lease.AppendAsync([JournalTesting.Entry("Two")], Stop).AsTask();
        while (await primary.ExecuteAsync("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'") is 0L) await Task.Delay(10, Stop);
        await primary.CrashAsync();
        await primary.StartAgainAsync();
        // It is there, flushed to the disk of a server whose standby has never heard of it.
        Assert.Equal(2L, await primary.ExecuteAsync($"SELECT events FROM readyops.streams WHERE name = '{Stream}'"));
        await Assert.ThrowsAsync<ReadyOpsException>(() => appending);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rollout_whose_last_events_are_lost_is_paused_and_nothing_is_done_twice(bool remembers)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no /bin/sh.");
        await using PostgresServer primary = await PostgresServer.StartAsync();
        RolloutService agent = Service(primary.Address, null);
        string id = (await agent.StartAsync(Rollout(remembers ? "1h" : "1s"), new RolloutStart { Release = "2.0" }, Stop)).Id;
        await using PostgresServer standby = await primary.StartStandbyAsync();
        await primary.WaitForAsync(standby);
        await standby.CrashAsync();
        agent = Service(Both(primary, standby), null);
        RolloutStatus status = await agent.GetAsync(id, Stop);
        int step = status.Step;
        // Its events are on the primary alone: a person pauses it at once, or the share rises.
        if (remembers) await agent.TickAsync(id, Stop);
        else while (status.Step == step) status = await agent.TickAsync(id, Stop);
        decimal share = status.SharePercent;
        if (remembers) await agent.SuspendAsync(id, "wait for marketing", Stop);
        if (remembers) await agent.TickAsync(id, Stop);
        string[] acts = await File.ReadAllLinesAsync(Path.Combine(_folder, "target.log"), Stop);

        await primary.CrashAsync();
        await standby.StartAgainAsync();
        await standby.ExecuteAsync("SELECT pg_promote()");
        KeptLog log = new();
        RolloutService next = remembers ? agent : Service(standby.Address, log);
        for (int tick = 0; tick < 3; tick++) status = await next.TickAsync(id, Stop);
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Contains(remembers ? "was confirmed and is not there any more" : "although", status.Reason, StringComparison.Ordinal);
        Assert.Equal(acts, await File.ReadAllLinesAsync(Path.Combine(_folder, "target.log"), Stop));
        RolloutEvent[] events = [.. (await Open(standby.Address).ReadAsync(RolloutService.Prefix + id, Stop)).Select(line => RolloutEvents.Decode(line)!)];
        Assert.Equal(remembers ? PauseCause.Journal : PauseCause.Drift, Assert.Single(events.OfType<RolloutPaused>()).Cause);
        Assert.Single(events.OfType<RolloutEscalated>());
        Assert.True(share > 0);
    }

    private async Task<PostgresServer> StandbyOf(PostgresServer primary)
    {
        PostgresServer standby = await primary.StartStandbyAsync();
        while (await primary.ExecuteAsync("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") is 0L) await Task.Delay(20, Stop);
        Assert.NotEmpty(_needed);
        return standby;
    }

    private static async Task AppendAsync(PostgresJournalStore store, string type)
    {
        await using IJournalLease lease = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        await lease.AppendAsync([JournalTesting.Entry(type)], Stop);
    }

    private static PostgresJournalStore Open(string address, KeptLog? log = null, TimeProvider? clock = null) =>
        new("secret:journals", Context(address.Replace("lease=3s", "lease=1m", StringComparison.Ordinal), log) with { Clock = clock ?? TimeProvider.System });

    private static RolloutService Service(string address, KeptLog? log)
    {
        EngineContext context = Context(address, log);
        return new RolloutService(new PostgresJournalStore("secret:journals", context), context);
    }

    private static EngineContext Context(string address, KeptLog? log) =>
        new() { Secrets = new PostgresCluster.Secret(address), Logs = log ?? new KeptLog(), AllowCommand = true };

    /// <summary>The address of both, as psql takes it.</summary>
    private static string Both(PostgresServer one, PostgresServer two) => string.Create(CultureInfo.InvariantCulture,
        $"{one.Address.Replace($":{one.Port}/", $":{one.Port},127.0.0.1:{two.Port}/", StringComparison.Ordinal)}&target_session_attrs=read-write");

    /// <summary>A rollout whose target is a script that keeps a record of what it was told to set.</summary>
    private Document Rollout(string hold)
    {
        File.WriteAllText(Path.Combine(_folder, "target.sh"), "echo \"$1\" >> target.log\necho \"$1\" > target.share\n");
        File.WriteAllText(Path.Combine(_folder, "target.share"), "0\n");
        return DocumentLoader.Parse(Encoding.UTF8.GetBytes($$"""
            apiVersion: readyops/v1
            kind: Rollout
            name: failover
            target: {type: script, set: [/bin/sh, target.sh, '{percent}'], read: [/bin/cat, target.share]}
            steps: [{ share: 20%, hold: {{hold}} }, { share: 40%, hold: 1h }, { share: 100%, hold: 1h }]
            tick: 500ms
            bake: 1s
            allowNoSignals: true
            """), "failover.yaml", _folder, "Rollout");
    }
}
