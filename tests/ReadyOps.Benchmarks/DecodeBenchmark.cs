using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Signals;

namespace ReadyOps.Benchmarks;

/// <summary>Reading a range answer of a million samples against a bare pass over its tokens, and against a document tree.</summary>
internal static class DecodeBenchmark
{
    private const int Series = 4;
    private const int Samples = 1_000_000;

    public static async Task RunAsync()
    {
        byte[] answer = Answer();
        Result[] results = await Rounds.MeasureAsync(warmUp: 3, rounds: 15,
            new Subject("bare Utf8JsonReader pass", () => Check(Tokens(answer) > 2 * Samples)),
            new Subject("ReadyOps", () => Check(PrometheusEnvelope<IReadOnlyList<MetricSeries>>.Read(answer, SeriesReader.Range).Data!.Sum(series => series.Samples.Count) == Samples)),
            new Subject("JsonDocument, not looked into", () =>
            {
                using JsonDocument tree = JsonDocument.Parse(answer);
                return Check(tree.RootElement.GetProperty("status").GetString() == "success");
            }),
            new Subject("JsonDocument, every sample read", () => Check(ReadTree(answer) == Samples)));
        Table.Print($"A range answer of {Samples:N0} samples in {Series} series, {answer.Length / 1e6:0.0} MB", "ms", 1, results);
    }

    private static Task Check(bool right) => right ? Task.CompletedTask : throw new InvalidOperationException("The answer was not read right.");

    private static long Tokens(byte[] answer)
    {
        var json = new Utf8JsonReader(answer);
        long count = 0;
        while (json.Read()) count++;
        return count;
    }

    private static long ReadTree(byte[] answer)
    {
        using JsonDocument tree = JsonDocument.Parse(answer);
        List<(DateTimeOffset, double)> all = [];
        foreach (JsonElement series in tree.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            foreach (JsonElement pair in series.GetProperty("values").EnumerateArray())
                all.Add((DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(pair[0].GetDouble() * 1000)), double.Parse(pair[1].GetString()!, CultureInfo.InvariantCulture)));
        }

        return all.Count;
    }

    // Latencies, as a server of a few hundred requests a second gives them.
    private static byte[] Answer()
    {
        var random = new Random(1);
        var text = new StringBuilder("{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[");
        for (int s = 0; s < Series; s++)
        {
            text.Append(null, $"{(s > 0 ? "," : "")}{{\"metric\":{{\"__name__\":\"latency\",\"instance\":\"{s}\"}},\"values\":[");
            for (int i = 0; i < Samples / Series; i++) text.Append(null, $"{(i > 0 ? "," : "")}[{1_795_000_000 + (15 * i)},\"{0.1 + (random.NextDouble() / 10):R}\"]");
            text.Append("]}");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}}").ToString());
    }
}
