using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>
/// A real PostgreSQL with a cluster of its own on loopback. PostgreSQL refuses to run as root; where the tests do, it runs as the
/// account that its package made.
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Account = "postgres";

    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-postgres-").FullName;
    private readonly string _server = Executable();
    private readonly string[] _settings;
    private ServerProcess? _process;

    private PostgresServer(string[] settings) => _settings = settings;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>The user's password: to be found nowhere but in the connection string.</summary>
    public static string Password => "r3ady-only-here";

    /// <summary>The connection string of the database <c>journals</c>, with its password.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"postgresql://owner:{Password}@127.0.0.1:{Port}/journals?sslmode=disable&lease=3s");

    /// <summary>Makes a cluster, starts it and makes the database; skips the test where there is no PostgreSQL.</summary>
    /// <param name="settings">Further settings, each <c>name=value</c>.</param>
    public static async Task<PostgresServer> StartAsync(params string[] settings)
    {
        var server = new PostgresServer(settings);
        try
        {
            await server.MakeClusterAsync();
            await server.StartAgainAsync();
            await server.ExecuteAsync("CREATE DATABASE journals", "postgres");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes a standby of this one that streams from it, and starts it.</summary>
    public async Task<PostgresServer> StartStandbyAsync()
    {
        var standby = new PostgresServer([]);
        try
        {
            if (!OperatingSystem.IsWindows() && Environment.UserName == "root") await RunAsync("chown", [$"{Account}:{Account}", standby._folder]);
            await RunToolAsync("pg_basebackup", "-D", Path.Combine(standby._folder, "data"), "-R", "-X", "stream", "-c", "fast",
                "-d", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={Port} user=owner password={Password} sslmode=disable application_name=standby"));
            await standby.StartAgainAsync();
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a standby of this one has replayed all that there is.</summary>
    public async Task WaitForAsync(PostgresServer standby)
    {
        object? here = await ExecuteAsync("SELECT pg_current_wal_flush_lsn()::text");
        while (!(bool)(await standby.ExecuteAsync($"SELECT pg_last_wal_replay_lsn() >= '{here}'"))!) await Task.Delay(20);
    }

    /// <summary>Runs a program that comes with the server.</summary>
    public static Task<string> RunToolAsync(string name, params string[] arguments)
    {
        (string file, string[] all) = AsAccount(Path.Combine(Path.GetDirectoryName(Executable())!, OperatingSystem.IsWindows() ? $"{name}.exe" : name), arguments);
        return RunAsync(file, all);
    }

    /// <summary>Runs a statement as the owner.</summary>
    public async Task<object?> ExecuteAsync(string sql, string database = "journals")
    {
        await using var connection = new NpgsqlConnection(Pairs(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Ends it as a crash would: what was not on the disk is lost.</summary>
    public async Task CrashAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
        // The children of a killed postmaster notice it by themselves; the next one waits for them.
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Starts it again on the same cluster at the same port.</summary>
    public async Task StartAgainAsync()
    {
        (string file, string[] arguments) = AsAccount(_server, "-D", Path.Combine(_folder, "data"), "-p", Port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200");
        arguments = [.. arguments, .. _settings.SelectMany(setting => new[] { "-c", setting })];
        _process = await ServerProcess.StartAsync(file, arguments, AnswersAsync, deadline: TimeSpan.FromMinutes(1));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        for (int attempt = 0; Directory.Exists(_folder); attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException) when (attempt < 50)
            {
                // Its children may still be writing their last.
                await Task.Delay(50);
            }
        }
    }

    /// <summary>The executable of the server; skips or fails the test where there is none.</summary>
    public static string Executable() => Find("postgres") ?? Required.Server("postgres");

    /// <summary>For a fixture of a whole class, which cannot skip.</summary>
    public static bool IsInstalled => Find("postgres") is not null || Required.Has("postgres");

    /// <summary>
    /// An executable of PostgreSQL. Debian and Red Hat keep those of each version in a folder of its own, as do Homebrew and the installers
    /// for Windows and macOS: the newest counts.
    /// </summary>
    private static string? Find(string name)
    {
        string file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        string[] patterns = ["/usr/lib/postgresql|*", "/usr|pgsql-*", "/opt/homebrew/opt|postgresql@*", "/usr/local/opt|postgresql@*", "/Library/PostgreSQL|*",
            Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "PostgreSQL") + "|*"];
        return patterns.Select(pattern => pattern.Split('|'))
            .Where(pattern => Directory.Exists(pattern[0]))
            .SelectMany(pattern => Directory.EnumerateDirectories(pattern[0], pattern[1]))
            .Select(folder => Path.Combine(folder, "bin", file))
            .Where(File.Exists)
            .OrderBy(path => path.Length).ThenBy(path => path, StringComparer.Ordinal)
            .LastOrDefault();
    }

    /// <summary>A command as it is to be run: by the package's account where the tests run as root.</summary>
    public static (string File, string[] Arguments) AsAccount(string file, params string[] arguments) =>
        !OperatingSystem.IsWindows() && Environment.UserName == "root"
            ? (Required.Server("setpriv"), [$"--reuid={Account}", $"--regid={Account}", "--clear-groups", "--pdeathsig", "KILL", file, .. arguments])
            : (file, arguments);

    private async Task MakeClusterAsync()
    {
        string passwordFile = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        if (!OperatingSystem.IsWindows() && Environment.UserName == "root") await RunAsync("chown", ["-R", $"{Account}:{Account}", _folder]);
        await RunToolAsync("initdb",
            "-D", Path.Combine(_folder, "data"), "-U", "owner", "--pwfile", passwordFile, "-A", "scram-sha-256", "-E", "UTF8", "--no-locale", "--no-instructions");
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<string> RunAsync(string file, string[] arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = (await LastingThread.RunAsync(() => Process.Start(start)))!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{file} ended with {process.ExitCode}:{Environment.NewLine}{await output}{await error}");
        return await output;
    }

    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(Pairs("postgres"));
            await connection.OpenAsync(cancel);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private string Pairs(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = "owner",
        Password = Password,
        Database = database,
        SslMode = SslMode.Disable,
        Pooling = false,
    }.ConnectionString;
}
