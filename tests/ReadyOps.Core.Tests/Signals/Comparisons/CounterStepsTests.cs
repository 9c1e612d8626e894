using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Tests.Signals.Comparisons;

/// <summary>Two moments of counters, a minute apart, and by hand what was counted between them.</summary>
public sealed class CounterStepsTests
{
    [Fact]
    public void Each_process_counts_from_where_it_stood() =>
        Assert.Equal(new EventCount(3 + 1, 100 + 50), Count(events: [("a", 7, 10), ("b", 0, 1)], sizes: [("a", 1000, 1100), ("b", 500, 550)]));

    [Fact]
    public void The_first_series_of_events_of_a_process_that_ran_before_counts_from_zero() =>
        Assert.Equal(new EventCount(2, 150), Count(events: [("a", null, 2)], sizes: [("a", 1000, 1100), ("b", 500, 550)]));

    [Fact]
    public void A_process_that_has_just_appeared_counts_from_the_next_look_on() =>
        Assert.Equal(new EventCount(1, 100), Count(events: [("a", 0, 1), ("b", null, 9)], sizes: [("a", 1000, 1100), ("b", null, 550)]));

    [Fact]
    public void A_process_that_began_anew_counts_what_it_has_since() =>
        Assert.Equal(new EventCount(2 + 1, 30 + 100), Count(events: [("a", 40, 2), ("b", 1, 2)], sizes: [("a", 1000, 30), ("b", 0, 100)]));

    [Fact]
    public void Events_that_fall_while_the_process_goes_on_cannot_be_told_and_neither_side_of_the_share_counts() =>
        Assert.Equal(new EventCount(1, 100), Count(events: [("a", 40, 2), ("b", 1, 2)], sizes: [("a", 1000, 1100), ("b", 0, 100)]));

    [Fact]
    public void A_sum_over_processes_that_falls_is_passed_over_because_nobody_knows_which_began_anew() =>
        Assert.Equal(new EventCount(0, 0), Count(events: [("", 40, 2)], sizes: [("", 1000, 30)]));

    [Fact]
    public void Events_counted_elsewhere_than_their_total_are_counted_apart() =>
        Assert.Equal(new EventCount(3, 100), Count(events: [("app", 1, 4), ("new", null, 5)], sizes: [("balancer", 1000, 1100)]));

    [Fact]
    public void What_is_not_good_does_harm() =>
        Assert.Equal(new EventCount(10, 100), Count(events: [("a", 900, 990)], sizes: [("a", 1000, 1100)], good: true));

    [Fact]
    public void No_series_of_events_is_no_data_unless_the_document_says_that_it_means_none()
    {
        Missing("absentIsZero", events: [], sizes: [("a", 1000, 1100)]);
        Assert.Equal(new EventCount(0, 100), Count(events: [], sizes: [("a", 1000, 1100)], absentIsZero: true));
        Missing("no series of t", events: [("a", 1, 2)], sizes: [], absentIsZero: true);
        Missing("no series of t", events: [("a", 1, 2)], sizes: [("a", double.NaN, 5)], absentIsZero: true);
    }

    [Fact]
    public void A_process_that_began_anew_and_came_further_than_it_was_is_passed_over_and_no_error_that_stays()
    {
        // 40 requests and 33 events before; 69 and 67 since it began anew: 34 events more, out of 29 requests more.
        Assert.Equal(new EventCount(1, 100), Count(events: [("a", 33, 67), ("b", 1, 2)], sizes: [("a", 40, 69), ("b", 0, 100)]));
        Missing("does not belong together", events: [("a", 33, 67)], sizes: [("a", 40, 69)]);
    }

    [Fact]
    public void More_events_than_there_were_trials_are_an_error_and_a_little_more_is_the_time_between_two_scrapes()
    {
        Assert.Equal(new EventCount(10, 10), Count(events: [("app", 0, 11)], sizes: [("balancer", 0, 10)]));
        Assert.Contains("do not belong together", Assert.Throws<ReadyOpsException>(() => Count(events: [("app", 0, 12)], sizes: [("balancer", 0, 10)])).Message, StringComparison.Ordinal);
    }

    private static EventCount Count((string, double?, double?)[] events, (string, double?, double?)[] sizes, bool good = false, bool absentIsZero = false)
    {
        EventCount count = Steps(events, sizes, good, absentIsZero).Count(1, out string? missing);
        Assert.Null(missing);
        return count;
    }

    private static void Missing(string why, (string, double?, double?)[] events, (string, double?, double?)[] sizes, bool absentIsZero = false)
    {
        Steps(events, sizes, good: false, absentIsZero).Count(1, out string? missing);
        Assert.Contains(why, missing, StringComparison.Ordinal);
    }

    private static CounterSteps Steps((string, double?, double?)[] events, (string, double?, double?)[] sizes, bool good, bool absentIsZero)
    {
        CompareRule rule = LookWorld.Rule() with { AbsentIsZero = absentIsZero };
        return new CounterSteps(rule.Canary with { CountsGood = good }, Grid(events), Grid(sizes), rule);
    }

    private static CounterGrid Grid((string Instance, double? Before, double? Now)[] series) => new([.. series.Select(one => new MetricSeries
    {
        Labels = one.Instance.Length > 0 ? new Dictionary<string, string> { ["instance"] = one.Instance } : [],
        Samples = [.. new[] { (0, one.Before), (1, one.Now) }.Where(pair => pair.Item2 is not null)
            .Select(pair => new MetricSample { Time = DateTimeOffset.UnixEpoch.AddMinutes(pair.Item1), Value = pair.Item2!.Value })],
    })], 0, 1, TimeSpan.FromMinutes(1));
}
