using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ReadyOps.Core;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;

namespace ReadyOps.Benchmarks;

/// <summary>1,000 HTTP checks of a gate document against the same 1,000 requests of a bare loop, both 16 at a time.</summary>
internal static class HttpBenchmark
{
    private const int Count = 1000;
    private const int Throttle = 16;

    public static async Task RunAsync()
    {
        await using WebApplication server = Serve();
        await server.StartAsync();
        string url = server.Urls.Single();

        var context = new EngineContext();
        GateDefinition gate = ReadGate(url);
        IReadOnlyList<CheckDefinition> checks = gate.Sections[0].Checks;
        using var bare = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
        var target = new Uri(url + "/healthz");

        Result[] results = await Rounds.MeasureAsync(warmUp: 10, rounds: 40,
            new Subject("bare HttpClient loop", () => LoopAsync(bare, target)),
            new Subject("CheckRunner", () => CheckAsync(checks, context)),
            new Subject("whole gate", () => EvaluateAsync(gate, context)));
        Table.Print($"{Count:N0} HTTP checks on loopback, {Throttle} at a time", "µs per check", 1000.0 / Count, results, Count);
    }

    private static WebApplication Serve()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication server = builder.Build();
        server.Run(answer => answer.Response.WriteAsync("ok"));
        return server;
    }

    /// <summary>As a user would write it, with nothing but what a check of an endpoint needs.</summary>
    private static GateDefinition ReadGate(string url)
    {
        var text = new StringBuilder("apiVersion: readyops/v1\nkind: Gate\nname: production\nthrottle: 16\nchecks:\n");
        for (int i = 0; i < Count; i++) text.Append(null, $"- {{name: service-{i}, type: http, url: '{url}/healthz', status: 200, latency: < 30s}}\n");
        return GateReader.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(text.ToString()), "gate.yaml", Path.GetTempPath(), "Gate"));
    }

    private static async Task LoopAsync(HttpClient http, Uri url)
    {
        int next = -1, good = 0;
        await Task.WhenAll(Enumerable.Range(0, Throttle).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) < Count)
            {
                using HttpResponseMessage answer = await http.GetAsync(url);
                byte[] body = await answer.Content.ReadAsByteArrayAsync();
                if (answer.IsSuccessStatusCode && body.Length == 2) Interlocked.Increment(ref good);
            }
        })));
        if (good != Count) throw new InvalidOperationException($"{good} of {Count} requests were answered.");
    }

    private static async Task CheckAsync(IReadOnlyList<CheckDefinition> checks, EngineContext context)
    {
        int good = 0;
        await foreach (Evidence evidence in CheckRunner.RunAsync(checks, new RunOptions { Throttle = Throttle }, context, CancellationToken.None))
            if (evidence.Verdict == Verdict.Pass) good++;
        if (good != Count) throw new InvalidOperationException($"{good} of {Count} checks passed.");
    }

    private static async Task EvaluateAsync(GateDefinition gate, EngineContext context)
    {
        GateResult result = await GateEvaluator.EvaluateAsync(gate, null, context, null, CancellationToken.None);
        if (result.Status != GateStatus.Passed) throw new InvalidOperationException(result.Reason);
    }
}
