using System.Globalization;
using Npgsql;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>A real PgBouncer in front of a PostgreSQL. It refuses to run as root; where the tests do, it runs as PostgreSQL's account.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-pgbouncer-").FullName;
    private readonly string _executable = Required.Server("pgbouncer");
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
        var bouncer = new PgBouncer();
        string users = Path.Combine(bouncer._folder, "users.txt"), settings = bouncer.Settings;
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
        if (PostgresServer.AsAccount(settings).File != settings) await PostgresServer.RunAsync("chown", ["-R", "postgres:postgres", bouncer._folder]);
        await bouncer.StartAgainAsync();
        return bouncer;
    }

    /// <summary>Ends it as a crash would, with every connection through it.</summary>
    public async Task CrashAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Starts it again at the same port.</summary>
    public async Task StartAgainAsync()
    {
        (string file, string[] arguments) = PostgresServer.AsAccount(_executable, Settings);
        _process = await ServerProcess.StartAsync(file, arguments, AnswersAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Settings => Path.Combine(_folder, "pgbouncer.ini");

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={Port};Username=owner;Password={PostgresServer.Password};Database=journals;Pooling=false;SSL Mode=Disable");
            await connection.OpenAsync(cancel);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
