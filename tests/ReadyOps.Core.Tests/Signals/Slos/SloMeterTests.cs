using ReadyOps.Core.Signals.Slos;

namespace ReadyOps.Core.Tests.Signals.Slos;

public sealed class SloMeterTests
{
    [Fact]
    public async Task What_is_left_is_one_less_the_events_that_were_bad_over_those_that_may_be()
    {
        // 100 a minute over 30 days are 4,320,000, of which 0.1 % = 4,320 may be bad; 10 were each minute for 3 h, two days ago: 1,800.
        SloResult result = await new SloTraffic { Total = _ => 100, Bad = minute => minute is >= 2880 and < 3060 ? 10 : 0 }.TestAsync(SloTraffic.Slo());
        ErrorBudget budget = result.Budget!;
        Assert.Equal((Verdict.Pass, 4_320_000m, 1800m, 4320m), (budget.Verdict, budget.Events, budget.BadEvents, budget.AllowedBadEvents));
        Assert.Equal(0.4167m, decimal.Round(budget.Consumed!.Value, 4));
        Assert.Equal(0.5833m, decimal.Round(budget.Remaining!.Value, 4));
        Assert.Equal((0m, null), (budget.BurnRate, budget.TimeToExhaustion));
        // Of the pair of three days and six hours, 1,800 of 432,000 is 4.17 times the budget over the long window; the short one has none.
        SloBurnRate slow = result.BurnRates[^1];
        Assert.Equal((Verdict.Pass, 0m, 1m), (slow.Verdict, slow.ShortBurnRate, slow.Margin));
        Assert.Equal(4.1667m, decimal.Round(slow.LongBurnRate!.Value, 4));
        Assert.Equal(Verdict.Pass, result.Verdict);
    }

    [Fact]
    public async Task A_ratio_weighs_events_and_not_time()
    {
        // 23 quiet hours a day with 1 event a minute and one hour with 1000, all of whose errors fall in the quiet ones: 1 % of 1,380 is
        // 13.8 of 61,380 events, 0.0225 %. A mean over time would say 23/24 of 1 %: 0.96 %.
        SloResult result = await new SloTraffic
        {
            Total = minute => minute % 1440 < 60 ? 1000 : 1,
            Bad = minute => minute % 1440 < 60 ? 0 : 0.01,
        }.TestAsync(SloTraffic.Slo());
        Assert.Equal(0.22483m, decimal.Round(result.Budget!.Consumed!.Value, 5));
    }

    [Theory]
    // Bad events a minute of 1,000 from now back; the workbook's: 14.4 times over an hour spends 2 %.
    [InlineData(60, 14.4, Verdict.Pass)]
    [InlineData(60, 14.5, Verdict.Fail)]
    [InlineData(300, 6.1, Verdict.Pass)] // Five of six hours: 5.08 over the long window.
    [InlineData(360, 6.1, Verdict.Fail)]
    [InlineData(1440, 3.1, Verdict.Fail)]
    [InlineData(4320, 1.1, Verdict.Fail)]
    [InlineData(4320, 1.0, Verdict.Pass)]
    public async Task It_fails_as_soon_as_both_windows_of_a_pair_burn_faster_than_its_factor(int minutes, double bad, Verdict verdict) =>
        Assert.Equal(verdict, (await new SloTraffic { Total = _ => 1000, Bad = minute => minute < minutes ? bad : 0 }.TestAsync(SloTraffic.Slo())).Verdict);

    [Fact]
    public async Task A_full_outage_fails_the_fastest_pair_as_soon_as_the_workbook_says()
    {
        // Time to detect: window × factor × budget ÷ error ratio = 1 h × 14.4 × 0.001 ÷ 1 = 51.84 s; here in whole minutes.
        var slo = SloTraffic.Slo();
        Assert.Equal(Verdict.Pass, (await Down(0)).BurnRates[0].Verdict);
        SloBurnRate fastest = (await Down(1)).BurnRates[0];
        Assert.Equal((Verdict.Fail, 16.6667m), (fastest.Verdict, decimal.Round(fastest.LongBurnRate!.Value, 4)));
        // Left is 1 − 600 ÷ 25,920 = 0.97685; at 16.6667 times that lasts 0.97685 × 720 h ÷ 16.6667 = 42.2 h.
        Assert.Equal(42.2, fastest.TimeToExhaustion!.Value.TotalHours, 0.01);
        Assert.Equal("The error budget of 99.9% burns at 16.667× over 1h and 200× over 5m, above 14.4× by 2.2667× (n = 36,000, 600 bad). At this rate the rest of the budget is gone in 1d18h.", fastest.Reason);
        Task<SloResult> Down(int minutes) => new SloTraffic { Total = _ => 600, Bad = minute => minute < minutes ? 600 : 0 }.TestAsync(slo);
    }

    [Fact]
    public async Task Short_history_says_that_there_is_insufficient_data_where_Sloth_pages()
    {
        // Five minutes of history with 1.43 % of errors: all windows give the same, and 1.43 % is above 6 × 0.1 %.
        var traffic = new SloTraffic { History = TimeSpan.FromMinutes(5), Total = _ => 1000, Bad = _ => 14.3 };
        SloResult result = await traffic.TestAsync(SloTraffic.Slo());
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.All(result.BurnRates, pair => Assert.Equal(Verdict.Inconclusive, pair.Verdict));
        Assert.All(result.BurnRates, pair => Assert.StartsWith("Insufficient data: the window of", pair.Reason, StringComparison.Ordinal));
        Assert.Contains("allowShortHistory", result.NextStep, StringComparison.Ordinal);
        Assert.Equal(Verdict.Fail, (await traffic.TestAsync(SloTraffic.Slo() with { AllowShortHistory = true })).Verdict);
    }

    [Fact]
    public async Task Short_history_without_errors_passes_no_more_than_it_fails()
    {
        var traffic = new SloTraffic { History = TimeSpan.FromDays(2), Total = _ => 1000 };
        SloResult result = await traffic.TestAsync(SloTraffic.Slo());
        Assert.Equal([Verdict.Pass, Verdict.Pass, Verdict.Pass, Verdict.Inconclusive], result.BurnRates.Select(pair => pair.Verdict));
        Assert.Equal((Verdict.Inconclusive, Verdict.Inconclusive), (result.Verdict, result.Budget!.Verdict));
        Assert.Contains("There is no data from the beginning of the window(s) of 3d, 30d.", result.Notes);
    }

    [Fact]
    public async Task One_failed_request_at_low_traffic_pages_nobody_after_three_clean_days()
    {
        // One a minute, the last one failed: 1 of 60 is 16.7 times the budget over 1 h and 1 of 5 is 200 times over 5 min.
        SloResult result = await new SloTraffic { Total = _ => 1, Bad = minute => minute == 0 ? 1 : 0 }.TestAsync(SloTraffic.Slo());
        Assert.Equal(Verdict.Inconclusive, result.BurnRates[0].Verdict);
        Assert.Equal("Over 1h only 1 of the 2 bad events were seen that it takes (n = 60, 1 bad), so the burn rate of 16.667× is not told from chance.", result.BurnRates[0].Reason);
        Assert.All(result.BurnRates.Skip(1), pair => Assert.Equal(Verdict.Pass, pair.Verdict));
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Equal(Verdict.Fail, (await new SloTraffic { Total = _ => 1, Bad = minute => minute < 2 ? 1 : 0 }.TestAsync(SloTraffic.Slo())).Verdict);
    }

    [Fact]
    public async Task Fewer_events_than_it_takes_neither_pass_nor_fail()
    {
        // One event every ten minutes: 6 an hour, and 36 in six hours.
        SloResult result = await new SloTraffic { Total = minute => minute % 10 == 0 ? 1 : 0 }.TestAsync(SloTraffic.Slo());
        Assert.Equal([Verdict.Inconclusive, Verdict.Pass, Verdict.Pass, Verdict.Pass], result.BurnRates.Select(pair => pair.Verdict));
        Assert.Contains("only 6 of the 10 events were seen that it takes", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_traffic_is_no_data_and_never_a_pass_and_fails_where_that_is_said()
    {
        var traffic = new SloTraffic();
        Assert.Equal((Verdict.NoData, Verdict.NoData), ((await traffic.TestAsync(SloTraffic.Slo())).Verdict, (await traffic.TestAsync(SloTraffic.Slo())).Budget!.Verdict));
        Assert.Equal(Verdict.Fail, (await traffic.TestAsync(SloTraffic.Slo() with { NoDataFails = true })).Verdict);
        Assert.Equal(Verdict.NoData, (await new SloTraffic { History = TimeSpan.Zero }.TestAsync(SloTraffic.Slo())).Verdict);
    }

    [Fact]
    public async Task No_series_of_errors_is_zero_only_where_another_window_has_one_or_it_is_said()
    {
        // The last error was ten days ago: the period has a series, and the shorter windows have none.
        var once = new SloTraffic { Total = _ => 100, Bad = minute => minute == 14_400 ? 5 : 0, HasErrorSeries = false };
        Assert.Equal(Verdict.Pass, (await once.TestAsync(SloTraffic.Slo())).Verdict);
        var never = new SloTraffic { Total = _ => 100, HasErrorSeries = false };
        SloResult result = await never.TestAsync(SloTraffic.Slo());
        Assert.Equal(Verdict.NoData, result.Verdict);
        Assert.Contains("absentIsZero", result.NextStep, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, (await never.TestAsync(SloTraffic.Slo() with { AbsentIsZero = true })).Verdict);
    }

    [Fact]
    public async Task A_budget_that_is_overspent_is_negative_and_fails()
    {
        // 1.5 times the budget over the whole period, and clean for the last seven days: 1.5 × 23/30 = 1.15.
        SloResult result = await new SloTraffic { Total = _ => 1000, Bad = minute => minute < 7 * 1440 ? 0 : 1.5 }.TestAsync(SloTraffic.Slo());
        Assert.All(result.BurnRates, pair => Assert.Equal(Verdict.Pass, pair.Verdict));
        Assert.Equal((Verdict.Fail, Verdict.Fail, -0.15m, TimeSpan.Zero), (result.Verdict, result.Budget!.Verdict, result.Budget.Remaining, result.Budget.TimeToExhaustion));
        Assert.StartsWith("-15% of the error budget of 99.9% over 30d (n = 43,200,000, 49,680 bad) is left", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_much_of_the_budget_as_is_asked_for_must_be_left()
    {
        var traffic = new SloTraffic { Total = _ => 1000, Bad = _ => 0.75 };
        Assert.Equal(Verdict.Pass, (await traffic.TestAsync(SloTraffic.Slo() with { MinimumBudget = 0.25m })).Verdict);
        SloResult result = await traffic.TestAsync(SloTraffic.Slo() with { MinimumBudget = 0.26m });
        Assert.Equal((Verdict.Fail, 0.25m), (result.Verdict, result.Budget!.Remaining));
        // At 0.75 times, a quarter of the budget of 30 days lasts 10 days.
        Assert.Equal(TimeSpan.FromDays(10), result.Budget.TimeToExhaustion);
    }

    [Fact]
    public async Task What_may_be_partial_convicts_and_clears_nobody()
    {
        var clean = new SloTraffic { Total = _ => 1000, Warns = _ => true };
        Assert.Equal(Verdict.Inconclusive, (await clean.TestAsync(SloTraffic.Slo())).Verdict);
        var broken = new SloTraffic { Total = _ => 1000, Bad = _ => 20, Warns = _ => true };
        SloResult result = await broken.TestAsync(SloTraffic.Slo());
        Assert.Equal(Verdict.Fail, result.Verdict);
        Assert.Contains("a store is down", result.Notes);
    }

    [Fact]
    public async Task A_window_that_cannot_be_asked_is_an_error_and_hides_no_failure_of_the_others()
    {
        static bool Period(string query) => query.Contains("[2592000s]", StringComparison.Ordinal);
        SloResult clean = await new SloTraffic { Total = _ => 1000, Fails = Period }.TestAsync(SloTraffic.Slo());
        Assert.Equal((Verdict.Error, Verdict.Error), (clean.Verdict, clean.Budget!.Verdict));
        Assert.Contains("query timed out", clean.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Fail, (await new SloTraffic { Total = _ => 1000, Bad = _ => 20, Fails = Period }.TestAsync(SloTraffic.Slo())).Verdict);
        Assert.Equal(Verdict.Error, (await new SloTraffic { Fails = _ => true }.TestAsync(SloTraffic.Slo())).Verdict);
    }

    [Fact]
    public async Task More_errors_than_events_are_queries_that_do_not_belong_together() =>
        Assert.Equal(Verdict.Error, (await new SloTraffic { Total = _ => 100, Bad = _ => 110 }.TestAsync(SloTraffic.Slo())).Verdict);

    [Fact]
    public async Task Rates_counts_and_good_events_say_the_same()
    {
        var traffic = new SloTraffic { Total = _ => 120, Bad = _ => 0.06 };
        SloResult counts = await traffic.TestAsync(SloTraffic.Slo());
        foreach (SloIndicator indicator in new[]
        {
            SloIndicator.OfErrors("sum(rate(errors[${window}]))", "sum(rate(total[${window}]))"),
            SloIndicator.OfGood("sum(increase(good[${window}]))", "sum(increase(total[${window}]))"),
            SloIndicator.OfErrors("errors", "total"),
        })
        {
            SloResult same = await traffic.TestAsync(SloTraffic.Slo() with { Indicator = indicator });
            Assert.Equal(decimal.Round(counts.Budget!.Remaining!.Value, 9), decimal.Round(same.Budget!.Remaining!.Value, 9));
            Assert.Equal(counts.Budget.Events!.Value, decimal.Round(same.Budget.Events!.Value, 6));
            Assert.Equal(counts.Verdict, same.Verdict);
        }
    }

    [Fact]
    public async Task Only_pairs_of_the_severity_decide_and_the_others_are_reported()
    {
        var traffic = new SloTraffic { Total = _ => 1000, Bad = minute => minute < 1440 ? 4 : 0 };
        Assert.Equal(Verdict.Fail, (await traffic.TestAsync(SloTraffic.Slo())).Verdict);
        SloResult pages = await traffic.TestAsync(SloTraffic.Slo() with { Severity = SloSeverity.Page });
        Assert.Equal(Verdict.Pass, pages.Verdict);
        Assert.Equal((Verdict.Fail, false), (pages.BurnRates[2].Verdict, pages.BurnRates[2].Decides));
    }

    [Fact]
    public async Task A_rollout_is_judged_by_its_step_and_not_by_what_was_before()
    {
        // An outage that ended ten minutes before the step: over the hour it burns 500 times, and in the step nothing does.
        var traffic = new SloTraffic { Total = _ => 1000, Bad = minute => minute is >= 30 and < 60 ? 1000 : 0 };
        Assert.Equal(Verdict.Fail, (await traffic.TestAsync(SloTraffic.Slo())).Verdict);
        SloResult step = await traffic.TestAsync(SloTraffic.Slo(), SloTraffic.Now - TimeSpan.FromMinutes(20));
        Assert.Equal((Verdict.Pass, null), (step.Verdict, step.Budget));
        Assert.Equal([Verdict.Pass, Verdict.Skipped, Verdict.Skipped, Verdict.Skipped], step.BurnRates.Select(pair => pair.Verdict));
        Assert.Equal(20_000m, step.BurnRates[0].LongEvents);
        // And one of its own fails it.
        var own = new SloTraffic { Total = _ => 1000, Bad = minute => minute < 10 ? 50 : 0 };
        Assert.Equal(Verdict.Fail, (await own.TestAsync(SloTraffic.Slo(), SloTraffic.Now - TimeSpan.FromMinutes(20))).Verdict);
        Assert.Equal(Verdict.Inconclusive, (await own.TestAsync(SloTraffic.Slo(), SloTraffic.Now - TimeSpan.FromMinutes(2))).Verdict);
        Assert.Equal(Verdict.NoData, (await own.TestAsync(SloTraffic.Slo(), SloTraffic.Now)).Verdict);
    }
}
