using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>The server itself.</summary>
public sealed class PostgresJournalScenarios(PostgresCluster cluster) : PostgresJournalContract(cluster), IClassFixture<PostgresCluster>
{
    private readonly PostgresCluster _cluster = cluster;

    [Fact]
    public async Task Everything_acknowledged_survives_crashes_of_the_server_and_appending_goes_on()
    {
        await using PostgresServer server = await PostgresServer.StartAsync();
        PostgresJournalStore store = new("secret:journals", new EngineContext { Secrets = new PostgresCluster.Secret(server.Address.Replace("lease=3s", "lease=2m", StringComparison.Ordinal)) });
        await using IJournalLease lease = await AcquireAsync(store);
        List<string> acknowledged = [];
        using var crashed = new CancellationTokenSource();
        Task appending = Task.Run(async () =>
        {
            // To be killed in the middle of things, and then some more once all is well again.
            for (int rest = 20; rest > 0; rest -= crashed.IsCancellationRequested ? 1 : 0)
                acknowledged.AddRange((await lease.AppendAsync([Entry("One"), Entry("Two")], Stop)).Select(line => line.Hash));
        }, Stop);
        for (int crash = 0; crash < 3; crash++)
        {
            int before = acknowledged.Count;
            while (Volatile.Read(ref acknowledged).Count < before + 20 && !appending.IsCompleted) await Task.Delay(10, Stop);
            await server.CrashAsync();
            await server.StartAgainAsync();
        }

        await crashed.CancelAsync();
        await appending;
        Assert.True(acknowledged.Count > 80);
        Assert.Equal(acknowledged, (await store.ReadAsync(Stream, Stop)).Select(line => line.Hash));
        Assert.True((await store.VerifyAsync(Stream, Stop)).Valid);
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_it()
    {
        PostgresJournalStore store = new("secret:journals", new EngineContext
        {
            Secrets = new PostgresCluster.Secret(_cluster.Address.Replace(PostgresServer.Password, "wr0ng", StringComparison.Ordinal)),
        });
        ReadyOpsException refused = await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.ListAsync("", Stop));
        Assert.Equal("JournalUnavailable", refused.Id);
        Assert.Contains("password authentication failed", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng", refused.ToString(), StringComparison.Ordinal);
    }
}
