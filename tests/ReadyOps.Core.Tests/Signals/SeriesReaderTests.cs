using System.Globalization;
using System.Text;
using System.Text.Json;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class SeriesReaderTests
{
    private const string Data = """{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a"},"values":[[1795216634,"1"],[1795216649.5,"0.25"]]}]}""";

    [Theory]
    [InlineData("""{"status":"success","data":DATA}""")]
    [InlineData("""{"data":DATA,"isPartial":false,"status":"success"}""")]
    [InlineData("""{"status":"success","stats":{"data":1},"data":DATA,"trace":[[]]}""")]
    public void The_members_of_an_answer_may_come_in_any_order(string envelope)
    {
        MetricSeries series = Assert.Single(Range(envelope.Replace("DATA", Data, StringComparison.Ordinal)));
        Assert.Equal("up{job=\"a\"}", series.ToString());
        Assert.Equal([(1795216634000, 1.0), (1795216649500, 0.25)], series.Samples.Select(s => (s.Time.ToUnixTimeMilliseconds(), s.Value)));
        Assert.All(series.Samples, sample => Assert.Equal(("up", "a"), (sample.Name, sample.Labels["job"])));
    }

    [Fact]
    public void A_type_behind_its_result_and_a_metric_behind_its_values_read_the_same()
    {
        MetricSeries series = Assert.Single(Range("""{"status":"success","data":{"result":[{"values":[[7,"2"]],"metric":{"job":"b"}}],"stats":{},"resultType":"matrix"}}"""));
        Assert.Equal("b", series.Samples[0].Labels["job"]);
        Assert.Equal(2, series.Samples[0].Value);
    }

    [Fact]
    public void An_error_that_brings_data_with_it_is_an_error_and_its_data_is_not_read()
    {
        PrometheusEnvelope<IReadOnlyList<MetricSeries>> envelope = Envelope("""{"data":{"oops":1},"status":"error","errorType":"execution","error":"no"}""");
        Assert.Equal(("error", "execution", "no"), (envelope.Status, envelope.ErrorType, envelope.Error));
        Assert.Null(envelope.Data);
    }

    [Theory]
    [InlineData("""{"status":"success"}""", "'data' is missing")]
    [InlineData("""{"data":{}}""", "'status' is missing")]
    [InlineData("""[]""", "'status' is missing")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix"}}""", "'result' is missing")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1",2]]}]}}""", "a sample is not a pair of time and value")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[]]}]}}""", "a sample is not a pair of time and value")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"0x10"]]}]}}""", "'0x10' is no number")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1."]]}]}}""", "")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,""]]}]}}""", "'' is no number")]
    [InlineData("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1e300,"1"]]}]}}""", "1e300 is no time")]
    public void What_the_API_does_not_promise_is_refused(string answer, string problem)
    {
        Exception? thrown = Record.Exception(() => Range(answer));
        if (problem.Length == 0) Assert.Null(thrown); // '1.' is a number to Go
        else Assert.Equal(problem, Assert.IsType<FormatException>(thrown).Message);
    }

    [Fact]
    public void Cut_off_or_with_something_behind_it_an_answer_is_no_JSON()
    {
        string whole = """{"status":"success","data":DATA}""".Replace("DATA", Data, StringComparison.Ordinal);
        for (int length = 1; length < whole.Length; length++) Assert.ThrowsAny<JsonException>(() => Range(whole[..length]));
        Assert.ThrowsAny<JsonException>(() => Range(whole + "{}"));
    }

    // The oracle is the framework's parser, which rounds right (IEEE 754).
    [Fact]
    public void Numbers_and_times_are_those_that_the_framework_reads()
    {
        var random = new Random(20261121);
        for (int i = 0; i < 20_000; i++)
        {
            string value = (random.Next(6)) switch
            {
                0 => random.NextInt64().ToString(CultureInfo.InvariantCulture),
                1 => (random.NextDouble() * Math.Pow(10, random.Next(-12, 15))).ToString("R", CultureInfo.InvariantCulture),
                2 => $"{random.Next()}.{random.Next():D9}",
                3 => $"-0.{random.Next(100000):D6}",
                4 => $"{random.Next(10)}e{random.Next(-300, 300)}",
                _ => (-random.NextDouble()).ToString("R", CultureInfo.InvariantCulture),
            };
            decimal time = random.NextInt64(0, 4_000_000_000_000) / 1000m;
            MetricSample sample = Assert.Single(Assert.Single(Range(string.Create(CultureInfo.InvariantCulture,
                $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[{{{time}}},"{{{value}}}"]]}]}}"""))).Samples);
            Assert.Equal(BitConverter.DoubleToInt64Bits(double.Parse(value, CultureInfo.InvariantCulture)), BitConverter.DoubleToInt64Bits(sample.Value));
            Assert.Equal((long)(time * 1000), sample.Time.ToUnixTimeMilliseconds());
        }
    }

    [Theory]
    [InlineData("9007199254740993", 9007199254740992)] // in the middle: to the even one below
    [InlineData("9007199254740995", 9007199254740996)] // in the middle: to the even one above
    [InlineData("9007199254740993.0", 9007199254740992)]
    [InlineData("9007199254740993.1", 9007199254740994)]
    [InlineData("18014398509481990e-1", 1801439850948199)]
    [InlineData("0.00012345678901234567", 0.00012345678901234567)]
    [InlineData("000000000000000000000000000001", 1)]
    [InlineData("-0.000000000000000000000000000001", -1e-30)]
    [InlineData("9223372036854775807", 9223372036854775808)]
    [InlineData("9999999999999999999", 1e19)]
    [InlineData("99999999999999999999", 1e20)]
    [InlineData("1e55", 1e55)]
    [InlineData("9999999999999999999e55", 9999999999999999999e55)]
    [InlineData("1234567890123456789e-27", 1234567890123456789e-27)]
    [InlineData("4.9406564584124654e-324", double.Epsilon)]
    [InlineData("-0", -0.0)]
    public void Numbers_that_are_hard_to_round_are_the_nearest_doubles(string text, double expected)
    {
        // Twice, because only the second pair goes the short way.
        IReadOnlyList<MetricSample> samples = Range(Matrix($"[1,\"{text}\"],[2,\"{text}\"]"))[0].Samples;
        Assert.All(samples, sample => Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(sample.Value)));
        Assert.Equal(2, samples.Count);
    }

    // The oracle is a document tree with the framework's parsers.
    [Fact]
    public void Plain_pairs_and_odd_ones_read_as_in_a_document_tree_and_what_it_refuses_is_refused()
    {
        var random = new Random(20261122);
        int read = 0, refused = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string pairs = string.Join(random.Next(9) == 0 ? " ,\n" : ",", Enumerable.Range(0, random.Next(6)).Select(_ => Pair(random)));
            string answer = Matrix(pairs);
            if (random.Next(3) == 0)
            {
                const string Odd = "[]{},:\"\\.-+eE019 \tn";
                int at = random.Next(answer.IndexOf("[[", StringComparison.Ordinal) is > 0 and int first ? first : 0, answer.Length);
                answer = $"{answer[..at]}{Odd[random.Next(Odd.Length)]}{answer[(at + random.Next(2))..]}";
            }

            List<(long, long)>? expected = Tree(answer);
            List<(long, long)>? actual = null;
            Exception? thrown = Record.Exception(() => actual = Bits(Range(answer)));
            if (expected is null) Assert.True(thrown is JsonException or FormatException or InvalidOperationException, $"{answer}: {thrown}");
            else Assert.True(thrown is null && expected.SequenceEqual(actual!), $"{answer}: {thrown}");
            if (expected is null) refused++;
            else read++;
        }

        Assert.True(read > 10_000 && refused > 3_000, $"{read} {refused}");
    }

    [Fact]
    public void An_answer_of_many_pairs_that_is_cut_off_anywhere_is_no_JSON()
    {
        string whole = Matrix("""[1795216634,"1"],[1795216649.5,"0.25"], [1795216650,"NaN"],[1795216651.123,"1e-7"],[1795216652,"0.12345678901234567"]""");
        Assert.Equal(5, Range(whole)[0].Samples.Count);
        for (int length = 1; length < whole.Length; length++) Assert.ThrowsAny<JsonException>(() => Range(whole[..length]));
    }

    private static string Matrix(string pairs) =>
        $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[{{{pairs}}}]},{"metric":{},"values":[[7,"8"],[9,"10"]]}]}}""";

    private static string Pair(Random random)
    {
        string time = random.Next(8) switch
        {
            0 => $"{random.Next()}.{random.Next(1000)}",
            1 => $"{random.Next()}.{random.Next(100000)}",
            2 => $"0.{random.Next(100)}",
            3 => $"{random.Next(10)}e{random.Next(9)}",
            4 => random.NextInt64(3_000_000_000_000).ToString(CultureInfo.InvariantCulture),
            5 => random.Next(20) == 0 ? "01" : $"-{random.Next(100)}",
            _ => random.Next().ToString(CultureInfo.InvariantCulture),
        };
        string value = random.Next(10) switch
        {
            0 => random.Next(2) == 0 ? "NaN" : "+Inf",
            1 => "1\\u0032.5",
            2 => $"-{random.Next()}.{random.Next():D10}",
            3 => $"{random.Next()}{random.NextInt64(1L << 62)}",
            4 => $"{random.Next(100)}e{random.Next(-40, 70)}",
            5 => $"0.0000{random.NextInt64(1L << 60)}",
            6 => random.Next(15) == 0 ? "1.5x" : $"{random.Next()}",
            _ => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
        };
        string gap = random.Next(12) == 0 ? " " : "";
        return random.Next(60) == 0 ? "null" : $"[{gap}{time}{gap},\"{value}\"{gap}]";
    }

    private static List<(long Time, long Value)>? Tree(string answer)
    {
        try
        {
            using JsonDocument tree = JsonDocument.Parse(answer);
            if (tree.RootElement.GetProperty("status").GetString() != "success") return null;
            List<(long, long)> all = [];
            foreach (JsonElement series in tree.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
            {
                if (series.GetProperty("metric").EnumerateObject().Any(label => label.Value.ValueKind != JsonValueKind.String)) return null;
                foreach (JsonElement pair in series.GetProperty("values").EnumerateArray())
                {
                    if (pair.GetArrayLength() != 2 || pair[1].ValueKind != JsonValueKind.String) return null;
                    double time = Math.Round(pair[0].GetDouble() * 1000);
                    if (time < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || time > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return null;
                    string text = pair[1].GetString()!;
                    double value = text switch
                    {
                        "NaN" => double.NaN,
                        "+Inf" => double.PositiveInfinity,
                        _ when text.Contains('N', StringComparison.Ordinal) => throw new FormatException(), // '-NaN' is none to Go
                        _ => double.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture),
                    };
                    all.Add(((long)time, BitConverter.DoubleToInt64Bits(value)));
                }
            }

            return all;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static List<(long Time, long Value)> Bits(IReadOnlyList<MetricSeries> all) =>
        [.. all.SelectMany(series => series.Samples).Select(s => (s.Time.ToUnixTimeMilliseconds(), BitConverter.DoubleToInt64Bits(s.Value)))];

    private static IReadOnlyList<MetricSeries> Range(string answer) => Envelope(answer).Data!;

    private static PrometheusEnvelope<IReadOnlyList<MetricSeries>> Envelope(string answer) =>
        PrometheusEnvelope<IReadOnlyList<MetricSeries>>.Read(Encoding.UTF8.GetBytes(answer), SeriesReader.Range);
}
