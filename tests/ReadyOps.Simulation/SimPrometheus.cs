using System.Globalization;
using System.Net;
using System.Text;

namespace ReadyOps.Simulation;

/// <summary>A Prometheus that knows as many queries as there are series, and fails as the world wants it to.</summary>
internal sealed class SimPrometheus(SimWorld world, SimProcess process, TimeProvider clock) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        process.Touch();
        if (world.Is(Fault.MetricsSlow)) await WaitAsync(world.Random.Seconds(1, 40), cancel).ConfigureAwait(false);
        if (world.Is(Fault.MetricsDown)) throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        if (world.Is(Fault.MetricsStatus)) return Answer((HttpStatusCode)world.Random.Pick(500, 502, 503, 504), "<html>unavailable</html>");
        Dictionary<string, string> form = Form(await request.Content!.ReadAsStringAsync(cancel).ConfigureAwait(false));
        string body = Matrix(form);
        if (world.Is(Fault.MetricsGarbage)) body = Garbage(body);
        return Answer(HttpStatusCode.OK, body);
    }

    /// <summary>As <see cref="Task.Delay(TimeSpan, TimeProvider, CancellationToken)"/>, which goes on elsewhere when it is cancelled; this stays on the thread of its agent.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken cancel)
    {
        var over = new TaskCompletionSource();
        await using ITimer timer = clock.CreateTimer(_ => over.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration stopped = cancel.UnsafeRegister(_ => over.TrySetCanceled(cancel), null);
        await over.Task.ConfigureAwait(false);
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private static Dictionary<string, string> Form(string text) => text.Split('&').Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.Ordinal);

    private string Garbage(string body) => world.Random.Below(5) switch
    {
        0 => "<html><title>Log in</title></html>",
        1 => body[..world.Random.Below(body.Length)],
        2 => "",
        3 => body.Replace("\"matrix\"", "\"vector\"", StringComparison.Ordinal),
        _ => """{"status":"error","errorType":"internal","error":"out of memory"}""",
    };

    private string Matrix(Dictionary<string, string> form)
    {
        long step = Ticks(form["step"]), end = Ticks(form["end"]);
        var values = new StringBuilder();
        for (long time = Ticks(form["start"]); time <= end; time += step)
        {
            long at = DateTimeOffset.UnixEpoch.Ticks + time;
            double value = at <= world.Scheduler.Now ? world.Traffic.At(form["query"], at) : double.NaN;
            if (double.IsNaN(value)) continue;
            if (values.Length > 0) values.Append(',');
            values.Append(CultureInfo.InvariantCulture, $"[{time / TimeSpan.TicksPerMillisecond / 1000m},\"{value}\"]");
        }

        string series = values.Length > 0 ? $$"""{"metric":{},"values":[{{values}}]}""" : "";
        return $$$"""{"status":"success","data":{"resultType":"matrix","result":[{{{series}}}]}}""";
    }

    private static long Ticks(string seconds) => (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond);
}
