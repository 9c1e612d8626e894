using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Signals.Slos;

namespace ReadyOps.Core.Tests.Signals.Slos;

public sealed class SloLawsTests
{
    // Counts of the windows in order of their length; bad events are a share of all, in millionths.
    private static readonly Arbitrary<(int Events, int Millionths)[]> Counts = Gen.Choose(0, 1_000_000)
        .SelectMany(events => Gen.Choose(0, 30_000).Select(bad => (events, bad))).ArrayOf(8).ToArbitrary();

    private static readonly SloDefinition Slo = SloTraffic.Slo() with { MinimumEvents = 0, MinimumErrors = 0 };

    [Fact]
    public void More_errors_never_leave_more_of_the_budget_nor_turn_a_failure_into_a_pass() => Check.QuickThrowOnFailure(Prop.ForAll(Counts, counts =>
    {
        SloResult less = Judge(counts), more = Judge([.. counts.Select(count => (count.Events, count.Millionths + 1000))]);
        return (less.Budget!.Remaining is null || more.Budget!.Remaining <= less.Budget.Remaining)
            && !(less.Verdict == Verdict.Fail && more.Verdict == Verdict.Pass)
            && less.BurnRates.Zip(more.BurnRates).All(pair => !(pair.First.Verdict == Verdict.Fail && pair.Second.Verdict != Verdict.Fail));
    }));

    [Fact]
    public void The_unit_of_the_events_changes_no_verdict() => Check.QuickThrowOnFailure(Prop.ForAll(Counts, counts =>
        new[] { 1e-6m, 0.001m, 1000m, 1e6m }.All(unit =>
        {
            SloResult one = Judge(counts, 1), other = Judge(counts, unit);
            return one.BurnRates.Zip(other.BurnRates).All(pair => (pair.First.LongBurnRate, pair.First.Margin, pair.First.Verdict) == (pair.Second.LongBurnRate, pair.Second.Margin, pair.Second.Verdict))
                && one.Budget!.Consumed == other.Budget!.Consumed && one.Verdict == other.Verdict;
        })));

    [Fact]
    public void A_burn_rate_times_its_window_over_the_period_is_what_it_spends() => Check.QuickThrowOnFailure(Prop.ForAll(Counts, counts =>
    {
        // The same traffic all the time, with errors in one window only: what is spent of the period is burn rate × window ÷ period.
        return Slo.AllRules.All(rule =>
        {
            decimal perHour = 1_000_000, bad = counts[0].Millionths * (decimal)rule.Long.TotalHours;
            decimal burn = bad / (perHour * (decimal)rule.Long.TotalHours) / Slo.Budget;
            ErrorBudget budget = SloJudge.Judge(Slo, SloTraffic.Now, false, new Dictionary<TimeSpan, SloCount>
            {
                [Slo.Window] = Count(Slo.Window, perHour * (decimal)Slo.Window.TotalHours, bad),
            }).Budget!;
            return Math.Abs(budget.Consumed!.Value - (burn * rule.Long.Ticks / Slo.Window.Ticks)) < 1e-20m;
        });
    }));

    [Fact]
    public void Nothing_passes_that_has_a_pair_or_a_budget_which_does_not() => Check.QuickThrowOnFailure(Prop.ForAll(Counts, counts =>
    {
        SloResult result = Judge(counts);
        bool all = result.BurnRates.All(pair => pair.Verdict == Verdict.Pass) && result.Budget!.Verdict == Verdict.Pass;
        return result.Verdict == Verdict.Pass == all && result.Reason.Length > 0;
    }));

    private static SloResult Judge((int Events, int Millionths)[] counts, decimal unit = 1)
    {
        TimeSpan[] windows = [.. Slo.AllRules.SelectMany(rule => new[] { rule.Long, rule.Short }).Append(Slo.Window).Distinct().Order()];
        return SloJudge.Judge(Slo, SloTraffic.Now, false, windows.Select((window, i) => Count(window, counts[i].Events * unit, counts[i].Events * unit * counts[i].Millionths / 1_000_000)).ToDictionary(count => count.Window));
    }

    private static SloCount Count(TimeSpan window, decimal events, decimal bad) =>
        events == 0 ? new SloCount(window) { Events = 0, Missing = "there is no traffic" } : new SloCount(window) { Events = events, Bad = bad, Ratio = bad / events };
}
