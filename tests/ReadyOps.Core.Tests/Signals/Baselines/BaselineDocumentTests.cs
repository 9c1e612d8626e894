using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Core.Tests.Signals.Baselines;

public sealed class BaselineDocumentTests
{
    private readonly BaselineStage _stage = new() { Value = (query, time) => query == "rate" ? 50 : 0.1 + (time.Second / 1000.0) };

    [Fact]
    public async Task A_capture_says_what_it_saw_and_where_that_comes_from()
    {
        PerformanceBaseline baseline = await _stage.CaptureAsync();
        Assert.Equal(("alice", "build-7", "http://prometheus.test:9090", "2.42.0", "225c61122d88"), (baseline.CapturedBy, baseline.Host, baseline.Endpoint, baseline.PrometheusVersion, baseline.PrometheusRevision));
        Assert.Equal((BaselineStage.Noon.AddMinutes(-10), BaselineStage.Noon, BaselineStage.Noon), (baseline.Start, baseline.End, baseline.CapturedAt));
        // Ten minutes every 15 s are 40 samples: ten each of 100, 115, 130 and 145 ms.
        BaselineMetric latency = baseline.Metrics[0];
        Assert.Equal((40, 40, 0, 0.1), (latency.Values!.N, latency.Expected, latency.Gaps, latency.Values.Min));
        Assert.Equal(0.145, latency.Values.Max, 1e-12);
        Assert.Equal(0.1225, latency.Values.Mean, 1e-12);
        Assert.Equal(0.1225, latency.Values.P50, 1e-12);
        Assert.Contains(_stage.Handler.Requests, request => request.Body.Contains(Uri.EscapeDataString("latency{window=\"300s\"}"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("baseline.yaml")]
    [InlineData("baseline.json")]
    public async Task What_was_captured_reads_back_as_it_was_written(string file)
    {
        string plan = BaselineStage.Plan.Replace("name: checkout\n", "name: checkout\ndescription: '$${not} a: \"variable\" # nor a comment'\nrelease: 2.40\nsameHourOfWeek: true\ntimeZone: Europe/Berlin\n", StringComparison.Ordinal);
        PerformanceBaseline baseline = await _stage.CaptureAsync(plan);
        string text = BaselineWriter.Write(baseline, file);
        PerformanceBaseline back = BaselineStage.Read(text, file).Baseline;
        Assert.Equal(text, BaselineWriter.Write(back, file));
        Assert.Equal(("${not} a: \"variable\" # nor a comment", "2.40", baseline.Digest), (back.Description, back.Release, back.Digest));
        Assert.Equal(baseline.Metrics[0].Values, back.Metrics[0].Values);
        Assert.Equal(["Tue 12:00", "Tue 13:00"], back.Metrics[1].Hours.Select(hour => hour.Name));
        Assert.Equal(file == "baseline.json", text[0] == '{');
    }

    [Fact]
    public async Task Measurements_that_were_changed_since_are_refused_at_their_place()
    {
        string text = BaselineWriter.Write(await _stage.CaptureAsync(), "b.yaml");
        string[] lines = text.Split('\n');
        int line = Array.FindIndex(lines, one => one.StartsWith("  digest: ", StringComparison.Ordinal)) + 1;
        DocumentException wrong = Assert.Throws<DocumentException>(() => BaselineStage.Read(text.Replace("mean: 50\n", "mean: 55\n", StringComparison.Ordinal), "b.yaml"));
        Assert.StartsWith($"b.yaml:{line}:11: /captured/digest: the measurements are not those that were captured", Assert.Single(wrong.Problems).ToString(), StringComparison.Ordinal);
        Assert.Throws<DocumentException>(() => BaselineStage.Read(text.Replace("query: rate", "query: 'rate2'", StringComparison.Ordinal)));
        Assert.Throws<DocumentException>(() => BaselineStage.Read(text.Replace("prometheus.test", "elsewhere.test", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Terms_of_the_comparison_and_new_metrics_may_be_changed_later()
    {
        string text = BaselineWriter.Write(await _stage.CaptureAsync(), "b.yaml");
        PerformanceBaseline back = BaselineStage.Read(text.Replace("tolerance: '20%'", "tolerance: 30%", StringComparison.Ordinal) + "- {name: new, query: new}\n").Baseline;
        Assert.Equal("30%", back.Metrics[1].Tolerance);
        Assert.Null(back.Metrics[2].Values);
    }

    [Theory]
    [InlineData("span: 10m", "span: 0s", "/span: 0s is too short")]
    [InlineData("tolerance: 10%", "tolerance: 10", "/tolerance: this is '10'; expected a tolerance such as 10%")]
    [InlineData("unit: seconds,", "unit: seconds, tolerance: 5MB,", "/metrics/0/tolerance: a tolerance of 5MB cannot be held against values of unit 'seconds'")]
    [InlineData("unit: seconds,", "unit: second,", "/metrics/0/unit: 'second' is not known here; did you mean 'seconds'?")]
    [InlineData("name: rate, query: rate", "name: latency, query: rate", "/metrics: 2 metrics are named 'latency'")]
    [InlineData("span: 10m", "span: 10m\ntimeZone: Mars/Base", "/timeZone: this machine knows no time zone 'Mars/Base'")]
    [InlineData("span: 10m", "span: 10m\nstatistics: [p97]", "/statistics/0: 'p97' is not known here")]
    [InlineData("span: 10m", "span: 10m\ninterval: 1ms", "/interval: 1ms is no distance of samples")]
    [InlineData("query: rate", "quary: rate", "/metrics/1: 'query' is missing")]
    public void A_slip_is_named_at_its_place(string written, string slip, string problem)
    {
        DocumentException wrong = Assert.Throws<DocumentException>(() => BaselineStage.Read(BaselineStage.Plan.Replace(written, slip, StringComparison.Ordinal)));
        Assert.Contains(wrong.Problems, one => one.ToString().Contains(problem, StringComparison.Ordinal) && one.Line > 0 && one.Column > 0);
    }

    [Theory]
    [InlineData("nothing", "'rate': the query gives no value in the span")]
    [InlineData("broken", "refused: bad_data: parse error")]
    [InlineData("twins", "gives 2 series at")]
    [InlineData("endless", "'rate' is +Inf at")]
    public async Task What_cannot_be_captured_is_said_and_nothing_is_captured(string query, string why)
    {
        _stage.Value = (asked, _) => asked switch { "nothing" => null, "endless" => double.PositiveInfinity, _ => 1 };
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => _stage.CaptureAsync(BaselineStage.Plan.Replace("query: rate", $"query: {query}", StringComparison.Ordinal)));
        Assert.Equal("BaselineIncomplete", e.Id);
        Assert.Contains(why, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gaps_and_what_is_no_number_are_counted()
    {
        // Of 40 moments, the first four are missing, and two in the middle are NaN.
        _stage.Value = (_, time) => time <= BaselineStage.Noon.AddMinutes(-9) ? null : time > BaselineStage.Noon.AddMinutes(-5) && time <= BaselineStage.Noon.AddSeconds(-270) ? double.NaN : 1;
        BaselineMetric metric = (await _stage.CaptureAsync()).Metrics[0];
        Assert.Equal((34, 40, 2, 2, TimeSpan.FromMinutes(1)), (metric.Values!.N, metric.Expected, metric.Gaps, metric.Empty, metric.LongestGap));
    }

    [Fact]
    public async Task Each_hour_of_the_week_is_captured_on_its_own()
    {
        // 4 weeks up to Tuesday noon; the value is the local hour, and a week older is 1 more.
        TimeZoneInfo berlin = TimeZones.Find("Europe/Berlin")!;
        _stage.Value = (_, time) => TimeZoneInfo.ConvertTime(time, berlin).Hour + (int)((BaselineStage.Noon - time) / TimeSpan.FromDays(7));
        const string Plan = "apiVersion: readyops/v1\nkind: Baseline\nname: w\nsameHourOfWeek: true\ntimeZone: Europe/Berlin\nmetrics: [{name: m, query: m}]\n";
        BaselineMetric metric = (await _stage.CaptureAsync(Plan)).Metrics[0];
        Assert.Equal((40_320, 168), (metric.Values!.N, metric.Hours.Count));
        BaselineHour hour = metric.Hours.Single(one => one.Name == "Mon 09:00");
        // 9, 10, 11 and 12, sixty each.
        Assert.Equal((9, 4, 240, 9.0, 12.0, 10.5), (hour.Hour, hour.Weeks, hour.Values.N, hour.Values.Min, hour.Values.Max, hour.Values.Mean));
    }

    [Fact]
    public void Signals_of_a_rollout_are_metrics_whose_harm_follows_from_their_bound()
    {
        const string Rollout = """
            apiVersion: readyops/v1
            kind: Rollout
            name: shop
            release: v2
            prometheus: http://p:9090
            target: {type: flag, path: f.json, flag: new}
            signals:
            - {name: errors, query: 'e[${window}]', bound: < 1%, window: 2m}
            - {name: throughput, query: t, bound: '>= 100', interval: 30s, reduce: sum}
            - {name: up, type: http, url: http://localhost/healthz}
            goldenSignals: {}
            """;
        BaselineDocument document = ReadyOps.Core.Rollouts.RolloutBaseline.Read(DocumentLoader.Parse(Encoding.UTF8.GetBytes(Rollout), "r.yaml", "/", "Rollout"));
        PerformanceBaseline plan = document.Baseline;
        Assert.Equal(["errors", "throughput", "error-rate", "latency-p95", "latency-p99"], plan.Metrics.Select(metric => metric.Name));
        Assert.Equal((ComparisonDirection.Increase, Unit.Ratio, TimeSpan.FromMinutes(2)), (plan.Metrics[0].Direction, plan.Metrics[0].Unit, plan.Metrics[0].Window));
        Assert.Equal((ComparisonDirection.Decrease, "sum", TimeSpan.FromSeconds(30)), (plan.Metrics[1].Direction, plan.Metrics[1].Reduce, plan.Metrics[1].Interval));
        Assert.Equal(Unit.Seconds, plan.Metrics[3].Unit);
        Assert.Equal(("v2", "http://p:9090"), (plan.Release, document.Prometheus!.Display));
    }
}
