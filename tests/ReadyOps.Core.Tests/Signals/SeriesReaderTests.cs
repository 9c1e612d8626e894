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

    private static IReadOnlyList<MetricSeries> Range(string answer) => Envelope(answer).Data!;

    private static PrometheusEnvelope<IReadOnlyList<MetricSeries>> Envelope(string answer) =>
        PrometheusEnvelope<IReadOnlyList<MetricSeries>>.Read(Encoding.UTF8.GetBytes(answer), SeriesReader.Range);
}
