using System.Globalization;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>One PostgreSQL for the tests of a class; each has a schema of its own in it.</summary>
public sealed class PostgresCluster : IAsyncLifetime
{
    private int _schemas;

    internal PostgresServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsInstalled) Server = await PostgresServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }

    /// <summary>A schema that nothing was written to yet.</summary>
    internal string NewSchema() => string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _schemas)}");

    /// <summary>The journals of a schema, as one process sees them.</summary>
    internal PostgresJournalStore Open(string schema, TimeProvider? clock = null, int? port = null, string host = "build-07") => new("secret:journals", new EngineContext
    {
        Clock = clock ?? TimeProvider.System,
        HostName = host,
        Secrets = new Secret($"{(port is { } other ? Server.Address.Replace($":{Server.Port}/", $":{other}/", StringComparison.Ordinal) : Server.Address)}&schema={schema}"),
    });

    /// <summary>A source that has one secret.</summary>
    internal sealed class Secret(string value) : ISecretSource
    {
        public ValueTask<string> GetSecretAsync(string name, CancellationToken cancel) => ValueTask.FromResult(value);
    }
}

/// <summary>The machine's clock, wrong by a constant.</summary>
internal sealed class WrongClock(TimeSpan off) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + off;
}
