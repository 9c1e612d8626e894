using System.Globalization;
using System.Text.Json;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Signals;

/// <summary>
/// Answers like Prometheus from a function of query and time in milliseconds to the series at that time, so that any way to ask
/// for the same moment gives the same.
/// </summary>
internal sealed class FakePrometheus(Func<string, long, IReadOnlyList<(string Job, double Value)>> evaluate)
{
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public HttpResponseMessage Answer(StubRequest request)
    {
        string query = request.Form["query"];
        bool isRange = request.Url.AbsolutePath.EndsWith("query_range", StringComparison.Ordinal);
        if (!isRange)
        {
            long time = Milliseconds(request.Form.GetValueOrDefault("time", "0"));
            return Success("vector", evaluate(query, time).Select(s => (object)new { metric = Metric(s.Job), value = Pair(time, s.Value) }));
        }

        var series = new Dictionary<string, List<object[]>>();
        long end = Milliseconds(request.Form["end"]), step = Milliseconds(request.Form["step"]);
        for (long time = Milliseconds(request.Form["start"]); time <= end; time += step)
        {
            foreach ((string job, double value) in evaluate(query, time))
            {
                if (!series.TryGetValue(job, out List<object[]>? values)) series.Add(job, values = []);
                values.Add(Pair(time, value));
            }
        }

        return Success("matrix", series.Select(s => (object)new { metric = Metric(s.Key), values = s.Value }));
    }

    /// <summary>What the label is called.</summary>
    public string Label { get; init; } = "job";

    private Dictionary<string, string> Metric(string job) => job.Length > 0 ? new() { [Label] = job } : [];

    private static object[] Pair(long time, double value) => [time / 1000m, double.IsPositiveInfinity(value) ? "+Inf" : value.ToString(CultureInfo.InvariantCulture)];

    private static long Milliseconds(string seconds) => (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1000);

    private HttpResponseMessage Success(string type, IEnumerable<object> result) =>
        StubHandler.Text(JsonSerializer.Serialize(new { status = "success", data = new { resultType = type, result }, warnings = Warnings }));
}
