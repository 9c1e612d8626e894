using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Baselines;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals.Baselines;

/// <summary>A Prometheus whose values follow from query and time, and what is captured and compared of it.</summary>
internal sealed class BaselineStage
{
    public const string Plan = """
        apiVersion: readyops/v1
        kind: Baseline
        name: checkout
        span: 10m
        tolerance: 10%
        metrics:
        - {name: latency, query: 'latency{window="${window}"}', unit: seconds, direction: increase}
        - {name: rate, query: rate, tolerance: 20%}
        """;

    /// <summary>Tuesday, 2027-01-12 at noon.</summary>
    public static readonly DateTimeOffset Noon = new(2027, 1, 12, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What a query is at a time; nothing where it has no value.</summary>
    public Func<string, DateTimeOffset, double?> Value { get; set; } = (_, _) => 1;

    public IReadOnlyList<string> Warnings { get; set; } = [];

    public DateTimeOffset Now { get; set; } = Noon;

    public StubHandler Handler { get; }

    public BaselineStage() => Handler = new StubHandler(Answer);

    public EngineContext Context => Handler.Context(new StandingClock(this)) with { Actor = "alice", HostName = "build-7" };

    public PrometheusClient Client => new(HttpEndpoint.For("http://prometheus.test:9090"), Context);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static BaselineDocument Read(string text, string file = "baseline.yaml") => BaselineReader.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(text), file, "/", "Baseline"));

    public Task<PerformanceBaseline> CaptureAsync(string plan = Plan) => new BaselineService(Context).CaptureAsync(Read(plan).Baseline, Client, Now, null, Stop);

    public Task<BaselineComparison> CompareAsync(PerformanceBaseline baseline, BaselineTerms? terms = null, BaselineWindow? window = null) =>
        new BaselineService(Context).CompareAsync(baseline, terms ?? new BaselineTerms(), window ?? new BaselineWindow { End = Now }, Client, null, Stop);

    private HttpResponseMessage Answer(StubRequest request)
    {
        if (request.Url.AbsolutePath.EndsWith("buildinfo", StringComparison.Ordinal))
            return StubHandler.Text("""{"status":"success","data":{"version":"2.42.0","revision":"225c61122d88","branch":"HEAD","goVersion":"go1.19"}}""");
        if (request.Form["query"] == "broken") return StubHandler.Text("""{"status":"error","errorType":"bad_data","error":"parse error"}""", 400);
        return new FakePrometheus((query, time) => query == "twins" ? [("a", 1), ("b", 2)]
            : Value(query, DateTimeOffset.FromUnixTimeMilliseconds(time)) is { } value ? [("", value)] : []) { Warnings = Warnings }.Answer(request);
    }

    private sealed class StandingClock(BaselineStage stage) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => stage.Now;
    }
}
