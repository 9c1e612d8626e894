using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Core.Tests.Journal;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

public sealed class PostgresSnapshotScenarios(PostgresCluster cluster) : IClassFixture<PostgresCluster>
{
    private const string Stream = "rollouts/checkout-2.4.0";

    private readonly string _needed = PostgresServer.Executable();
    private readonly string _schema = cluster.NewSchema();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_snapshot_is_kept_beside_its_stream_replaced_and_removed()
    {
        IJournalSnapshots store = cluster.Open(_schema), other = cluster.Open(_schema);
        Assert.Null(await store.ReadSnapshotAsync(Stream, Stop));
        await AppendAsync(cluster.Open(_schema));
        Assert.Null(await store.ReadSnapshotAsync(Stream, Stop));
        Assert.True(await store.WriteSnapshotAsync(Stream, "one"u8.ToArray(), Stop));
        Assert.True(await store.WriteSnapshotAsync(Stream, "two \0 three"u8.ToArray(), Stop));
        Assert.Equal("two \0 three", Encoding.UTF8.GetString((await other.ReadSnapshotAsync(Stream, Stop))!));
        Assert.Null(await other.ReadSnapshotAsync("rollouts/other", Stop));
        Assert.True((await cluster.Open(_schema).VerifyAsync(Stream, Stop)).Valid);
        Assert.True(await other.WriteSnapshotAsync(Stream, null, Stop));
        Assert.Null(await store.ReadSnapshotAsync(Stream, Stop));
    }

    [Fact]
    public async Task Tables_of_the_version_before_snapshots_go_on_being_used_by_a_role_that_may_not_make_tables()
    {
        await AppendAsync(cluster.Open(_schema));
        await cluster.Server.ExecuteAsync($"DROP TABLE {_schema}.snapshots; DELETE FROM {_schema}.migrations WHERE version = 2");
        string role = $"old_{_schema}";
        await cluster.Server.ExecuteAsync($"""
            CREATE ROLE {role} LOGIN PASSWORD '{PostgresServer.Password}';
            GRANT USAGE ON SCHEMA {_schema} TO {role};
            GRANT SELECT ON {_schema}.migrations TO {role};
            GRANT SELECT, INSERT ON {_schema}.events TO {role};
            GRANT SELECT, INSERT, UPDATE ON {_schema}.streams TO {role};
            """);
        await UseWithoutAsync(role);

        // Their owner makes what is missing; who was given no right to it goes on as before.
        await AppendAsync(cluster.Open(_schema));
        Assert.True(await ((IJournalSnapshots)cluster.Open(_schema)).WriteSnapshotAsync(Stream, "one"u8.ToArray(), Stop));
        await UseWithoutAsync(role);
    }

    [Fact]
    public async Task A_server_that_is_away_is_not_waited_for()
    {
        IJournalSnapshots store = cluster.Open(_schema, port: LoopbackPort.Free());
        Assert.Null(await store.ReadSnapshotAsync(Stream, Stop));
        Assert.False(await store.WriteSnapshotAsync(Stream, [1], Stop));
    }

    private async Task UseWithoutAsync(string role)
    {
        PostgresJournalStore store = new("secret:journals", new EngineContext
        {
            Secrets = new PostgresCluster.Secret($"{cluster.Address.Replace("//owner:", $"//{role}:", StringComparison.Ordinal)}&schema={_schema}"),
        });
        await AppendAsync(store);
        Assert.True((await store.VerifyAsync(Stream, Stop)).Valid);
        Assert.Null(await ((IJournalSnapshots)store).ReadSnapshotAsync(Stream, Stop));
        Assert.False(await ((IJournalSnapshots)store).WriteSnapshotAsync(Stream, [1], Stop));
    }

    private async Task AppendAsync(PostgresJournalStore store)
    {
        Assert.NotEmpty(_needed);
        await using IJournalLease lease = (await store.TryAcquireAsync(Stream, TimeSpan.Zero, Stop))!;
        await lease.AppendAsync([JournalTesting.Entry("One")], Stop);
    }
}
