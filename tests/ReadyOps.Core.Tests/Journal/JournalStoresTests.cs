using System.Net;
using System.Net.Sockets;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Journal.Postgres;
using static ReadyOps.Core.Tests.Journal.JournalTesting;

namespace ReadyOps.Core.Tests.Journal;

public sealed class JournalStoresTests
{
    [Theory]
    [InlineData("secret:journals")]
    [InlineData("env:READYOPS_DATABASE")]
    [InlineData("postgresql://db.example/journals")]
    [InlineData("Postgres://db.example/journals")]
    public void A_reference_or_an_address_opens_a_database_and_shows_as_it_was_written(string location)
    {
        Assert.True(JournalStores.IsDatabase(location));
        IJournalStore store = JournalStores.Open(location, Context);
        Assert.IsType<PostgresJournalStore>(store);
        Assert.Equal(location, store.Location);
    }

    [Theory]
    [InlineData("./state")]
    [InlineData("/var/lib/readyops")]
    [InlineData(@"C:\state")]
    [InlineData("postgresql")]
    public void Anything_else_is_a_folder(string location) =>
        Assert.False(JournalStores.IsDatabase(location));

    [Fact]
    public async Task A_database_that_does_not_answer_is_told_with_where_and_what_and_without_its_password()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        IJournalStore store = JournalStores.Open("secret:journals", Context with { Secrets = new OneSecret($"postgresql://deploy:s3cret@127.0.0.1:{port}/journals") });

        ReadyOpsException down = await Assert.ThrowsAsync<ReadyOpsException>(async () => await store.ListAsync("", Cancel));

        Assert.Equal("JournalUnavailable", down.Id);
        Assert.Contains($"secret:journals (postgresql://127.0.0.1:{port}/journals)", down.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", down.ToString(), StringComparison.Ordinal);
    }

    private sealed class OneSecret(string value) : ISecretSource
    {
        public ValueTask<string> GetSecretAsync(string name, CancellationToken cancel) => ValueTask.FromResult(value);
    }
}
