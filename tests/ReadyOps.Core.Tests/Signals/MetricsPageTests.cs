using System.Text;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class MetricsPageTests
{
    private static IReadOnlyList<ScrapedSample> Parse(string text) => MetricsPage.Parse(Encoding.UTF8.GetBytes(text));

    [Fact]
    public void The_example_of_the_format_specification_is_read()
    {
        // Examples of https://prometheus.io/docs/instrumenting/exposition_formats/#text-format-example.
        IReadOnlyList<ScrapedSample> samples = Parse("""
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000

            # Escaping in label values:
            msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

            # Minimalistic line:
            metric_without_timestamp_and_labels 12.47

            # A weird metric from before the epoch:
            something_weird{problem="division by zero"} +Inf -3982045

            http_request_duration_seconds_bucket{le="+Inf"} 144320
            """);
        Assert.Equal(6, samples.Count);
        Assert.Equal(("http_requests_total{code=\"200\", method=\"post\"}", 1027.0), (samples[0].Key, samples[0].Value));
        Assert.Equal("C:\\DIR\\FILE.TXT", samples[2].Labels["path"]);
        Assert.Equal("Cannot find file:\n\"FILE.TXT\"", samples[2].Labels["error"]);
        Assert.Equal(1.458255915e9, samples[2].Value);
        Assert.Equal(("metric_without_timestamp_and_labels", 12.47), (samples[3].Key, samples[3].Value));
        Assert.Equal(double.PositiveInfinity, samples[4].Value);
    }

    [Fact]
    public void OpenMetrics_is_read_up_to_its_end_and_exemplars_are_passed_over()
    {
        IReadOnlyList<ScrapedSample> samples = Parse("""
            # TYPE foo counter
            # UNIT foo_seconds seconds
            foo_total{a="b"} 17.0 1520879607.789 # {id="counter-test"} 5
            bar_bucket{le="1.0"} 4 # {trace_id="x y"} 0.67
            {"http.server.duration", "k8s.pod"="p", le="1"} 2
            # EOF
            rubbish that never counts
            """);
        Assert.Equal([17, 4, 2], samples.Select(s => s.Value));
        Assert.Equal("http.server.duration", samples[2].Name);
        Assert.Equal("p", samples[2].Labels["k8s.pod"]);
    }

    [Theory]
    [InlineData("a{b=\"c\",} 1", "a{b=\"c\"}")]
    [InlineData("a{} 1", "a")]
    [InlineData("\ta { b = \"c\" , d=\"e\" } \t1 \r", "a{b=\"c\", d=\"e\"}")]
    [InlineData("a{b=\"x\\y\"} 1", "a{b=\"x\\\\y\"}")]
    [InlineData("a{b=\"é\u2028x\"} 1", "a{b=\"é\u2028x\"}")]
    public void Space_commas_and_unknown_escapes_are_taken_as_prometheus_takes_them(string line, string key) =>
        Assert.Equal(key, Assert.Single(Parse(line)).Key);

    [Theory]
    [InlineData("NaN", double.NaN)]
    [InlineData("-Inf", double.NegativeInfinity)]
    [InlineData("1e-07", 1e-7)]
    [InlineData("1E+45", 1e45)]
    public void Numbers_are_read_as_go_writes_them(string text, double expected) => Assert.Equal(expected, Parse($"a {text}")[0].Value);

    [Theory]
    [InlineData("<html>")]
    [InlineData("a")]
    [InlineData("a{b=\"c\"")]
    [InlineData("a{b=\"c} 1")]
    [InlineData("a{b=c} 1")]
    [InlineData("a{b} 1")]
    [InlineData("a{b=\"c\" d=\"e\"} 1")]
    [InlineData("a{b=\"c\",b=\"d\"} 1")]
    [InlineData("{b=\"c\"} 1")]
    [InlineData("1a 1")]
    [InlineData("a one")]
    [InlineData("a 1,5")]
    [InlineData("a 1 soon")]
    [InlineData("a 1 2 3")]
    [InlineData("ok 2")]
    public void What_cannot_be_read_is_an_error_with_its_line(string line)
    {
        ReadyOpsException e = Assert.Throws<ReadyOpsException>(() => Parse($"ok 1\n\n{line}\n"));
        Assert.Equal("MetricsUnreadable", e.Id);
        Assert.StartsWith("Line 3 ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_an_error() =>
        Assert.Equal("MetricsUnreadable", Assert.Throws<ReadyOpsException>(() => MetricsPage.Parse([0x61, 0xFF])).Id);

    [Fact]
    public void Random_text_is_read_or_refused_and_nothing_else()
    {
        Gen<string> piece = Gen.Elements("a", "{", "}", "\"", "\\", "=", ",", " ", "1", "\n", "# ", "# EOF", "le", "NaN", "é", "{b=\"c\"} 1\n");
        Check.QuickThrowOnFailure(Prop.ForAll(piece.ListOf().ToArbitrary(), pieces =>
        {
            try
            {
                Parse(string.Concat(pieces));
            }
            catch (ReadyOpsException e)
            {
                Assert.Equal("MetricsUnreadable", e.Id);
            }
        }));
    }
}
