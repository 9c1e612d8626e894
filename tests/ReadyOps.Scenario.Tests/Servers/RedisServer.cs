using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>A Redis of a test's own on a free port; everything that it acknowledged is on its disk before it says so.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-redis-").FullName;
    private readonly string _executable = Required.Server("redis-server");
    private readonly string[] _options;
    private ServerProcess? _process;

    private RedisServer(string[] options) => _options = options;

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; } = LoopbackPort.Free();

    /// <summary>A flag document in it.</summary>
    public string Location(string key = "flags") => string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{Port}/0?key={key}");

    /// <summary>Starts one.</summary>
    /// <param name="options">Further options, as on its command line.</param>
    public static async Task<RedisServer> StartAsync(params string[] options)
    {
        var server = new RedisServer(options);
        try
        {
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it on the same port with what is on its disk.</summary>
    public async Task StartAgainAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = await ServerProcess.StartAsync(
            _executable,
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder, "--appendonly", "yes", "--appendfsync", "always", "--save", "", .. _options],
            async _ => (await AskAsync("PING")) is { Length: > 0 } answer && !answer.StartsWith("-LOADING", StringComparison.Ordinal));
    }

    /// <summary>Ends it as a crash would.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Stops it in the middle of whatever it does (SIGSTOP).</summary>
    public void Freeze() => _process!.Freeze();

    /// <summary>Lets it go on.</summary>
    public void Thaw() => _process!.Thaw();

    /// <summary>Sends one command, as on a telnet line, and gives the first of what it answers.</summary>
    public async Task<string> AskAsync(string command, string? password = null)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", Port, TestContext.Current.CancellationToken);
        NetworkStream stream = tcp.GetStream();
        byte[] buffer = new byte[16 * 1024];
        foreach (string line in password is null ? [command] : (string[])[$"AUTH {password}", command])
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), TestContext.Current.CancellationToken);
            int got = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            command = Encoding.UTF8.GetString(buffer, 0, got);
        }

        return command;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
