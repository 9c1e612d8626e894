using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class SignalJudgeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_good_metric_says_its_value_and_its_bound() =>
        AssertSays(Verdict.Pass, "p95 is 131.57ms, within < 500ms.", Metric(), Seen(0.13157, good: true, minutes: 5), now: 5);

    [Fact]
    public void Bounds_that_are_words_are_said_as_they_are()
    {
        Assert.True(Quantities.TryParseBound("within 10% of 131.57ms", out Bound? bound, out _));
        SignalDefinition asBefore = Metric() with { Bound = bound };
        AssertSays(Verdict.Pass, "p95 is 135.71ms, within 10% of 131.57ms.", asBefore, Seen(0.13571, good: true, minutes: 5), now: 5);
        SignalTrack track = Seen(0.2, good: true, minutes: 9) with { Breach = new SignalBreach(Start.AddMinutes(2), Start.AddMinutes(7), 0.2, false) };
        // 200 ms is 55.273 ms above 144.727 ms.
        AssertSays(Verdict.Fail, "p95 was 200ms, not within 10% of 131.57ms by 55.273ms, for 5m: since 2026-11-21 10:02:00Z, breached at 2026-11-21 10:07:00Z.", asBefore, track, now: 9);
    }

    [Fact]
    public void A_bad_metric_says_since_when_and_how_long_until_it_acts()
    {
        SignalTrack track = Seen(0.75, good: false, minutes: 5) with { BadSince = Start.AddMinutes(3), BadFor = TimeSpan.FromMinutes(2), BadInARow = 9 };

        SignalStatus status = AssertSays(Verdict.Fail, "p95 is 750ms, outside < 500ms by 250ms, since 2026-11-21 10:03:00Z; 3m more would be a breach and roll back.", Metric(), track, now: 5);

        Assert.Equal((SignalState.Pending, TimeSpan.FromMinutes(3)), (status.State, status.TimeToBreach));
    }

    [Fact]
    public void A_bad_sample_from_before_a_rollback_is_not_held_against_what_comes_however_the_clocks_differ()
    {
        // The samples are five minutes ahead of the clock of the machine that took the release back.
        SignalTrack track = SignalTracker.Reset(Seen(0.75, good: false, minutes: 5) with { BadSince = Start.AddMinutes(3), BadFor = TimeSpan.FromMinutes(2), BadInARow = 9 });

        Assert.Equal(Verdict.NoData, SignalJudge.Judge(Metric(), track, Start, exposed: true, Start.AddMinutes(1)).Verdict);
    }

    [Fact]
    public void A_check_says_that_it_failed_and_how_often_more_until_it_acts()
    {
        SignalDefinition health = Metric() with { Name = "health", Type = "http", For = null, Consecutive = 5 };
        SignalTrack track = Seen(0, good: false, minutes: 5) with { BadSince = Start.AddMinutes(4), BadInARow = 2 };

        AssertSays(Verdict.Pass, "health passes.", health, Seen(1, good: true, minutes: 5), now: 5);
        SignalStatus status = AssertSays(Verdict.Fail, "health failed since 2026-11-21 10:04:00Z; 3 more in a row would be a breach and roll back.", health, track, now: 5);

        Assert.Null(status.Value);
        Assert.Null(status.Bound);
    }

    [Fact]
    public void A_breach_says_how_long_since_when_and_at_which_sample()
    {
        SignalTrack track = Seen(0.1, good: true, minutes: 9) with { Breach = new SignalBreach(Start.AddMinutes(2), Start.AddMinutes(7), 0.75, false) };

        AssertSays(Verdict.Fail, "p95 was 750ms, outside < 500ms by 250ms, for 5m: since 2026-11-21 10:02:00Z, breached at 2026-11-21 10:07:00Z.", Metric(), track, now: 9);
    }

    [Fact]
    public void What_is_missing_old_too_little_or_down_is_each_said_by_its_own_verdict()
    {
        AssertSays(Verdict.NoData, "p95 has had no sample since this step began at 2026-11-21 10:00:00Z; it pauses in 5m.", Metric(), new SignalTrack(), now: 5);
        AssertSays(Verdict.Skipped, "p95 has nothing to measure while nothing is exposed.", Metric(), new SignalTrack(), now: 5, exposed: false);
        AssertSays(Verdict.Stale, "the newest sample of p95 is 1m30s old, more than 1m; it pauses in 8m30s.", Metric(), Seen(0.1, good: true, minutes: 5), now: 6.5);
        AssertSays(Verdict.Inconclusive, "p95 has 2 of the 3 good samples that this step needs; it pauses in 55m.", Metric(), Seen(0.1, good: true, minutes: 5) with { StepGood = 2 }, now: 5);
        AssertSays(Verdict.Error, "p95 could not be measured since 2026-11-21 10:04:00Z: connection refused; it pauses in 9m.", Metric(),
            Seen(0.1, good: true, minutes: 4) with { ErrorSince = Start.AddMinutes(4), Error = "connection refused" }, now: 5);
    }

    [Fact]
    public void A_sample_exactly_as_old_as_allowed_is_not_stale_yet() =>
        AssertSays(Verdict.Pass, "p95 is 100ms, within < 500ms.", Metric(), Seen(0.1, good: true, minutes: 5), now: 6);

    private static SignalStatus AssertSays(Verdict verdict, string reason, SignalDefinition signal, SignalTrack track, double now, bool exposed = true)
    {
        SignalStatus status = SignalJudge.Judge(signal, track, Start, exposed, Start.AddMinutes(now));
        Assert.Equal((verdict, reason), (status.Verdict, status.Reason));
        return status;
    }

    private static SignalTrack Seen(double value, bool good, int minutes) => new()
    {
        LastTime = Start.AddMinutes(minutes), LastValue = value, LastGood = good, StepGood = 3, StepSamples = 3,
    };

    private static SignalDefinition Metric() => new()
    {
        Name = "p95",
        Type = "prometheus",
        Bound = Quantities.TryParseBound("< 500ms", out Bound? bound, out _) ? bound : throw new InvalidOperationException(),
        For = TimeSpan.FromMinutes(5),
        Node = new DocumentNode { Kind = NodeKind.Object },
        Path = "",
    };
}
