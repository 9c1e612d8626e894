using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReadyOps.Agent.Pages;
using ReadyOps.Agent.Running;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Scenario.Tests.Servers;

namespace ReadyOps.Scenario.Tests.Agent;

public sealed partial class PagesScenarios
{
    private const string Hostile = "2.0 <script>alert(\"1\")</script> & \\'x'";

    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(20) };

    [Fact]
    public async Task The_status_page_shows_rollouts_escapes_what_it_shows_and_loads_nothing()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus started = await stage.StartAsync("page", hold: "1h", Hostile);
        (AgentProcess agent, string url) = await AgentProcess.ServeAsync(stage.State);
        using (agent)
        {
            string page = await WaitForPageAsync(agent, $"{url}/", started.Id);
            Assert.Contains("2.0 &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp;", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotMatch(Loads(), page);
            Assert.Contains("10 %", page, StringComparison.Ordinal);
            Assert.Contains("errors", page, StringComparison.Ordinal);
            Assert.Contains("&lt;= 1%", page, StringComparison.Ordinal);
            Assert.Contains("the share is 10 %, read back", page, StringComparison.Ordinal);

            using HttpResponseMessage answer = await Client.GetAsync($"{url}/", TestContext.Current.CancellationToken);
            Assert.StartsWith("default-src 'none'; style-src 'sha256-", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task Other_paths_methods_and_hosts_are_turned_away()
    {
        await using AgentStage stage = await AgentStage.SetAsync();
        (AgentProcess agent, string url) = await AgentProcess.ServeAsync(stage.State);
        using (agent)
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(new HttpRequestMessage(HttpMethod.Get, $"{url}/other")));
            Assert.Equal(HttpStatusCode.MethodNotAllowed, await StatusAsync(new HttpRequestMessage(HttpMethod.Post, $"{url}/")));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(new HttpRequestMessage(HttpMethod.Head, $"{url}/")));
            // A name that somebody else points at 127.0.0.1 is not ours.
            var rebound = new HttpRequestMessage(HttpMethod.Get, $"{url}/") { Headers = { Host = "rebound.example:8765" } };
            Assert.Equal(HttpStatusCode.MisdirectedRequest, await StatusAsync(rebound));
            Assert.Contains("No rollout is under way.", await Client.GetStringAsync($"{url}/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Health_is_503_with_reasons_while_the_store_cannot_be_read()
    {
        var board = new RolloutBoard(TimeProvider.System);
        var pages = new AgentPages(board, new AgentMetrics(board, TimeProvider.System), new MemoryJournalStore(new EngineContext()), TimeProvider.System);
        await using HttpService service = await HttpService.StartAsync(pages.AnswerAsync);

        board.StoreFailed("The journals in \"/x\" cannot be used: no such disk");
        using HttpResponseMessage failing = await Client.GetAsync($"{service.Url}/healthz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, failing.StatusCode);
        using JsonDocument answer = JsonDocument.Parse(await failing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("The journals in \"/x\" cannot be used: no such disk", Assert.Single(answer.RootElement.GetProperty("reasons").EnumerateArray()).GetString());
        Assert.Contains("readyops_healthy 0\n", await Client.GetStringAsync($"{service.Url}/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("no such disk", await Client.GetStringAsync($"{service.Url}/", TestContext.Current.CancellationToken), StringComparison.Ordinal);

        board.StoreSeen([]);
        using HttpResponseMessage well = await Client.GetAsync($"{service.Url}/healthz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, well.StatusCode);
    }

    [Fact]
    public async Task Promtool_and_a_real_Prometheus_take_the_metrics()
    {
        string promtool = Required.Server("promtool");
        await using AgentStage stage = await AgentStage.SetAsync();
        RolloutStatus started = await stage.StartAsync("scraped", hold: "1h", Hostile);
        (AgentProcess agent, string url) = await AgentProcess.ServeAsync(stage.State);
        using (agent)
        {
            string page = await WaitForPageAsync(agent, $"{url}/metrics", "result=\"ok\"} 1");
            string empty = new AgentMetrics(new RolloutBoard(TimeProvider.System), TimeProvider.System).Write();
            foreach (string text in new[] { page, empty })
            {
                (int exitCode, string complaints) = await CheckAsync(promtool, text);
                Assert.True(exitCode == 0 && complaints.Length == 0, complaints);
            }

            await using PrometheusServer prometheus = await PrometheusServer.StartAsync([("readyops", new Uri(url).Authority)]);
            MetricSample phase = Assert.Single(await prometheus.WaitForAsync("readyops_rollout_phase == 1"));
            Assert.Equal("Progressing", phase.Labels["phase"]);
            Assert.Equal(started.Id, phase.Labels["rollout"]);
            Assert.Equal(Hostile, phase.Labels["release"]);
            Assert.Equal(0.1, Assert.Single(await prometheus.WaitForAsync("readyops_rollout_share_ratio")).Value);
            Assert.Equal(1, Assert.Single(await prometheus.WaitForAsync("up")).Value);
        }
    }

    private static async Task<string> WaitForPageAsync(AgentProcess agent, string url, string text) =>
        await agent.WaitForAsync(() => Client.GetStringAsync(url).GetAwaiter().GetResult() is { } page && page.Contains(text, StringComparison.Ordinal) ? page : null);

    private static async Task<HttpStatusCode> StatusAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<(int ExitCode, string Complaints)> CheckAsync(string promtool, string page)
    {
        var start = new ProcessStartInfo(promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(page);
        process.StandardInput.Close();
        string complaints = await process.StandardError.ReadToEndAsync() + await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, complaints.Trim());
    }

    [GeneratedRegex("""\b(src|href|url)\s*[=(]""", RegexOptions.IgnoreCase)]
    private static partial Regex Loads();
}
