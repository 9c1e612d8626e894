using System.Diagnostics;
using System.Globalization;
using System.Text;
using ReadyOps.Core;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>A Prometheus of a test's own. It can be stopped and started again with its data, or frozen.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-prometheus-").FullName;
    private readonly string _executable = Required.Server("prometheus");
    private readonly int _port = LoopbackPort.Free();
    private ServerProcess? _process;

    private PrometheusServer()
    {
    }

    /// <summary>Its base URL.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    /// <summary>The process while it runs.</summary>
    public ServerProcess Process => _process ?? throw new InvalidOperationException("Prometheus is stopped.");

    /// <summary>A client for it, without retries that a test would wait for.</summary>
    public PrometheusClient Client => new(HttpEndpoint.For(Url), new EngineContext()) { Attempts = 1 };

    /// <summary>Starts a Prometheus.</summary>
    /// <param name="targets">Job and <c>host:port</c> of what it scrapes at <c>/metrics</c>.</param>
    /// <param name="scrapeInterval">How often; 1 s when not given. Rules are evaluated as often.</param>
    /// <param name="rules">A rule file in YAML, or nothing.</param>
    /// <param name="history">What it recorded before, in OpenMetrics with timestamps and <c># EOF</c>; needs promtool.</param>
    /// <param name="alertmanager"><c>host:port</c> of the Alertmanager that hears of its alerts, or nothing.</param>
    public static async Task<PrometheusServer> StartAsync(
        IEnumerable<(string Job, string Target)>? targets = null, TimeSpan? scrapeInterval = null, string? rules = null, string? history = null, string? alertmanager = null)
    {
        var server = new PrometheusServer();
        string interval = string.Create(CultureInfo.InvariantCulture, $"{(scrapeInterval ?? TimeSpan.FromSeconds(1)).TotalMilliseconds}ms");
        var config = new StringBuilder($"global: {{scrape_interval: {interval}, scrape_timeout: {interval}, evaluation_interval: {interval}}}\n");
        if (rules is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(server._folder, "rules.yml"), rules);
            config.Append("rule_files: [rules.yml]\n");
        }

        if (alertmanager is not null) config.Append(CultureInfo.InvariantCulture, $"alerting: {{alertmanagers: [{{static_configs: [{{targets: ['{alertmanager}']}}]}}]}}\n");
        config.Append("scrape_configs:\n");
        foreach ((string job, string[] addresses) in (targets ?? []).GroupBy(t => t.Job, t => t.Target).Select(g => (g.Key, g.ToArray())))
            config.Append(CultureInfo.InvariantCulture, $"- {{job_name: '{job}', static_configs: [{{targets: ['{string.Join("', '", addresses)}']}}]}}\n");
        await File.WriteAllTextAsync(Path.Combine(server._folder, "prometheus.yml"), config.ToString());
        try
        {
            if (history is not null) await server.BackfillAsync(history);
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops it; its data and its port are kept for <see cref="StartAgainAsync"/>.</summary>
    public async Task StopAsync()
    {
        await Process.StopAsync();
        await Process.DisposeAsync();
        _process = null;
    }

    /// <summary>Starts it again on the same port, with the data it had.</summary>
    public async Task StartAgainAsync() => _process = await ServerProcess.StartAsync(
        _executable,
        [
            $"--config.file={Path.Combine(_folder, "prometheus.yml")}",
            $"--storage.tsdb.path={Path.Combine(_folder, "data")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{_port}"),
            "--storage.tsdb.retention.time=100y",
            // What is sent before Alertmanager is discovered is lost, and comes again only after this.
            "--rules.alert.resend-delay=1s",
            "--log.level=warn",
        ],
        ServerProcess.Answers($"{Url}/-/ready"),
        new Dictionary<string, string> { ["GOMAXPROCS"] = "1" });

    /// <summary>Waits until a query gives what a test waits for.</summary>
    /// <param name="query">PromQL, asked for the server's now.</param>
    /// <param name="until">Whether that is it; any sample at all when not given.</param>
    /// <param name="deadline">How long it may take; 30 s when not given.</param>
    public async Task<IReadOnlyList<MetricSample>> WaitForAsync(string query, Func<IReadOnlyList<MetricSample>, bool>? until = null, TimeSpan? deadline = null)
    {
        using var timer = new CancellationTokenSource(deadline ?? TimeSpan.FromMinutes(2));
        IReadOnlyList<MetricSample> seen = [];
        while (!timer.IsCancellationRequested)
        {
            seen = (await Client.QueryAsync(query, null, TestContext.Current.CancellationToken)).Data;
            if (until?.Invoke(seen) ?? seen.Count > 0) return seen;
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        throw new TimeoutException($"'{query}' never gave what was waited for; last seen: {string.Join(", ", seen.Select(s => s.Value))}. Output of Prometheus:{Environment.NewLine}{_process?.Output}");
    }

    private async Task BackfillAsync(string history)
    {
        string file = Path.Combine(_folder, "history.om");
        await File.WriteAllTextAsync(file, history);
        var start = new ProcessStartInfo(Required.Server("promtool"), ["tsdb", "create-blocks-from", "openmetrics", file, Path.Combine(_folder, "data")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using System.Diagnostics.Process promtool = System.Diagnostics.Process.Start(start)!;
        Task<string> output = promtool.StandardOutput.ReadToEndAsync(), errors = promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        if (promtool.ExitCode != 0) throw new InvalidOperationException($"promtool cannot take in the history: {await errors}{await output}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
