using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Reads the results of queries (https://prometheus.io/docs/prometheus/latest/querying/api/) straight from UTF-8. Whatever does not
/// fit is a <see cref="FormatException"/> that says what.
/// </summary>
internal static class SeriesReader
{
    private static readonly long EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LatestMs = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    /// <summary>The value of each series at one moment.</summary>
    public static IReadOnlyList<MetricSample> Instant(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes) =>
        Result<IReadOnlyList<MetricSample>>(ref json, ref bytes, (ref Utf8JsonReader result, ref ReadOnlySpan<byte> rest, string type) => Instant(ref result, ref rest, type, histograms: false));

    /// <summary>The same, native histograms too.</summary>
    public static IReadOnlyList<MetricSample> InstantWithHistograms(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes) =>
        Result<IReadOnlyList<MetricSample>>(ref json, ref bytes, (ref Utf8JsonReader result, ref ReadOnlySpan<byte> rest, string type) => Instant(ref result, ref rest, type, histograms: true));

    private static IReadOnlyList<MetricSample> Instant(ref Utf8JsonReader result, ref ReadOnlySpan<byte> rest, string type, bool histograms)
    {
        switch (type)
        {
            case "vector":
                return [.. Series(ref result, ref rest, isRange: false, histograms).SelectMany(series => series.Samples)];
            case "scalar":
                var one = new SampleColumns("", NoLabels, 1);
                ReadSample(ref result, one);
                return [one[0]];
            case "matrix":
                throw new ReadyOpsException("PrometheusNoValue", "The query gives a range of samples for each series, not one value.",
                    "Put a function such as rate(…) or max_over_time(…) around the range selector.");
            case "string":
                throw new ReadyOpsException("PrometheusNoValue", "The query gives a string, not a number.", "Ask for a number.");
            default:
                throw new FormatException($"unknown resultType '{Shorten(type)}'");
        }
    }

    /// <summary>The values of each series over a span.</summary>
    public static IReadOnlyList<MetricSeries> Range(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes) =>
        Result<IReadOnlyList<MetricSeries>>(ref json, ref bytes, (ref Utf8JsonReader result, ref ReadOnlySpan<byte> rest, string type) => Range(ref result, ref rest, type, histograms: false));

    /// <summary>The same, native histograms too.</summary>
    public static IReadOnlyList<MetricSeries> RangeWithHistograms(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes) =>
        Result<IReadOnlyList<MetricSeries>>(ref json, ref bytes, (ref Utf8JsonReader result, ref ReadOnlySpan<byte> rest, string type) => Range(ref result, ref rest, type, histograms: true));

    private static List<MetricSeries> Range(ref Utf8JsonReader result, ref ReadOnlySpan<byte> rest, string type, bool histograms) =>
        type == "matrix" ? Series(ref result, ref rest, isRange: true, histograms) : throw new FormatException($"resultType is '{Shorten(type)}' where a range gives 'matrix'");

    private delegate T ResultReader<T>(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes, string type);

    // Both orders are right in JSON; with the type first, as Prometheus has it, the result is passed over once.
    private static T Result<T>(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes, ResultReader<T> read)
    {
        if (json.TokenType != JsonTokenType.StartObject) throw new FormatException("'resultType' is missing");
        string? type = null;
        bool waiting = false, done = false;
        Utf8JsonReader later = default;
        ReadOnlySpan<byte> laterBytes = default;
        T? result = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("resultType"u8))
            {
                json.Read();
                type = json.TokenType == JsonTokenType.String ? json.GetString()! : throw new FormatException("'resultType' is not a text");
            }
            else if (json.ValueTextEquals("result"u8))
            {
                json.Read();
                waiting = type is null;
                later = json;
                laterBytes = bytes;
                if (type is not null)
                {
                    result = read(ref json, ref bytes, type);
                    done = true;
                    continue;
                }

                json.Skip();
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        if (type is null) throw new FormatException("'resultType' is missing");
        if (waiting) result = read(ref later, ref laterBytes, type);
        return done || waiting ? result! : throw new FormatException("'result' is missing");
    }

    private static List<MetricSeries> Series(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes, bool isRange, bool histograms)
    {
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException("'result' is not a list");
        List<MetricSeries> all = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndArray) all.Add(OneSeries(ref json, ref bytes, isRange, histograms, all.Count > 0 ? all[^1].Samples.Count : 16));
        return all;
    }

    private static MetricSeries OneSeries(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes, bool isRange, bool histograms, int expected)
    {
        if (json.TokenType != JsonTokenType.StartObject) throw new FormatException("'metric' is missing");
        Dictionary<string, string>? labels = null;
        var samples = new SampleColumns(isRange ? expected : 1);
        List<(long, MetricHistogram)> found = [];
        bool seen = false, histogram = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("metric"u8))
            {
                labels = Labels(ref json);
            }
            else if (json.ValueTextEquals(isRange ? "values"u8 : "value"u8))
            {
                json.Read();
                seen = true;
                if (isRange) ReadSamples(ref json, ref bytes, samples);
                else ReadSample(ref json, samples);
            }
            else
            {
                bool isHistogram = json.ValueTextEquals(isRange ? "histograms"u8 : "histogram"u8);
                histogram |= isHistogram;
                json.Read();
                if (isHistogram && histograms) HistogramReader.Read(ref json, isRange, found);
                else json.Skip();
            }
        }

        if (labels is null) throw new FormatException("'metric' is missing");
        labels.Remove("__name__", out string? name);
        if (histogram && !histograms)
        {
            throw new ReadyOpsException("PrometheusNativeHistogram", $"{MetricSeries.Write(name ?? "", labels)} is a native histogram, not a number.",
                "Put histogram_quantile(…), histogram_count(…) or histogram_sum(…) around it.");
        }

        if (!seen && found.Count == 0) throw new FormatException($"'{(isRange ? "values" : "value")}' is missing");
        samples = SampleColumns.Merge(samples, found);
        samples.Belong(name ?? "", labels);
        return new MetricSeries { Name = name ?? "", Labels = labels, Samples = samples };
    }

    private static Dictionary<string, string> Labels(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new FormatException("labels are not an object");
        var labels = new Dictionary<string, string>();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            if (json.TokenType != JsonTokenType.String) throw new FormatException($"label '{Shorten(name)}' is not a text");
            labels[name] = json.GetString()!;
        }

        return labels;
    }

    private static void ReadSamples(ref Utf8JsonReader json, ref ReadOnlySpan<byte> bytes, SampleColumns samples)
    {
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException("'values' is not a list");
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            ReadSample(ref json, samples);

            // Behind a pair the reader is in the same state whichever pair it was, so that another can go on from the last of them.
            ReadOnlySpan<byte> ahead = bytes[(int)json.BytesConsumed..];
            int passed = ReadPlainPairs(ahead, samples);
            if (passed == 0) continue;
            bytes = ahead[passed..];
            json = new Utf8JsonReader(bytes, isFinalBlock: true, json.CurrentState);
        }
    }

    /// <summary>
    /// Reads pairs in the one form in which Prometheus writes them, <c>,[1795216634.5,"0.25"]</c>, without looking at tokens. It ends
    /// before the first that is anything else, and leaves to the JSON reader to tell whether that is right.
    /// </summary>
    /// <returns>How many bytes it has read: whole pairs only.</returns>
    private static int ReadPlainPairs(ReadOnlySpan<byte> text, SampleColumns samples)
    {
        int passed = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = text[passed..];

            // JSON knows no number with a zero in front of other digits.
            if (rest.Length < 8 || rest[0] != ',' || rest[1] != '[' || rest[2] is < (byte)'1' or > (byte)'9') return passed;
            int i = 2;
            long time = 0;
            while (i < rest.Length && i < 14 && (uint)(rest[i] - '0') <= 9) time = (time * 10) + (rest[i++] - '0');
            int digits = 0;
            if (i < rest.Length && rest[i] == '.')
            {
                i++;
                while (i < rest.Length && digits < 3 && (uint)(rest[i] - '0') <= 9)
                {
                    time = (time * 10) + (rest[i++] - '0');
                    digits++;
                }

                if (digits == 0) return passed;
            }

            for (; digits < 3; digits++) time *= 10;
            if (time > LatestMs || i + 1 >= rest.Length || rest[i] != ',' || rest[i + 1] != '"') return passed;
            i += 2;
            int length = DecimalText.Read(rest[i..], out double value);
            i += length;
            if (length == 0 || i + 1 >= rest.Length || rest[i] != '"' || rest[i + 1] != ']') return passed;
            samples.Add(time, value);
            passed += i + 2;
        }
    }

    private static void ReadSample(ref Utf8JsonReader json, SampleColumns samples)
    {
        if (json.TokenType != JsonTokenType.StartArray) throw NoPair();
        json.Read();
        if (json.TokenType == JsonTokenType.EndArray) throw NoPair();
        if (json.TokenType != JsonTokenType.Number) throw new FormatException("the time of a sample is not a number");
        long time = Milliseconds(json.ValueSpan);
        json.Read();
        if (json.TokenType == JsonTokenType.EndArray) throw NoPair();
        if (json.TokenType != JsonTokenType.String) throw new FormatException("the value of a sample is not a text");
        double value = json.ValueIsEscaped ? PrometheusReader.Number(json.GetString()!) : Number(json.ValueSpan);
        json.Read();
        if (json.TokenType != JsonTokenType.EndArray) throw NoPair();
        samples.Add(time, value);
    }

    private static FormatException NoPair() => new("a sample is not a pair of time and value");

    // Seconds with up to three digits behind the point, as Prometheus writes them; anything else goes the long way.
    internal static long Milliseconds(ReadOnlySpan<byte> text)
    {
        long whole = 0;
        int i = 0;
        while (i < text.Length && i < 12 && char.IsAsciiDigit((char)text[i])) whole = (whole * 10) + (text[i++] - '0');
        int digits = 0;
        if (i > 0 && i < text.Length && text[i] == '.')
        {
            i++;
            while (i < text.Length && digits < 3 && char.IsAsciiDigit((char)text[i]))
            {
                whole = (whole * 10) + (text[i++] - '0');
                digits++;
            }
        }

        if (i == text.Length && i > 0)
        {
            for (; digits < 3; digits++) whole *= 10;
            if (whole <= LatestMs) return whole;
        }

        // Rounded rather than cut: the double nearest to 1795216640.102 may lie below it.
        double milliseconds = double.TryParse(text, CultureInfo.InvariantCulture, out double seconds) ? Math.Round(seconds * 1000) : double.NaN;
        return milliseconds >= EarliestMs && milliseconds <= LatestMs ? (long)milliseconds : throw new FormatException($"{Encoding.ASCII.GetString(text)} is no time");
    }

    private static double Number(ReadOnlySpan<byte> text)
    {
        if (DecimalText.Read(text, out double value) == text.Length && text.Length > 0) return value;

        // More digits than that, or a rare exponent; what is neither is for the one that knows all of Go's numbers.
        if (text.Length > 0 && char.IsAsciiDigit((char)text[^1]) && Utf8Parser.TryParse(text, out value, out int read) && read == text.Length) return value;
        return PrometheusReader.Number(Encoding.UTF8.GetString(text));
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
