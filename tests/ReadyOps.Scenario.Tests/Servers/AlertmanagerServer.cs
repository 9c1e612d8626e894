using System.Globalization;
using System.Net.Http.Json;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>An Alertmanager of a test's own, which notifies nobody.</summary>
internal sealed class AlertmanagerServer : IAsyncDisposable
{
    private const string Config = """
        route: {receiver: nobody, group_wait: 0s, group_interval: 1s}
        receivers: [{name: nobody}]
        inhibit_rules:
        - source_matchers: ['alertname="DataCenterDown"']
          target_matchers: ['severity="warning"']
        """;

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-alertmanager-").FullName;
    private readonly string _executable = Required.Server("prometheus-alertmanager");
    private readonly int _port = LoopbackPort.Free();
    private ServerProcess? _process;

    private AlertmanagerServer()
    {
    }

    /// <summary>Its <c>host:port</c>.</summary>
    public string Authority => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Its base URL.</summary>
    public string Url => $"http://{Authority}";

    /// <summary>Starts one.</summary>
    public static async Task<AlertmanagerServer> StartAsync()
    {
        var server = new AlertmanagerServer();
        try
        {
            await File.WriteAllTextAsync(Path.Combine(server._folder, "alertmanager.yml"), Config);
            server._process = await ServerProcess.StartAsync(
                server._executable,
                [$"--config.file={Path.Combine(server._folder, "alertmanager.yml")}", $"--storage.path={Path.Combine(server._folder, "data")}", $"--web.listen-address={server.Authority}", "--cluster.listen-address=", "--log.level=warn"],
                ServerProcess.Answers($"{server.Url}/-/ready"),
                new Dictionary<string, string> { ["GOMAXPROCS"] = "1" });
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Posts an alert; it fires until it ends.</summary>
    public async Task PostAsync(string name, string severity, DateTimeOffset? ends = null)
    {
        object alert = new
        {
            labels = new { alertname = name, severity, service = "api" },
            annotations = new { summary = $"{name} happened" },
            startsAt = DateTimeOffset.UtcNow.AddMinutes(-5),
            endsAt = ends ?? DateTimeOffset.UtcNow.AddMinutes(5),
        };
        using HttpResponseMessage answer = await Client.PostAsJsonAsync($"{Url}/api/v2/alerts", new[] { alert });
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Silences an alert.</summary>
    public async Task SilenceAsync(string name)
    {
        object silence = new
        {
            matchers = new[] { new { name = "alertname", value = name, isRegex = false, isEqual = true } },
            startsAt = DateTimeOffset.UtcNow,
            endsAt = DateTimeOffset.UtcNow.AddHours(1),
            createdBy = "a test",
            comment = "known",
        };
        using HttpResponseMessage answer = await Client.PostAsJsonAsync($"{Url}/api/v2/silences", silence);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Ends it at once.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
