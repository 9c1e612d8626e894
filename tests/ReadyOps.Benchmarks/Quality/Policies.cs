namespace ReadyOps.Benchmarks.Quality;

/// <summary>What is compared, all with the same steps, bounds and queries.</summary>
internal static class Policies
{
    /// <summary>Seconds of a step of a compressed rollout, and of its baking.</summary>
    public const int Hold = 1800;

    private const int HalfDay = 43_200;

    /// <summary>The shares of strategy <c>fast</c>.</summary>
    public static IReadOnlyList<int> Shares { get; } = [5, 25, 50, 100];

    /// <summary>What everybody watches: the golden signals.</summary>
    public static Metric[] Watched { get; } = [Metric.Errors, Metric.P95, Metric.P99];

    /// <summary>ReadyOps with nothing but its defaults.</summary>
    public static ReadyOpsPolicy ReadyOpsDefaults { get; } = new("ReadyOps, defaults", "goldenSignals: { selector: 'version=\"new\"' }");

    /// <summary>ReadyOps with sequential comparisons of errors and of slow requests, an alpha of 2 % for both together over the whole rollout, and bounds for 100 %.</summary>
    public static ReadyOpsPolicy ReadyOpsComparing { get; } = new("ReadyOps, compare", """
        goldenSignals: { selector: 'version="new"' }
        signals:
          - name: errors-compared
            type: compare
            canary: { events: 'http_requests_total{version="new",code=~"5.."}', total: 'http_requests_total{version="new"}' }
            baseline: { events: 'http_requests_total{version="old",code=~"5.."}', total: 'http_requests_total{version="old"}' }
          - name: latency-compared
            type: compare
            canary: { good: 'http_request_duration_seconds_bucket{version="new",le="0.5"}', total: 'http_request_duration_seconds_count{version="new"}' }
            baseline: { good: 'http_request_duration_seconds_bucket{version="old",le="0.5"}', total: 'http_request_duration_seconds_count{version="old"}' }
        """);

    /// <summary>Argo Rollouts as its documentation shows a background analysis.</summary>
    public static ArgoPolicy ArgoDocumented { get; } = new("Argo Rollouts, documented example");

    /// <summary>Flagger as its documentation shows a canary.</summary>
    public static FlaggerPolicy FlaggerDocumented { get; } = new("Flagger, documented example");

    /// <summary>Argo Rollouts with the settings that <c>QualityTuning</c> found best.</summary>
    public static ArgoPolicy ArgoTuned { get; } = ArgoDocumented with { Name = "Argo Rollouts, tuned", InitialDelay = 60, FailureLimit = 5, ConsecutiveErrorLimit = 60, Window = 60 };

    /// <summary>Flagger with the settings that <c>QualityTuning</c> found best.</summary>
    public static FlaggerPolicy FlaggerTuned { get; } = FlaggerDocumented with { Name = "Flagger, tuned", Interval = 180, StepWeight = 5, Window = 120 };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IPolicy> All { get; } = [ReadyOpsDefaults, ReadyOpsComparing, ArgoDocumented, ArgoTuned, FlaggerDocumented, FlaggerTuned];

    /// <summary>The shares and when each ends, in seconds since the start, when nothing holds it up; baking is part of the last.</summary>
    public static IReadOnlyList<(int Percent, double Until)> StepsOf(Scenario scenario) => scenario.RealTime
        ? [(5, HalfDay), (25, 2 * HalfDay), (50, 4 * HalfDay), (100, 8 * HalfDay)]
        : [(5, Hold), (25, 2 * Hold), (50, 3 * Hold), (100, 5 * Hold)];

    /// <summary>What a healthy value is at most: the bounds of the golden signals, in base units.</summary>
    public static double BoundOf(Metric metric) => metric switch
    {
        Metric.Errors => 0.01,
        Metric.P95 => 0.5,
        _ => 1,
    };
}
