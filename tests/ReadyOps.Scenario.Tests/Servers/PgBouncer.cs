using System.Globalization;
using Npgsql;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>A real PgBouncer in front of a PostgreSQL. It refuses to run as root; where the tests do, it runs as PostgreSQL's account.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-pgbouncer-").FullName;
    private ServerProcess? _process;

    private PgBouncer()
    {
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>Starts it; skips the test where it is not installed.</summary>
    /// <param name="server">The server behind it.</param>
    /// <param name="mode">session, transaction or statement.</param>
    /// <param name="connections">How many connections to the server it shares out.</param>
    public static async Task<PgBouncer> StartAsync(PostgresServer server, string mode, int connections = 3)
    {
        string executable = Required.Server("pgbouncer");
        var bouncer = new PgBouncer();
        string users = Path.Combine(bouncer._folder, "users.txt"), settings = Path.Combine(bouncer._folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(users, $"\"owner\" \"{PostgresServer.Password}\"\n");
        await File.WriteAllTextAsync(settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            journals = host=127.0.0.1 port={server.Port} dbname=journals
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {bouncer.Port}
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = {users}
            auth_user = owner
            pool_mode = {mode}
            default_pool_size = {connections}
            server_login_retry = 1
            """));
        (string file, string[] arguments) = PostgresServer.AsAccount(executable, settings);
        if (file != executable) await PostgresServer.RunAsync("chown", ["-R", "postgres:postgres", bouncer._folder]);
        bouncer._process = await ServerProcess.StartAsync(file, arguments, async cancel =>
        {
            try
            {
                await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={bouncer.Port};Username=owner;Password={PostgresServer.Password};Database=journals;Pooling=false;SSL Mode=Disable");
                await connection.OpenAsync(cancel);
                return true;
            }
            catch (NpgsqlException)
            {
                return false;
            }
        });
        return bouncer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
