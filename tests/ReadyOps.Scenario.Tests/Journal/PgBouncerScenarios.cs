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
