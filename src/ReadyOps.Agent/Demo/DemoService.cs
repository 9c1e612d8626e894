using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using ReadyOps.Core.Monitoring;

namespace ReadyOps.Agent.Demo;

/// <summary>
/// One version of the demo's shop: <c>/checkout</c>, <c>/healthz</c> and <c>/metrics</c>. A version with a pool holds one
/// connection per user and never gives it back. It passes every test and its health check; once more users come than the pool
/// has connections, the others wait for one in vain and get a 500.
/// </summary>
internal sealed class DemoService : IAsyncDisposable
{
    private static readonly TimeSpan PoolTimeout = TimeSpan.FromMilliseconds(600);

    private readonly Histogram _durations = new(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5);
    private readonly Queue<(long At, double Seconds, bool Failed)> _recent = new();
    private readonly HashSet<string> _connections = new(StringComparer.Ordinal);
    private readonly object _gate = new();
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly int? _pool;
    private LoopbackServer? _server;
    private long _succeeded;
    private long _failed;

    private DemoService(string version, int? pool) => (Version, _pool) = (version, pool);

    /// <summary>Its version.</summary>
    public string Version { get; }

    /// <summary>Its base URL.</summary>
    public string Url => _server!.Url;

    /// <summary>Requests that it answered, and how many of them with a 500.</summary>
    public (long Requests, long Failed) Answered
    {
        get
        {
            lock (_gate) return (_succeeded + _failed, _failed);
        }
    }

    /// <summary>When its pool was first found empty.</summary>
    public DateTimeOffset? FaultAt { get; private set; }

    /// <summary>Starts a version on a free port of 127.0.0.1.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="pool">How many connections it has; <see langword="null"/> for a version that gives them back.</param>
    /// <param name="cancel">Stops starting.</param>
    public static async Task<DemoService> StartAsync(string version, int? pool, CancellationToken cancel)
    {
        var service = new DemoService(version, pool);
        service._server = await LoopbackServer.StartAsync("http://127.0.0.1:0", service.AnswerAsync, cancel);
        return service;
    }

    /// <summary>What it did lately: requests per second, the share that failed (0–1), and the 95th percentile in seconds.</summary>
    public (double Rate, double? Failed, double? P95) Lately(TimeSpan window)
    {
        (long At, double Seconds, bool Failed)[] recent;
        lock (_gate)
        {
            while (_recent.TryPeek(out (long At, double, bool) oldest) && Stopwatch.GetElapsedTime(oldest.At) > window) _recent.Dequeue();
            recent = [.. _recent];
        }

        if (recent.Length == 0) return (0, null, null);
        double[] sorted = [.. recent.Select(one => one.Seconds).Order()];
        return (recent.Length / window.TotalSeconds, recent.Count(one => one.Failed) / (double)recent.Length, sorted[(int)Math.Ceiling(0.95 * sorted.Length) - 1]);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/checkout" => CheckOutAsync(context),
        "/healthz" => context.Response.WriteAsJsonAsync(new Dictionary<string, string> { ["status"] = "ok", ["version"] = $"checkout-{Version}" }),
        "/metrics" => WriteMetricsAsync(context),
        _ => NotFoundAsync(context),
    };

    private async Task CheckOutAsync(HttpContext context)
    {
        long begun = Stopwatch.GetTimestamp();
        bool failed = !TryConnect(context.Request.Query["user"].ToString());
        // Work takes 5 to 30 ms, now and then 60.
        double work = Random.Shared.Next(50) == 0 ? 60 : 5 + (25 * Random.Shared.NextDouble());
        await Task.Delay(failed ? PoolTimeout : TimeSpan.FromMilliseconds(work), context.RequestAborted);
        context.Response.StatusCode = failed ? 500 : 200;
        Count(begun, failed);
        await context.Response.WriteAsync(failed ? "no connection left in the pool" : "ok", context.RequestAborted);
    }

    private bool TryConnect(string user)
    {
        if (_pool is not { } size) return true;
        lock (_gate)
        {
            if (_connections.Contains(user) || (_connections.Count < size && _connections.Add(user))) return true;
            FaultAt ??= DateTimeOffset.UtcNow;
            return false;
        }
    }

    private void Count(long begun, bool failed)
    {
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        _durations.Observe(seconds);
        lock (_gate)
        {
            if (failed) _failed++;
            else _succeeded++;
            _recent.Enqueue((Stopwatch.GetTimestamp(), seconds, failed));
        }
    }

    private Task WriteMetricsAsync(HttpContext context)
    {
        (long requests, long failed) = Answered;
        string page = new ExpositionWriter()
            .Family("process_start_time_seconds", MetricType.Gauge, "Start time of the process since the Unix epoch in seconds.")
            .Sample(_started.ToUnixTimeMilliseconds() / 1000.0)
            .Family("http_requests_total", MetricType.Counter, "Requests answered, by status.")
            .Sample(requests - failed, ("code", "200"))
            .Sample(failed, ("code", "500"))
            .Family("http_request_duration_seconds", MetricType.Histogram, "How long requests took.")
            .Sample(_durations)
            .ToString();
        context.Response.ContentType = ExpositionWriter.ContentType;
        return context.Response.WriteAsync(page, context.RequestAborted);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"There is no {context.Request.Path}."), context.RequestAborted);
    }
}
