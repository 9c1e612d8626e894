using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Targets;

/// <summary>One server line of the backend.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">host:port.</param>
/// <param name="Weight">Its configured weight.</param>
/// <param name="Options">What else stands on the line, for example <c>check inter 50ms</c> or <c>disabled</c>.</param>
internal sealed record HaproxyServerLine(string Name, string Address, int Weight, string Options = "");

/// <summary>
/// A real HAProxy on loopback: one frontend, one backend <c>web</c>, its Prometheus exporter at <c>/metrics</c> of the frontend,
/// and stats sockets of level admin (unix and TCP) and of level user.
/// </summary>
internal sealed class HaproxyServer : IAsyncDisposable
{
    private readonly string _executable = Required.Server("haproxy");
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-haproxy-").FullName;
    private readonly string _backend;
    private ServerProcess? _process;

    private HaproxyServer(IReadOnlyList<HaproxyServerLine> servers, string balance, string backendOptions)
    {
        var text = new StringBuilder();
        foreach (string line in $"balance {balance}\n{backendOptions}".Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)) text.Append(CultureInfo.InvariantCulture, $"  {line}\n");
        foreach (HaproxyServerLine s in servers) text.Append(CultureInfo.InvariantCulture, $"  server {s.Name} {s.Address} weight {s.Weight} {s.Options}\n");
        _backend = text.ToString();
    }

    /// <summary>The process while it runs.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("HAProxy is stopped.");

    /// <summary>The frontend; requests to it are split over the servers.</summary>
    public Uri Frontend { get; private set; } = null!;

    /// <summary>HAProxy's own Prometheus exporter.</summary>
    public Uri Metrics => new(Frontend, "/metrics");

    /// <summary><c>unix:/path</c>, level admin.</summary>
    public string UnixAddress => $"unix:{_folder}/admin.sock";

    /// <summary><c>127.0.0.1:port</c>, level admin.</summary>
    public string TcpAddress { get; private set; } = "";

    /// <summary><c>unix:/path</c>, level user: reads, but changes nothing.</summary>
    public string UserAddress => $"unix:{_folder}/user.sock";

    /// <summary>Starts HAProxy, and returns once it answers; skips the test where there is no HAProxy.</summary>
    /// <param name="servers">The servers of the backend <c>web</c>.</param>
    /// <param name="balance">Its algorithm.</param>
    /// <param name="backendOptions">More lines of the backend.</param>
    public static async Task<HaproxyServer> StartAsync(IReadOnlyList<HaproxyServerLine> servers, string balance = "roundrobin", string backendOptions = "")
    {
        var server = new HaproxyServer(servers, balance, backendOptions);
        try
        {
            await server.WriteConfigAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one line to the admin socket and returns the answer.</summary>
    public async Task<string> AskAsync(string line)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint($"{_folder}/admin.sock"));
        using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    /// <summary>A field of <c>show stat</c> for a server, for example its sessions so far, <c>stot</c>.</summary>
    public async Task<string> StatAsync(string server, string field)
    {
        string[] lines = (await AskAsync("show stat -1 4 -1")).Split('\n');
        int at = Array.IndexOf(lines[0][2..].Split(','), field);
        return lines.Single(l => l.StartsWith($"web,{server},", StringComparison.Ordinal)).Split(',')[at];
    }

    /// <summary>Requests that reached a server so far, by HAProxy's own count.</summary>
    public async Task<long> RequestsAsync(string server) => long.Parse(await StatAsync(server, "stot"), CultureInfo.InvariantCulture);

    /// <summary>Ends HAProxy as a crash would.</summary>
    public async Task KillAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        _process = null;
    }

    /// <summary>Starts it again at the same addresses with the weights of its configuration.</summary>
    public async Task StartAgainAsync() => _process = await ServerProcess.StartAsync(_executable, ["-db", "-f", Config], AnswersAsync);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Config => Path.Combine(_folder, "haproxy.cfg");

    private async Task WriteConfigAsync()
    {
        int port = LoopbackPort.Free();
        Frontend = new Uri($"http://127.0.0.1:{port}/");
        TcpAddress = $"127.0.0.1:{LoopbackPort.Free()}";
        await File.WriteAllTextAsync(Config, $"""
            global
              stats socket {_folder}/admin.sock mode 600 level admin
              stats socket {_folder}/user.sock mode 600 level user
              stats socket ipv4@{TcpAddress} level admin
            defaults
              mode http
              timeout connect 2s
              timeout client 10s
              timeout server 10s
            frontend entry
              bind 127.0.0.1:{port}
              http-request use-service prometheus-exporter if {"{"} path /metrics {"}"}
              default_backend web
            backend web
            {_backend}
            """);
    }

    /// <summary>Asked over TCP: a socket file may still be that of the one before.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(TcpAddress), cancel);
        return (await AskAsync("show info")).StartsWith("Name: HAProxy", StringComparison.Ordinal);
    }
}
