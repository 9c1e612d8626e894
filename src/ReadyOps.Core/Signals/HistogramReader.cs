using System.Text.Json;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Reads native histograms (https://prometheus.io/docs/prometheus/latest/querying/api/#native-histograms) straight from UTF-8. Whatever
/// does not fit is a <see cref="FormatException"/> that says what.
/// </summary>
internal static class HistogramReader
{
    /// <summary>Reads one pair of time and histogram, or the list of them that a range has.</summary>
    public static void Read(ref Utf8JsonReader json, bool isRange, List<(long, MetricHistogram)> found)
    {
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException("'histograms' is not a list");
        if (!isRange)
        {
            found.Add(Pair(ref json));
            return;
        }

        while (json.Read() && json.TokenType != JsonTokenType.EndArray) found.Add(Pair(ref json));
    }

    private static (long, MetricHistogram) Pair(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray || !json.Read() || json.TokenType != JsonTokenType.Number) throw new FormatException("a histogram is not a pair of time and histogram");
        long time = SeriesReader.Milliseconds(json.ValueSpan);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new FormatException("a histogram is not an object");
        MetricHistogram histogram = Histogram(ref json);
        if (!json.Read() || json.TokenType != JsonTokenType.EndArray) throw new FormatException("a histogram is not a pair of time and histogram");
        return (time, histogram);
    }

    private static MetricHistogram Histogram(ref Utf8JsonReader json)
    {
        double? count = null, sum = null;
        List<HistogramBucket> buckets = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("count"u8)) count = Number(ref json, "count");
            else if (json.ValueTextEquals("sum"u8)) sum = Number(ref json, "sum");
            else if (json.ValueTextEquals("buckets"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.Null) continue;
                if (json.TokenType != JsonTokenType.StartArray) throw new FormatException("'buckets' is not a list");
                while (json.Read() && json.TokenType != JsonTokenType.EndArray) buckets.Add(Bucket(ref json));
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return new MetricHistogram
        {
            Count = count ?? throw new FormatException("'count' of a histogram is missing"),
            Sum = sum ?? throw new FormatException("'sum' of a histogram is missing"),
            Buckets = buckets,
        };
    }

    // Which bounds belong to it: 0 the upper, 1 the lower, 2 none, 3 both.
    private static HistogramBucket Bucket(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray || !json.Read() || json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out int rule) || rule is < 0 or > 3)
            throw new FormatException("a bucket does not begin with a rule from 0 to 3");
        var bucket = new HistogramBucket
        {
            UpperInclusive = rule is 0 or 3,
            LowerInclusive = rule is 1 or 3,
            Lower = Number(ref json, "bucket"),
            Upper = Number(ref json, "bucket"),
            Count = Number(ref json, "bucket"),
        };
        if (!json.Read() || json.TokenType != JsonTokenType.EndArray) throw new FormatException("a bucket is not rule, bounds and count");
        return bucket;
    }

    private static double Number(ref Utf8JsonReader json, string name) =>
        json.Read() && json.TokenType == JsonTokenType.String ? PrometheusReader.Number(json.GetString()!) : throw new FormatException($"'{name}' of a histogram is not a number in a text");
}
