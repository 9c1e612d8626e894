using Npgsql;
using ReadyOps.Core;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal.Postgres;

namespace ReadyOps.Benchmarks;

/// <summary>An empty schema of its own in a database; dropped when it is disposed.</summary>
internal sealed class BenchmarkSchema : IDisposable
{
    private readonly string _connectionString;

    private BenchmarkSchema(string connectionString, string name, string location) => (_connectionString, Name, Location) = (connectionString, name, location);

    public string Name { get; }

    /// <summary>What the store is opened by.</summary>
    public string Location { get; }

    public static async Task<BenchmarkSchema> MakeAsync(string database)
    {
        string name = $"readyops_benchmark_{Guid.NewGuid().ToString("N")[..8]}";
        string text = await new SecretText(database).ResolveAsync(new EngineContext().Secrets, CancellationToken.None);
        string variable = $"READYOPS_BENCHMARK_{name}";
        string own = text.Contains("://", StringComparison.Ordinal) ? $"{text}{(text.Contains('?', StringComparison.Ordinal) ? '&' : '?')}schema={name}" : $"{text};schema={name}";
        Environment.SetEnvironmentVariable(variable, own);
        return new BenchmarkSchema(PostgresAddress.Read(own, database).ConnectionString, name, $"env:{variable}");
    }

    public void Dispose()
    {
        using var connection = new NpgsqlConnection(_connectionString);
        connection.Open();
        using var drop = new NpgsqlCommand($"DROP SCHEMA IF EXISTS {Name} CASCADE", connection);
        drop.ExecuteNonQuery();
    }
}
