using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Core.Tests.Signals.Baselines;

public sealed class BaselineComparisonTests
{
    private readonly BaselineStage _stage = new();

    private static readonly BaselineTerms OnlyRate = new() { Metrics = ["rate"] };

    // Captured at 100, compared an hour later.
    private async Task<PerformanceBaseline> CapturedAsync(double value = 100, string plan = BaselineStage.Plan)
    {
        _stage.Value = (_, _) => value;
        PerformanceBaseline baseline = await _stage.CaptureAsync(plan);
        _stage.Now = BaselineStage.Noon.AddHours(1);
        return baseline;
    }

    private async Task<BaselineDifference> RateAsync(double now, double then = 100, BaselineTerms? terms = null)
    {
        PerformanceBaseline baseline = await CapturedAsync(then);
        _stage.Value = (_, _) => now;
        BaselineComparison result = await _stage.CompareAsync(baseline, (terms ?? OnlyRate) with { Metrics = ["rate"], Statistics = [BaselineStatistic.P50] });
        Assert.Equal(Assert.Single(result.Metrics).Verdict, result.Verdict);
        return result.Metrics[0];
    }

    [Theory]
    [InlineData(100, Verdict.Pass)]
    [InlineData(120, Verdict.Pass)] // Exactly on the edge of 20 %.
    [InlineData(80, Verdict.Pass)]
    [InlineData(120.001, Verdict.Fail)]
    [InlineData(79.999, Verdict.Fail)]
    [InlineData(double.PositiveInfinity, Verdict.Fail)]
    public async Task Within_the_tolerance_it_passes(double now, Verdict verdict) => Assert.Equal(verdict, (await RateAsync(now)).Verdict);

    [Fact]
    public async Task A_difference_says_everything_that_it_is_judged_by()
    {
        BaselineDifference difference = await RateAsync(125);
        Assert.Equal((100.0, 125.0, 1.25, -5.0, 40, 40), (difference.Baseline, difference.Current, difference.Ratio, difference.Margin, difference.BaselineN, difference.N));
        Assert.Equal("within 20% of 100", difference.Bound!.Text);
        Assert.Equal((BaselineStage.Noon.AddMinutes(50), BaselineStage.Noon.AddMinutes(60)), (difference.Start, difference.End));
        Assert.Equal("p50 of rate 125 is above the bound within 20% of 100 by 5; 1.25× the baseline of 100 (n = 40, then 40).", difference.Reason);
    }

    [Theory]
    [InlineData(ComparisonDirection.Increase, 200, Verdict.Fail)]
    [InlineData(ComparisonDirection.Increase, 1, Verdict.Pass)]
    [InlineData(ComparisonDirection.Decrease, 200, Verdict.Pass)]
    [InlineData(ComparisonDirection.Decrease, 1, Verdict.Fail)]
    [InlineData(ComparisonDirection.Decrease, double.PositiveInfinity, Verdict.Inconclusive)]
    public async Task Only_the_change_that_does_harm_fails(ComparisonDirection direction, double now, Verdict verdict) =>
        Assert.Equal(verdict, (await RateAsync(now, terms: new BaselineTerms { Direction = direction })).Verdict);

    [Fact]
    public async Task Terms_of_one_metric_go_before_those_of_all()
    {
        var terms = new BaselineTerms { Tolerance = "5%", Tolerances = new Dictionary<string, string> { ["rate"] = "abs 50" } };
        Assert.Equal(Verdict.Pass, (await RateAsync(150, terms: terms)).Verdict);
        Assert.Equal(Verdict.Fail, (await RateAsync(151, terms: terms)).Verdict);
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => RateAsync(1, terms: new BaselineTerms { Tolerances = new Dictionary<string, string> { ["rat"] = "5%" } }));
        Assert.Equal("BaselineMetricUnknown", e.Id);
    }

    [Fact]
    public async Task Of_a_baseline_of_zero_a_share_allows_nothing_and_says_so()
    {
        BaselineDifference difference = await RateAsync(0.001, then: 0);
        Assert.Equal((Verdict.Fail, (double?)null), (difference.Verdict, difference.Ratio));
        Assert.Contains("abs 0.001", difference.NextStep, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await RateAsync(0, then: 0)).Verdict);
        Assert.Equal(Verdict.Pass, (await RateAsync(0.001, then: 0, terms: new BaselineTerms { Tolerance = "abs 0.001" })).Verdict);
    }

    [Fact]
    public async Task What_has_no_data_any_more_is_no_data_and_what_cannot_be_asked_an_error()
    {
        PerformanceBaseline baseline = await CapturedAsync();
        _stage.Value = (query, _) => query == "rate" ? null : 100;
        BaselineComparison result = await _stage.CompareAsync(baseline);
        Assert.Equal(Verdict.NoData, result.Verdict);
        Assert.Equal([Verdict.Pass, Verdict.Pass, Verdict.NoData, Verdict.NoData], result.Metrics.Select(one => one.Verdict));
        _stage.Value = (_, _) => double.NaN;
        Assert.Equal(Verdict.NoData, (await _stage.CompareAsync(baseline)).Verdict);

        PerformanceBaseline broken = baseline with { Metrics = [baseline.Metrics[0], baseline.Metrics[1] with { Query = "broken" }] };
        _stage.Value = (_, _) => 100;
        BaselineComparison error = await _stage.CompareAsync(broken);
        Assert.Equal(Verdict.Error, error.Verdict);
        Assert.Contains("parse error", error.Reason, StringComparison.Ordinal);
        // A failure that was seen goes before a look that failed.
        _stage.Value = (_, _) => 1000;
        Assert.Equal(Verdict.Fail, (await _stage.CompareAsync(broken)).Verdict);
    }

    [Theory]
    [InlineData(BaselineStatistic.P50, 9, Verdict.Inconclusive)]
    [InlineData(BaselineStatistic.P50, 10, Verdict.Pass)]
    [InlineData(BaselineStatistic.P95, 19, Verdict.Inconclusive)]
    [InlineData(BaselineStatistic.P95, 20, Verdict.Pass)]
    [InlineData(BaselineStatistic.P99, 40, Verdict.Inconclusive)] // The baseline itself has 40.
    public async Task Too_few_samples_are_inconclusive_even_where_they_would_fail(BaselineStatistic statistic, int samples, Verdict verdict)
    {
        PerformanceBaseline baseline = await CapturedAsync();
        var window = new BaselineWindow { End = _stage.Now, Window = samples * TimeSpan.FromSeconds(15) };
        BaselineTerms terms = OnlyRate with { Statistics = [statistic] };
        Assert.Equal(verdict, (await _stage.CompareAsync(baseline, terms, window)).Verdict);
        _stage.Value = (_, _) => 1e6;
        Assert.Equal(verdict == Verdict.Pass ? Verdict.Fail : verdict, (await _stage.CompareAsync(baseline, terms, window)).Verdict);
    }

    [Fact]
    public async Task More_gaps_than_values_are_inconclusive()
    {
        PerformanceBaseline baseline = await CapturedAsync();
        var window = new BaselineWindow { End = _stage.Now, Window = TimeSpan.FromMinutes(10) };
        _stage.Value = (_, time) => time > _stage.Now.AddMinutes(-5) ? 100 : null;
        Assert.Equal(Verdict.Pass, (await _stage.CompareAsync(baseline, OnlyRate, window)).Verdict);
        _stage.Value = (_, time) => time > _stage.Now.AddSeconds(-285) ? 100 : null;
        BaselineComparison result = await _stage.CompareAsync(baseline, OnlyRate with { Statistics = [BaselineStatistic.P50] }, window);
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("of 40 moments only 19 have a value", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_may_be_partial_convicts_but_clears_nobody()
    {
        PerformanceBaseline baseline = await CapturedAsync();
        _stage.Warnings = ["a store is down"];
        BaselineComparison result = await _stage.CompareAsync(baseline);
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("a store is down", Assert.Single(result.Notes), StringComparison.Ordinal);
        _stage.Value = (_, _) => 1000;
        Assert.Equal(Verdict.Fail, (await _stage.CompareAsync(baseline)).Verdict);
    }

    [Fact]
    public async Task Nothing_is_compared_from_before_a_step_and_no_query_looks_back_behind_it()
    {
        const string Plan = "apiVersion: readyops/v1\nkind: Baseline\nname: s\nspan: 1h\nmetrics: [{name: rate, query: 'rate(x[${window}])', window: 5m}]\n";
        PerformanceBaseline baseline = await CapturedAsync(plan: Plan);
        DateTimeOffset step = _stage.Now.AddMinutes(-20);
        // Bad up to five minutes into the step, by what a rate over five minutes still sees.
        _stage.Value = (_, time) => time <= step.AddMinutes(5) ? 1e6 : 100;
        BaselineComparison result = await _stage.CompareAsync(baseline, window: new BaselineWindow { End = _stage.Now, Since = step });
        Assert.Equal((Verdict.Pass, 60), (result.Verdict, result.Metrics[0].N));
        BaselineComparison early = await _stage.CompareAsync(baseline, window: new BaselineWindow { End = _stage.Now, Since = _stage.Now.AddMinutes(-1) });
        Assert.Equal(Verdict.NoData, early.Verdict);
    }

    [Fact]
    public async Task A_plan_is_nothing_to_compare_with()
    {
        ReadyOpsException e = await Assert.ThrowsAsync<ReadyOpsException>(() => _stage.CompareAsync(BaselineStage.Read(BaselineStage.Plan).Baseline));
        Assert.Equal("BaselineNotCaptured", e.Id);
    }

    [Fact]
    public async Task Two_captures_are_compared_without_any_server_and_new_metrics_are_told()
    {
        PerformanceBaseline baseline = await CapturedAsync();
        _stage.Value = (_, _) => 119;
        PerformanceBaseline later = await _stage.CaptureAsync(BaselineStage.Plan + "\n- {name: extra, query: extra}\n");
        BaselineComparison result = BaselineService.Compare(baseline, new BaselineTerms(), later, sameHourOfWeek: false);
        // 19 % more latency is too much, 19 % more traffic is not.
        Assert.Equal([Verdict.Fail, Verdict.Fail, Verdict.Pass, Verdict.Pass, Verdict.Skipped], result.Metrics.Select(one => one.Verdict));
        Assert.Equal(Verdict.Fail, result.Verdict);
        Assert.Contains("does not know extra", Assert.Single(result.Notes), StringComparison.Ordinal);
        BaselineComparison back = BaselineService.Compare(later, new BaselineTerms { Tolerance = "50%" }, baseline, sameHourOfWeek: false);
        Assert.Equal((Verdict.NoData, "extra"), (back.Verdict, back.Metrics.First(one => one.Verdict == Verdict.NoData).Metric));
    }
}

public sealed class BaselineHoursTests
{
    private const string Plan = "apiVersion: readyops/v1\nkind: Baseline\nname: w\nsameHourOfWeek: true\nminWeeks: 3\nmetrics: [{name: m, query: m}]\n";
    private readonly BaselineStage _stage = new() { Value = (_, time) => 100 + (10 * time.Hour) };

    private Task<BaselineComparison> CompareAsync(PerformanceBaseline baseline, DateTimeOffset end, double minutes)
    {
        _stage.Now = end;
        return _stage.CompareAsync(baseline, window: new BaselineWindow { End = end, Window = TimeSpan.FromMinutes(minutes), SameHourOfWeek = true });
    }

    [Fact]
    public async Task An_hour_is_held_against_the_same_hour()
    {
        PerformanceBaseline baseline = await _stage.CaptureAsync(Plan);
        // Wednesday from 3 to 4 o'clock has 130; the median of the day is 215.
        BaselineComparison result = await CompareAsync(baseline, BaselineStage.Noon.AddHours(16), 60);
        Assert.Equal(Verdict.Pass, result.Verdict);
        Assert.Equal(("Wed 03:00", 130.0, 240, 59), (result.Metrics[0].Hour, result.Metrics[0].Baseline, result.Metrics[0].BaselineN, result.Metrics[0].N));
        _stage.Value = (_, _) => 215;
        Assert.Equal(Verdict.Fail, (await CompareAsync(baseline, BaselineStage.Noon.AddHours(16), 60)).Verdict);
    }

    [Fact]
    public async Task A_window_over_two_hours_is_held_against_both_and_its_edge_is_left_out_where_it_is_too_short()
    {
        PerformanceBaseline baseline = await _stage.CaptureAsync(Plan);
        BaselineComparison both = await CompareAsync(baseline, BaselineStage.Noon.AddHours(4.5), 60);
        Assert.Equal(["Tue 15:00", "Tue 16:00", "Tue 15:00", "Tue 16:00"], both.Metrics.Select(one => one.Hour));
        Assert.All(both.Metrics, one => Assert.Equal(Verdict.Pass, one.Verdict));
        // Six minutes into the hour: too short an edge to judge, and too little to hide behind.
        BaselineComparison edge = await CompareAsync(baseline, BaselineStage.Noon.AddHours(4.1), 60);
        Assert.Equal([Verdict.Pass, Verdict.Skipped, Verdict.Pass, Verdict.Skipped], edge.Metrics.Select(one => one.Verdict));
        Assert.Equal(Verdict.Pass, edge.Verdict);
        // Nothing but edges says nothing.
        Assert.Equal(Verdict.Inconclusive, (await CompareAsync(baseline, BaselineStage.Noon.AddHours(4.1), 12)).Verdict);
    }

    [Fact]
    public async Task Too_few_weeks_are_inconclusive_and_never_a_pass()
    {
        PerformanceBaseline baseline = await _stage.CaptureAsync(Plan + "span: 14d\n");
        BaselineComparison result = await CompareAsync(baseline, BaselineStage.Noon.AddHours(16), 60);
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("has seen Wed 03:00 in 2 week(s), and it takes 3", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_baseline_without_hours_is_refused()
    {
        PerformanceBaseline baseline = await _stage.CaptureAsync();
        Assert.Equal("BaselineHoursMissing", (await Assert.ThrowsAsync<ReadyOpsException>(() => CompareAsync(baseline, BaselineStage.Noon.AddHours(1), 60))).Id);
    }
}
