using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal.Postgres;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Journal;

/// <summary>One PostgreSQL for the tests of a class; each has a schema of its own in it.</summary>
public class PostgresCluster : IAsyncLifetime
{
    private int _schemas;

    internal PostgresServer Server { get; private set; } = null!;

    /// <summary>Where clients connect to: the server itself or what stands before it.</summary>
    internal virtual int Port => Server.Port;

    /// <summary>The connection string, with its password.</summary>
    internal string Address => AddressOf(Port);

    public virtual async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsInstalled) Server = await PostgresServer.StartAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What must be installed; skips or fails the test where it is not.</summary>
    internal virtual string Executable() => PostgresServer.Executable();

    /// <summary>A schema that nothing was written to yet.</summary>
    internal string NewSchema() => string.Create(CultureInfo.InvariantCulture, $"test_{Interlocked.Increment(ref _schemas)}");

    /// <summary>The journals of a schema, as one process sees them.</summary>
    internal PostgresJournalStore Open(string schema, TimeProvider? clock = null, int? port = null, string host = "build-07") => new("secret:journals", new EngineContext
    {
        Clock = clock ?? TimeProvider.System,
        HostName = host,
        Secrets = new Secret($"{AddressOf(port ?? Port)}&schema={schema}"),
    });

    private string AddressOf(int port) => Server.Address.Replace($":{Server.Port}/", $":{port}/", StringComparison.Ordinal);

    /// <summary>A source that has one secret.</summary>
    internal sealed class Secret(string value) : ISecretSource
    {
        public ValueTask<string> GetSecretAsync(string name, CancellationToken cancel) => ValueTask.FromResult(value);
    }
}

/// <summary>The machine's clock, by which only patience runs, and that sixteen times as fast: what is waited for in vain is given up soon.</summary>
internal sealed class HastyClock : TimeProvider
{
    public override long GetTimestamp() => System.GetTimestamp() * 16;
}

/// <summary>Keeps what is written to the log.</summary>
internal sealed class KeptLog : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>The warnings and errors so far.</summary>
    public string[] Lines => [.. _lines];

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Dispose()
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel)) _lines.Enqueue(formatter(state, exception));
    }
}

/// <summary>The machine's clock, wrong by a constant.</summary>
internal sealed class WrongClock(TimeSpan off) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + off;
}
