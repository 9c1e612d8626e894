using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Signals;

public sealed class SignalTrackerTests
{
    private const double Good = 0.005;
    private const double Bad = 0.02;
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    [Fact]
    public void A_bound_broken_by_every_sample_for_five_minutes_is_a_breach_at_the_sample_that_completes_them()
    {
        // Bad from sample 3 (10:00:45) on; 20 intervals of 15 s later, at sample 23 (10:05:45), it has been bad for 5 minutes.
        SignalTrack track = Run(Timed(), [Good, Good, .. Enumerable.Repeat(Bad, 30)]);

        Assert.Equal(new SignalBreach(At(3), At(23), Bad, StableFails: false), track.Breach);
    }

    [Fact]
    public void One_sample_short_of_five_minutes_is_only_pending()
    {
        SignalTrack track = Run(Timed(), [.. Enumerable.Repeat(Bad, 20)]);

        Assert.Null(track.Breach);
        Assert.Equal(SignalState.Pending, SignalTracker.StateOf(track));
        Assert.Equal(At(1), track.BadSince);
        Assert.Equal(TimeSpan.FromSeconds(285), track.BadFor);
    }

    [Fact]
    public void A_good_sample_clears_what_is_pending()
    {
        SignalTrack track = Run(Timed(), [.. Enumerable.Repeat(Bad, 20), Good, .. Enumerable.Repeat(Bad, 20)]);

        Assert.Null(track.Breach);
        Assert.Equal(At(22), track.BadSince);
    }

    [Fact]
    public void A_missing_sample_neither_extends_nor_clears()
    {
        // Ten bad (135 s known), ten missing, then bad again: the next sample adds the 15 s it speaks for and not the gap, so
        // five minutes are known after 11 more (135 + 11 * 15 = 300).
        double[] values = [.. Enumerable.Repeat(Bad, 10), .. Enumerable.Repeat(double.NaN, 10), .. Enumerable.Repeat(Bad, 11)];

        Assert.Null(Run(Timed(), values[..^1]).Breach);
        Assert.Equal(new SignalBreach(At(1), At(31), Bad, StableFails: false), Run(Timed(), values).Breach);
    }

    [Fact]
    public void A_breach_between_two_ticks_is_kept_even_when_the_signal_recovered_before_the_second()
    {
        SignalTrack track = Run(Timed(), [.. Enumerable.Repeat(Bad, 21), .. Enumerable.Repeat(Good, 10)]);

        Assert.Equal(At(21), track.Breach!.At);
        Assert.Equal(SignalState.Breached, SignalTracker.StateOf(track));
    }

    [Fact]
    public void Five_in_a_row_are_a_breach_of_a_counting_signal_and_a_good_one_between_starts_anew()
    {
        SignalDefinition signal = Timed() with { For = null, Consecutive = 5 };

        Assert.Null(Run(signal, [Bad, Bad, Bad, Bad, Good, Bad, Bad, Bad, Bad]).Breach);
        Assert.Equal(At(6), Run(signal, [Good, Bad, Bad, Bad, Bad, Bad]).Breach!.At);
        Assert.Equal(At(6), Run(signal, [Bad, Bad, Bad, double.NaN, Bad, Bad]).Breach!.At);
    }

    [Fact]
    public void A_value_on_the_edge_keeps_an_inclusive_bound()
    {
        Assert.Equal(SignalState.Clear, SignalTracker.StateOf(Run(Timed(), [0.01])));
        Assert.Equal(SignalState.Pending, SignalTracker.StateOf(Run(Timed(), [Math.BitIncrement(0.01)])));
    }

    [Theory]
    [InlineData("<= 1%", double.PositiveInfinity, SignalState.Pending)] // an error rate over nothing, with errors, is bad
    [InlineData(">= 98%", double.NegativeInfinity, SignalState.Pending)]
    [InlineData(">= 98%", double.PositiveInfinity, SignalState.Clear)] // no proof of health: it says nothing
    public void An_infinite_value_can_break_a_bound_and_never_passes(string bound, double value, SignalState expected)
    {
        SignalTrack track = Run(Timed(bound), [value]);

        Assert.Equal(expected, SignalTracker.StateOf(track));
        Assert.Equal(0, track.StepGood);
    }

    [Fact]
    public void The_stable_side_fails_too_when_it_came_half_the_way_to_a_breach()
    {
        SignalDefinition signal = Timed();
        double[] release = [.. Enumerable.Repeat(Bad, 21)];

        // 150 s is half of 5 minutes: 11 bad samples in a row, up to and including the 21st.
        Assert.True(RunBeside(signal, release, [.. Enumerable.Repeat(Good, 10), .. Enumerable.Repeat(Bad, 11)]).Breach!.StableFails);
        Assert.False(RunBeside(signal, release, [.. Enumerable.Repeat(Good, 11), .. Enumerable.Repeat(Bad, 10)]).Breach!.StableFails);
        Assert.False(RunBeside(signal, release, [.. Enumerable.Repeat(Bad, 20), Good]).Breach!.StableFails);
        Assert.False(RunBeside(signal, release, []).Breach!.StableFails);
    }

    [Fact]
    public void Only_samples_that_lie_in_the_step_count_towards_it()
    {
        SignalBatch batch = new()
        {
            CollectedUntil = At(4),
            Samples = [new(At(1), Good, Interval, true), new(At(2), Good, Interval, true), new(At(3), Good, Interval, false), new(At(4), Good, Interval, true)],
        };

        SignalTrack track = SignalTracker.Advance(Timed(), new SignalTrack(), batch, null, stepStart: At(1), now: At(4));

        Assert.Equal(2, track.StepGood);
    }

    [Fact]
    public void A_source_that_is_down_changes_nothing_but_since_when_it_is()
    {
        SignalTrack before = Run(Timed(), [Bad, Bad]);
        SignalBatch down = new() { CollectedUntil = At(2), Error = "connection refused" };

        SignalTrack once = SignalTracker.Advance(Timed(), before, down, null, Start, At(3));
        SignalTrack twice = SignalTracker.Advance(Timed(), once, down, null, Start, At(9));

        Assert.Equal(before with { ErrorSince = At(3), Error = "connection refused" }, twice);
    }

    [Fact]
    public void How_samples_are_cut_into_batches_changes_nothing()
    {
        var samples = Gen.Elements(Good, Good, Bad, Bad, Bad, double.NaN, double.PositiveInfinity).ArrayOf(120);
        var cuts = Gen.Choose(1, 40).ArrayOf(30);
        var signals = Gen.Elements(Timed(), Timed() with { For = TimeSpan.FromMinutes(1) }, Timed() with { For = null, Consecutive = 3 });

        Check.QuickThrowOnFailure(Prop.ForAll(Arb.From(samples), Arb.From(cuts), Arb.From(signals), (values, sizes, signal) =>
        {
            SignalTrack whole = Run(signal, values);
            SignalTrack pieces = new();
            int done = 0;
            foreach (int size in sizes.Append(values.Length))
            {
                int until = Math.Min(done + size, values.Length);
                pieces = SignalTracker.Advance(signal, pieces, Batch(values, done, until), null, Start, At(until));
                done = until;
            }

            return whole == pieces;
        }));
    }

    private static SignalDefinition Timed(string bound = "<= 1%") => new()
    {
        Name = "error-rate",
        Type = "prometheus",
        Bound = Quantities.TryParseBound(bound, out Bound? parsed, out _) ? parsed : throw new ArgumentException(bound),
        For = TimeSpan.FromMinutes(5),
        Interval = Interval,
        Node = new DocumentNode { Kind = NodeKind.Object },
        Path = "",
    };

    /// <summary>Time of the n-th sample, from 1.</summary>
    private static DateTimeOffset At(int sample) => Start + (sample * Interval);

    private static SignalTrack Run(SignalDefinition signal, double[] values) =>
        SignalTracker.Advance(signal, new SignalTrack(), Batch(values, 0, values.Length), null, Start, At(values.Length));

    private static SignalTrack RunBeside(SignalDefinition signal, double[] release, double[] stable) => SignalTracker.Advance(
        signal, new SignalTrack(), Batch(release, 0, release.Length), (new SignalTrack(), Batch(stable, 0, stable.Length)), Start, At(release.Length));

    private static SignalBatch Batch(double[] values, int from, int until) => new()
    {
        CollectedUntil = At(until),
        Samples = [.. Enumerable.Range(from, until - from).Select(i => new SignalSample(At(i + 1), values[i], Interval, true))],
    };
}
