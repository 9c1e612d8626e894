using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>A PgBouncer that gives each transaction any of three connections.</summary>
public sealed class TransactionPoolingScenarios(TransactionPooling cluster) : PostgresJournalContract(cluster), IClassFixture<TransactionPooling>
{
    private readonly TransactionPooling _cluster = cluster;

    [Fact]
    public async Task One_that_gives_each_statement_another_connection_is_refused_at_the_first_call()
    {
        await _cluster.Open("statements").ListAsync("", Stop);
        await using PgBouncer bouncer = await PgBouncer.StartAsync(_cluster.Server, "statement");
        foreach (string schema in new[] { "statements", "statements_new" })
        {
            ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await _cluster.Open(schema, port: bouncer.Port).ListAsync("", Stop));
            Assert.Equal("JournalPoolerUnfit", refused.Id);
            Assert.Contains("pool_mode = transaction", refused.NextStep, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Neither_its_crash_nor_one_of_the_server_behind_it_loses_or_doubles_a_line()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        await using PgBouncer bouncer = await PgBouncer.StartAsync(server, "transaction", connections: 1);
        PostgresJournalStore store = new("secret:journals", new EngineContext
        {
            Secrets = new PostgresCluster.Secret(server.Address.Replace($":{server.Port}/", $":{bouncer.Port}/", StringComparison.Ordinal).Replace("lease=3s", "lease=2m", StringComparison.Ordinal)),
        });
        string[] streams = ["rollouts/one", "rollouts/two", "rollouts/three"];
        using var over = new CancellationTokenSource();
        int all = 0;
        Task<List<string>>[] appending = [.. streams.Select(stream => Task.Run(async () =>
        {
            await using IJournalLease lease = await AcquireAsync(store, stream);
            List<string> acknowledged = [];
            for (; !over.IsCancellationRequested || acknowledged.Count < 20; Interlocked.Increment(ref all))
                acknowledged.Add((await lease.AppendAsync([Entry("One")], Stop))[0].Hash);
            return acknowledged;
        }, Stop))];
        foreach (Func<Task> fault in new Func<Task>[]
        {
            async () => { await bouncer.CrashAsync(); await bouncer.StartAgainAsync(); },
            async () => { await server.CrashAsync(); await server.StartAgainAsync(); },
            () => server.ExecuteAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = 'journals' AND pid <> pg_backend_pid()", "postgres"),
        })
        {
            int before = Volatile.Read(ref all);
            while (Volatile.Read(ref all) < before + 60 && !appending.Any(one => one.IsCompleted)) await Task.Delay(10, Stop);
            await fault();
        }

        await over.CancelAsync();
        foreach ((string stream, Task<List<string>> acknowledged) in streams.Zip(appending))
        {
            Assert.Equal(await acknowledged, (await store.ReadAsync(stream, Stop)).Select(line => line.Hash));
            Assert.True((await store.VerifyAsync(stream, Stop)).Valid);
        }
    }

    [Fact]
    public async Task Settings_that_keep_something_in_a_session_are_not_used()
    {
        PostgresJournalStore store = new("secret:journals", new EngineContext
        {
            Secrets = new PostgresCluster.Secret($"{_cluster.Address}&schema=prepared&Max%20Auto%20Prepare=20&Auto%20Prepare%20Min%20Usages=1&Multiplexing=true"),
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            await using IJournalLease lease = await AcquireAsync(store, FormattableString.Invariant($"rollouts/r{i}"));
            for (int n = 0; n < 20; n++) await lease.AppendAsync([Entry("One")], Stop);
        }, Stop)));
        for (int i = 0; i < 8; i++) Assert.Equal(20, (await store.ReadAsync(FormattableString.Invariant($"rollouts/r{i}"), Stop)).Count);
    }

    [Fact]
    public async Task A_parameter_that_it_does_not_know_is_told_with_its_name()
    {
        PostgresJournalStore store = new("secret:journals", new EngineContext { Secrets = new PostgresCluster.Secret($"{_cluster.Address}&options=-c%20statement_timeout=5s") });
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.ListAsync("", Stop));
        Assert.Contains("options", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PgBouncer", refused.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain(PostgresServer.Password, refused.ToString(), StringComparison.Ordinal);
    }
}

/// <summary>A PgBouncer that gives each session a connection.</summary>
public sealed class SessionPoolingScenarios(SessionPooling cluster) : PostgresJournalContract(cluster), IClassFixture<SessionPooling>;

/// <summary>A server behind PgBouncer, by transactions.</summary>
public sealed class TransactionPooling() : PooledCluster("transaction", connections: 3);

/// <summary>A server behind PgBouncer, by sessions.</summary>
public sealed class SessionPooling() : PooledCluster("session", connections: 50);

/// <summary>A server behind PgBouncer.</summary>
public abstract class PooledCluster(string mode, int connections) : PostgresCluster
{
    private PgBouncer? _bouncer;

    internal override int Port => _bouncer!.Port;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (Server is not null && Required.Has("pgbouncer")) _bouncer = await PgBouncer.StartAsync(Server, mode, connections);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_bouncer is not null) await _bouncer.DisposeAsync();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    internal override string Executable()
    {
        base.Executable();
        return Required.Server("pgbouncer");
    }
}
