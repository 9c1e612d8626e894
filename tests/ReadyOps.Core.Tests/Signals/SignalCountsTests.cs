using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

/// <summary>Totals, runs of successes, delays, traffic and limits: worked out by hand on a grid of 15 s.</summary>
public sealed class SignalCountsTests
{
    private const double Good = 0.005;
    private const double Bad = 0.02;
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly System.Text.Json.JsonSerializerOptions Journal = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Fact]
    public void A_total_is_reached_across_good_samples_and_dated_from_the_first_that_counts()
    {
        SignalDefinition signal = Signal() with { FailureLimit = new(3, TimeSpan.FromMinutes(2)) };

        // Bad at 1, 4 and 8: 15 s, 60 s and 120 s; 105 s lie between the first and the third.
        SignalTrack track = Run(signal, [Bad, Good, Good, Bad, Good, Good, Good, Bad]);

        Assert.Equal(new SignalBreach(At(1), At(8), Bad, StableFails: false, ByTotal: true), track.Breach);
    }

    [Fact]
    public void A_total_forgets_what_is_as_old_as_its_time()
    {
        SignalDefinition signal = Signal() with { FailureLimit = new(3, TimeSpan.FromMinutes(2)) };

        // Bad at 1, 4 and 9: exactly 2 minutes after the first, so that one has left; a fourth at 10 is within 2 minutes of 4.
        double[] values = [Bad, Good, Good, Bad, Good, Good, Good, Good, Bad, Bad];
        Assert.Null(Run(signal, values[..9]).Breach);
        Assert.Equal((At(4), At(10)), Run(signal, values).Breach is { } breach ? (breach.Since, breach.At) : default);
    }

    [Fact]
    public void Blips_that_have_nothing_to_do_with_each_other_never_add_up()
    {
        // One bad sample an hour over 7 days: Argo Rollouts' failureLimit and Flagger's threshold add 168 of them up.
        SignalDefinition signal = Signal() with { FailureLimit = new(5, TimeSpan.FromHours(1)) };
        Assert.Null(Run(signal, [.. Enumerable.Range(1, 7 * 24 * 240).Select(i => i % 240 == 0 ? Bad : Good)]).Breach);
    }

    [Fact]
    public void A_total_stands_beside_a_run_and_whichever_comes_first_is_the_breach()
    {
        SignalDefinition signal = Signal() with { For = TimeSpan.FromMinutes(1), FailureLimit = new(10, TimeSpan.FromHours(1)) };
        // Five in a row are a minute: 15 s to 75 s.
        Assert.Equal((At(5), false), Run(signal, [.. Enumerable.Repeat(Bad, 12)]).Breach is { } run ? (run.At, run.ByTotal) : default);
        double[] alternating = [.. Enumerable.Range(0, 20).Select(i => i % 2 == 0 ? Bad : Good)];
        // Never two in a row; the tenth is sample 19.
        Assert.Equal((At(19), true), Run(signal, alternating).Breach is { } total ? (total.At, total.ByTotal) : default);
    }

    [Fact]
    public void After_a_total_was_answered_the_signal_fails_until_enough_of_it_is_old()
    {
        SignalDefinition signal = Signal() with { FailureLimit = new(2, TimeSpan.FromMinutes(5)), Policies = Silent() };
        SignalTrack track = SignalTracker.Acknowledge(Run(signal, [Bad, Good, Bad, Good, Good, Good]));

        SignalStatus full = Judge(signal, track, At(6));
        Assert.Equal(Verdict.Fail, full.Verdict);
        Assert.Equal("error-rate is 0.5% again, but broke 2 within 5m, last at 2026-11-21 10:00:45Z; the share is held.", full.Reason);
        // The first, at 10:00:15, is five minutes old at 10:05:15.
        Assert.Equal(Verdict.Fail, Judge(signal, Go(signal, track, [.. Enumerable.Repeat(Good, 14)], 6), At(20)).Verdict);
        Assert.Equal(Verdict.Pass, Judge(signal, Go(signal, track, [.. Enumerable.Repeat(Good, 15)], 6), At(21)).Verdict);
    }

    [Fact]
    public void So_many_good_samples_in_a_row_are_needed_and_a_bad_one_begins_them_anew()
    {
        SignalDefinition signal = Signal() with { ConsecutiveSuccesses = 4 };

        SignalStatus waiting = Judge(signal, Run(signal, [Good, Good, Good, Good, Bad, Good, Good, Good]), At(8));
        Assert.Equal(Verdict.Inconclusive, waiting.Verdict);
        Assert.StartsWith("error-rate has 3 of the 4 good samples in a row that this step needs", waiting.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.Pass, Judge(signal, Run(signal, [Good, Good, Bad, Good, double.NaN, Good, Good, Good]), At(8)).Verdict);
        // A new step asks for them anew.
        SignalTrack entered = SignalTracker.EnterStep(Run(signal, [Good, Good, Good, Good, Good]));
        Assert.Equal(0, entered.StepGoodInARow);
    }

    [Fact]
    public void Nothing_in_the_initial_delay_counts_for_or_against_and_what_comes_after_does()
    {
        SignalDefinition signal = Signal() with { For = null, Consecutive = 3, InitialDelay = TimeSpan.FromMinutes(1) };

        // Samples 1 to 4 lie within the first minute: four bad ones are none. Then two, one short of a breach.
        SignalTrack track = Run(signal, [Bad, Bad, Bad, Bad, Bad, Bad]);
        Assert.Null(track.Breach);
        Assert.Equal((At(5), 2), (track.BadSince, track.BadInARow));
        SignalStatus early = Judge(signal, Run(signal, [Bad, Bad]), At(3));
        Assert.Equal(Verdict.Inconclusive, early.Verdict);
        Assert.StartsWith("error-rate is not judged before 2026-11-21 10:01:00Z, 1m into this step; it pauses in", early.Reason, StringComparison.Ordinal);
        Assert.Equal(3, Run(signal, [.. Enumerable.Repeat(Good, 7)]).StepGood);
    }

    [Fact]
    public void A_breach_in_the_warm_up_is_one_and_good_samples_in_it_prove_nothing()
    {
        SignalDefinition signal = Signal() with { For = null, Consecutive = 3, WarmUp = TimeSpan.FromMinutes(1) };

        Assert.Equal(At(3), Run(signal, [Bad, Bad, Bad]).Breach!.At);
        SignalTrack good = Run(signal, [.. Enumerable.Repeat(Good, 6)]);
        Assert.Equal((2, Verdict.Inconclusive), (good.StepGood, Judge(signal, good, At(6)).Verdict));
        Assert.Equal(Verdict.Pass, Judge(signal, Run(signal, [.. Enumerable.Repeat(Good, 7)]), At(7)).Verdict);
    }

    [Fact]
    public void With_too_little_traffic_a_sample_says_nothing_and_a_run_waits()
    {
        SignalDefinition signal = Signal() with { For = null, Consecutive = 3, MinTraffic = 100 };

        // One failed request of three at night is 33 % and convicts nobody.
        SignalTrack night = Run(signal, [Bad, Bad, 0.33, 0.33, 0.33], [200, 200, 3, 3, 99.9]);
        Assert.Null(night.Breach);
        SignalStatus quiet = Judge(signal, night, At(5));
        Assert.Equal((Verdict.Inconclusive, SignalState.Pending), (quiet.Verdict, quiet.State));
        Assert.Equal("error-rate has traffic of 99.9, below the 100 that it needs to pass or fail, and has said nothing since 2026-11-21 10:00:30Z; it pauses in 59m15s.", quiet.Reason);
        Assert.Equal((99.9, 100d), (quiet.Traffic, quiet.MinTraffic));

        // Day comes, exactly enough is enough, and the third bad one in a row is a breach.
        Assert.Equal(At(6), Run(signal, [Bad, Bad, 0.33, 0.33, 0.33, Bad], [200, 200, 3, 3, 99.9, 100]).Breach!.At);
        // Good samples without traffic do not let a step be left either.
        Assert.Equal(Verdict.Inconclusive, Judge(signal, Run(signal, [.. Enumerable.Repeat(Good, 50)], [.. Enumerable.Repeat(double.NaN, 50)]), At(50)).Verdict);
    }

    [Fact]
    public void So_many_samples_in_a_row_that_say_nothing_make_their_policy_due_at_once()
    {
        SignalDefinition signal = Signal() with { InconclusiveLimit = new(3, null) };

        Assert.Equal(Verdict.Pass, Judge(signal, Run(signal, [Good, Good, Good, double.NaN, double.NaN]), At(5)).Verdict);
        SignalStatus reached = Judge(signal, Run(signal, [Good, Good, Good, double.NaN, double.NaN, double.PositiveInfinity * 0]), At(6));
        Assert.Equal((Verdict.Inconclusive, TroubleAction.Pause, TimeSpan.Zero), (reached.Verdict, reached.Action, reached.ActsIn));
        Assert.Equal("3 samples of error-rate in a row said nothing, the last at 2026-11-21 10:01:30Z; it pauses now.", reached.Reason);
        Assert.Equal(Verdict.Pass, Judge(signal, Run(signal, [Good, Good, Good, double.NaN, double.NaN, Good, double.NaN, double.NaN]), At(8)).Verdict);
    }

    [Fact]
    public void A_total_of_samples_that_say_nothing_is_not_reset_by_good_ones()
    {
        SignalDefinition signal = Signal() with { InconclusiveLimit = new(3, TimeSpan.FromMinutes(5)) };
        SignalTrack track = Run(signal, [Good, double.NaN, Good, double.NaN, Good, double.NaN, Good, Good, Good]);

        Assert.Equal("3 samples of error-rate within 5m said nothing, the last at 2026-11-21 10:01:30Z; it pauses now.", Judge(signal, track, At(9)).Reason);
        // The first, at 10:00:30, has left five minutes later.
        Assert.Equal(Verdict.Pass, Judge(signal, Go(signal, track, [.. Enumerable.Repeat(Good, 13)], 9), At(22)).Verdict);
    }

    [Fact]
    public void Errors_in_a_row_are_counted_once_an_interval_however_often_the_source_is_asked()
    {
        SignalDefinition signal = Signal() with { ErrorLimit = new(4, null) };
        SignalBatch down = new() { CollectedUntil = Start, Error = "connection refused" };
        SignalTrack once = SignalTracker.Advance(signal, new SignalTrack(), down, null, Start, At(1));
        SignalTrack often = once;
        for (int i = 0; i < 20; i++) often = SignalTracker.Advance(signal, often, down, null, Start, At(1) + TimeSpan.FromSeconds(2 * i));

        // Down since 10:00:15: the fourth interval begins 45 s later.
        foreach (SignalTrack track in new[] { once, often })
        {
            Assert.NotEqual(TimeSpan.Zero, Judge(signal, track, At(4) - TimeSpan.FromSeconds(1)).ActsIn);
            Assert.Equal(TimeSpan.Zero, Judge(signal, track, At(4)).ActsIn);
        }

        SignalTrack back = SignalTracker.Advance(signal, often, Batch([Good], 4), null, Start, At(5));
        Assert.NotEqual(Verdict.Error, Judge(signal, back, At(5)).Verdict);
    }

    [Fact]
    public void A_total_of_errors_is_not_reset_by_an_answer_and_does_not_depend_on_how_often_it_was_asked()
    {
        SignalDefinition signal = Signal() with { ErrorLimit = new(4, TimeSpan.FromMinutes(5)) };
        SignalBatch down = new() { CollectedUntil = Start, Error = "connection refused" };
        SignalTrack slow = SignalTracker.Advance(signal, SignalTracker.Advance(signal, new(), down, null, Start, At(1)), down, null, Start, At(4));
        SignalTrack fast = new();
        for (DateTimeOffset at = At(1); at <= At(4); at += TimeSpan.FromSeconds(5)) fast = SignalTracker.Advance(signal, fast, down, null, Start, at);
        Assert.Equal(slow.Errors, fast.Errors);

        SignalTrack back = SignalTracker.Advance(signal, slow, Batch([.. Enumerable.Repeat(Good, 18)], 4), null, Start, At(22));
        // 10:00:15 to 10:01:00 are four; the first has left at 10:05:15, 22 samples are 10:05:30.
        Assert.Equal(Verdict.Pass, Judge(signal, back, At(22)).Verdict);
        SignalStatus reached = Judge(signal, SignalTracker.Advance(signal, slow, Batch([.. Enumerable.Repeat(Good, 6)], 4), null, Start, At(10)), At(10));
        Assert.Equal((Verdict.Error, TimeSpan.Zero), (reached.Verdict, reached.ActsIn));
        Assert.Equal("error-rate could not be measured 4 times within 5m, last at 2026-11-21 10:01:00Z; it pauses now.", reached.Reason);
    }

    [Fact]
    public void A_signal_that_fails_on_and_off_for_an_hour_fails_also_while_it_is_good()
    {
        SignalDefinition signal = Signal();
        // Two good, one bad, again and again: never 5 minutes, never 3 good in a row. The hour since 10:00:45 is over at sample 243.
        double[] values = [.. Enumerable.Range(1, 250).Select(i => i % 3 == 0 ? Bad : Good)];

        Assert.Equal(Verdict.Pass, Judge(signal, Run(signal, values[..242]), At(242)).Verdict);
        SignalStatus flapping = Judge(signal, Run(signal, values[..244]), At(244));
        Assert.Equal((Verdict.Fail, TroubleAction.Pause, TimeSpan.Zero), (flapping.Verdict, flapping.Action, flapping.ActsIn));
        Assert.Equal("error-rate has failed on and off since 2026-11-21 10:00:45Z, never for long enough to be a breach and never good for 3 samples in a row; it pauses now.", flapping.Reason);
        // Three good ones in a row settle it.
        Assert.Null(Go(signal, Run(signal, values[..243]), [Good, Good, Good], 243).FailingSince);
        Assert.Equal(Verdict.Pass, Judge(signal with { Policies = Silent() }, Run(signal, values[..244]), At(244)).Verdict);
    }

    [Fact]
    public void What_comes_first_is_said_a_breach_or_the_deadline_of_its_policy()
    {
        SignalDefinition slow = Signal() with { For = TimeSpan.FromHours(2) };
        SignalStatus status = Judge(slow, Run(slow, [.. Enumerable.Repeat(Bad, 41)]), At(41));

        // Bad for 10 minutes: 1h50m to the breach, and 50 minutes to the deadline.
        Assert.Equal((TroubleAction.Pause, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(110)), (status.Action, status.ActsIn, status.TimeToBreach));
        Assert.Equal("error-rate is 2%, outside <= 1% by 1%, since 2026-11-21 10:00:15Z; 1h50m more would be a breach and roll back; it pauses in 50m.", status.Reason);

        SignalDefinition quick = Signal() with { FailureLimit = new(50, TimeSpan.FromHours(1)) };
        SignalStatus soon = Judge(quick, Run(quick, [Bad, Bad, Bad]), At(3));
        Assert.Equal((TroubleAction.Rollback, TimeSpan.FromSeconds(270), 47), (soon.Action, soon.ActsIn, soon.SamplesToBreach));
        Assert.Contains("; 4m30s more or 47 more within 1h would be a breach and roll back.", soon.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_not_critical_or_a_dry_run_says_what_it_does_instead()
    {
        SignalTrack breached = Run(Signal(), [.. Enumerable.Repeat(Bad, 21)]);
        SignalStatus lesser = Judge(Signal() with { Critical = false }, breached, At(21));
        SignalStatus dry = Judge(Signal() with { DryRun = true }, breached, At(21));

        Assert.Equal((TroubleAction.Pause, false), (lesser.Action, lesser.Critical));
        Assert.EndsWith("; it is not critical and pauses.", lesser.Reason, StringComparison.Ordinal);
        Assert.Equal((TroubleAction.Rollback, true), (dry.Action, dry.DryRun));
        Assert.EndsWith("; it would roll back, were it not a dry run that decides nothing.", dry.Reason, StringComparison.Ordinal);
        // No policy of one that is not critical takes a release back either.
        SignalPolicies back = SignalPolicies.Default with { NoData = new(TroubleAction.Rollback, TimeSpan.FromMinutes(1)) };
        Assert.Equal(TroubleAction.Pause, Judge(Signal() with { Critical = false, Policies = back }, new SignalTrack(), At(10)).Due);
        Assert.Equal(TroubleAction.Rollback, Judge(Signal() with { Policies = back }, new SignalTrack(), At(10)).Due);
    }

    [Fact]
    public void How_samples_are_cut_into_batches_changes_nothing_of_what_is_counted()
    {
        var samples = Gen.Elements(Good, Good, Bad, Bad, double.NaN, double.PositiveInfinity).ArrayOf(120);
        var traffic = Gen.Elements(5d, 99d, 100d, 500d, double.NaN).ArrayOf(120);
        var cuts = Gen.Choose(1, 40).ArrayOf(30);
        SignalDefinition all = Signal() with
        {
            FailureLimit = new(4, TimeSpan.FromMinutes(3)), InconclusiveLimit = new(3, TimeSpan.FromMinutes(4)), ConsecutiveSuccesses = 4,
            MinTraffic = 100, InitialDelay = TimeSpan.FromMinutes(2), WarmUp = TimeSpan.FromMinutes(4),
        };
        var signals = Gen.Elements(all, all with { For = null, Consecutive = 6 }, all with { MinTraffic = null }, all with { InitialDelay = TimeSpan.Zero, FailureLimit = null });

        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(samples), Arb.From(traffic.SelectMany(t => cuts.Select(c => (t, c)))), Arb.From(signals), (values, with, signal) =>
        {
            SignalTrack whole = SignalTracker.Advance(signal, new(), Batch(values, 0, with.t), null, Start, At(values.Length));
            SignalTrack pieces = new();
            int done = 0;
            foreach (int size in with.c.Append(values.Length))
            {
                int until = Math.Min(done + size, values.Length);
                pieces = SignalTracker.Advance(signal, pieces, Batch(values[done..until], done, with.t[done..until]), null, Start, At(until));
                // A restart: what the journal holds is all there is.
                pieces = System.Text.Json.JsonSerializer.Deserialize<SignalTrack>(System.Text.Json.JsonSerializer.Serialize(pieces, Journal), Journal)!;
                done = until;
            }

            return whole == pieces;
        }));
    }

    [Fact]
    public void A_track_of_an_older_journal_is_judged_as_it_was()
    {
        const string Older = """{"CollectedUntil":"2026-11-21T10:01:00+00:00","LastTime":"2026-11-21T10:01:00+00:00","LastValue":0.005,"LastGood":true,"BadFor":"00:00:00","BadInARow":0,"StepGood":4,"StepSamples":4}""";
        SignalTrack track = System.Text.Json.JsonSerializer.Deserialize<SignalTrack>(Older)!;
        Assert.Equal(Verdict.Pass, Judge(Signal(), track, At(5)).Verdict);
    }

    private static SignalPolicies Silent() => SignalPolicies.Default with { Failing = new(TroubleAction.Hold, TimeSpan.Zero) };

    private static SignalDefinition Signal() => new()
    {
        Name = "error-rate",
        Type = "prometheus",
        Bound = Quantities.TryParseBound("<= 1%", out Bound? parsed, out _) ? parsed : throw new InvalidOperationException(),
        For = TimeSpan.FromMinutes(5),
        Interval = Interval,
        Node = new DocumentNode { Kind = NodeKind.Object },
        Path = "",
    };

    /// <summary>Time of the n-th sample, from 1.</summary>
    private static DateTimeOffset At(int sample) => Start + (sample * Interval);

    private static SignalStatus Judge(SignalDefinition signal, SignalTrack track, DateTimeOffset now) => SignalJudge.Judge(signal, track, Start, exposed: true, now);

    private static SignalTrack Run(SignalDefinition signal, double[] values, double[]? traffic = null) =>
        SignalTracker.Advance(signal, new SignalTrack(), Batch(values, 0, traffic), null, Start, At(values.Length));

    private static SignalTrack Go(SignalDefinition signal, SignalTrack track, double[] values, int after) =>
        SignalTracker.Advance(signal, track, Batch(values, after), null, Start, At(after + values.Length));

    private static SignalBatch Batch(double[] values, int after, double[]? traffic = null) => new()
    {
        CollectedUntil = At(after + values.Length),
        Samples = [.. values.Select((value, i) => new SignalSample(At(after + i + 1), value, Interval, true, traffic?[i]))],
    };
}
