using System.Globalization;
using System.Net;
using System.Text;

namespace ReadyOps.Simulation;

/// <summary>A Prometheus that knows as many queries as there are series, and fails as the world wants it to; beside it the hook for escalations.</summary>
internal sealed class SimPrometheus(SimWorld world, SimProcess process, SimClock clock) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        if (request.RequestUri!.Host == SimHooks.Host) return await world.Hooks!.PostAsync(process, clock, request, cancel).ConfigureAwait(false);
        process.Touch();
        if (world.Is(Fault.MetricsSlow)) await clock.WaitAsync(world.Random.Seconds(1, 40), cancel).ConfigureAwait(false);
        if (world.Is(Fault.MetricsDown)) throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        if (world.Is(Fault.MetricsStatus)) return Answer((HttpStatusCode)world.Random.Pick(500, 502, 503, 504), "<html>unavailable</html>");
        Dictionary<string, string> form = Form(await request.Content!.ReadAsStringAsync(cancel).ConfigureAwait(false));
        string body = form.ContainsKey("time") ? Vector(form) : Matrix(form);
        if (world.Is(Fault.MetricsGarbage)) body = Garbage(body);
        return Answer(HttpStatusCode.OK, body);
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
            double value = Evaluate(form["query"], at);
            if (double.IsNaN(value)) continue;
            if (values.Length > 0) values.Append(',');
            values.Append(CultureInfo.InvariantCulture, $"[{time / TimeSpan.TicksPerMillisecond / 1000m},\"{value:R}\"]");
        }

        string series = values.Length > 0 ? $$"""{"metric":{},"values":[{{values}}]}""" : "";
        return $$$"""{"status":"success","data":{"resultType":"matrix","result":[{{{series}}}]}}""";
    }

    private string Vector(Dictionary<string, string> form)
    {
        long time = Ticks(form["time"]);
        double value = Evaluate(form["query"], DateTimeOffset.UnixEpoch.Ticks + time);
        string series = double.IsNaN(value) ? "" : string.Create(CultureInfo.InvariantCulture, $$"""{"metric":{},"value":[{{time / TimeSpan.TicksPerMillisecond / 1000m}},"{{value:R}}"]}""");
        return $$$"""{"status":"success","data":{"resultType":"vector","result":[{{{series}}}]}}""";
    }

    /// <summary>A series, or its mean over a range.</summary>
    private double Evaluate(string query, long at)
    {
        if (at > world.Scheduler.Now) return double.NaN;
        if (query.IndexOf('[', StringComparison.Ordinal) is not (> 0 and var open)) return world.Traffic.At(query, at);
        string range = query[(open + 1)..query.IndexOf(']', StringComparison.Ordinal)];
        TimeSpan over = TimeSpan.FromMilliseconds(range.EndsWith("ms", StringComparison.Ordinal)
            ? double.Parse(range[..^2], CultureInfo.InvariantCulture) : double.Parse(range[..^1], CultureInfo.InvariantCulture) * 1000);
        return world.Traffic.Mean(query[(query.IndexOf('(', StringComparison.Ordinal) + 1)..open], at, over);
    }

    private static long Ticks(string seconds) => (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * TimeSpan.TicksPerSecond);
}
