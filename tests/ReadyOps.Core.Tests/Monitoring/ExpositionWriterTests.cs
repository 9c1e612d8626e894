using ReadyOps.Core.Monitoring;

namespace ReadyOps.Core.Tests.Monitoring;

// Expected texts are written by hand from https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4).
public sealed class ExpositionWriterTests
{
    [Fact]
    public void Help_and_type_stand_once_before_all_samples_of_a_family()
    {
        string page = new ExpositionWriter()
            .Family("http_requests_total", MetricType.Counter, "The total number of HTTP requests.")
            .Sample(1027, ("method", "post"), ("code", "200"))
            .Sample(3, ("method", "post"), ("code", "400"))
            .Family("up", MetricType.Gauge, "Whether it runs.")
            .Sample(1)
            .ToString();

        Assert.Equal("""
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027
            http_requests_total{method="post",code="400"} 3
            # HELP up Whether it runs.
            # TYPE up gauge
            up 1

            """.ReplaceLineEndings("\n"), page);
    }

    [Fact]
    public void Backslashes_quotes_and_line_feeds_are_escaped_where_the_format_says()
    {
        string page = new ExpositionWriter()
            .Family("msdos_file_access_time_seconds", MetricType.Gauge, "A \"help\" with C:\\DIR\nand two lines.")
            .Sample(1.458255915e9, ("path", "C:\\DIR\\FILE.TXT"), ("error", "Cannot find file:\n\"FILE.TXT\""), ("name", "Jürgen 日本"))
            .ToString();

        Assert.Equal(
            "# HELP msdos_file_access_time_seconds A \"help\" with C:\\\\DIR\\nand two lines.\n"
            + "# TYPE msdos_file_access_time_seconds gauge\n"
            + "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\FILE.TXT\",error=\"Cannot find file:\\n\\\"FILE.TXT\\\"\",name=\"Jürgen 日本\"} 1458255915\n",
            page);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.25, "0.25")]
    [InlineData(-3, "-3")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    [InlineData(0.1, "0.1")]
    [InlineData(1e45, "1E+45")]
    public void Values_read_back_as_what_they_are(double value, string expected)
    {
        string page = new ExpositionWriter().Family("a", MetricType.Gauge, "h").Sample(value).ToString();
        Assert.EndsWith($"\na {expected}\n", page);
    }

    [Fact]
    public void A_histogram_is_cumulative_and_ends_with_infinity_sum_and_count()
    {
        var histogram = new Histogram(0.125, 0.5, 1);
        foreach (double value in new[] { 0.0625, 0.125, 0.25, 0.75, 4, double.NaN }) histogram.Observe(value);

        string page = new ExpositionWriter().Family("wait_seconds", MetricType.Histogram, "Waiting.").Sample(histogram, ("job", "a")).ToString();

        // 0.125 belongs to the bucket that it bounds; NaN is no observation.
        Assert.Equal("""
            # HELP wait_seconds Waiting.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{job="a",le="0.125"} 2
            wait_seconds_bucket{job="a",le="0.5"} 3
            wait_seconds_bucket{job="a",le="1"} 4
            wait_seconds_bucket{job="a",le="+Inf"} 5
            wait_seconds_sum{job="a"} 5.1875
            wait_seconds_count{job="a"} 5

            """.ReplaceLineEndings("\n"), page);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1a")]
    [InlineData("a-b")]
    [InlineData("grün")]
    public void A_name_that_is_none_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new ExpositionWriter().Family(name, MetricType.Gauge, "h"));

    [Theory]
    [InlineData("a:b")]
    [InlineData("__name")]
    [InlineData("")]
    public void A_label_name_that_is_none_is_refused(string label) =>
        Assert.Throws<ArgumentException>(() => new ExpositionWriter().Family("a", MetricType.Gauge, "h").Sample(1, (label, "x")));

    [Fact]
    public void What_a_scraper_would_throw_the_page_away_for_is_refused()
    {
        ExpositionWriter page = new ExpositionWriter().Family("a", MetricType.Gauge, "h").Sample(1, ("x", "1"));
        Assert.Throws<ArgumentException>(() => page.Sample(2, ("x", "1")));
        Assert.Throws<ArgumentException>(() => page.Sample(2, ("y", "1"), ("y", "2")));
        Assert.Throws<InvalidOperationException>(() => page.Sample(new Histogram(1)));
        page.Family("b", MetricType.Histogram, "h");
        Assert.Throws<InvalidOperationException>(() => page.Sample(1));
        Assert.Throws<ArgumentException>(() => page.Family("a", MetricType.Gauge, "h"));
        Assert.Throws<InvalidOperationException>(() => new ExpositionWriter().Sample(1));
    }

    [Fact]
    public void Bounds_of_a_histogram_rise()
    {
        Assert.Throws<ArgumentException>(() => new Histogram(1, 1));
        Assert.Throws<ArgumentException>(() => new Histogram(double.PositiveInfinity));
    }
}
