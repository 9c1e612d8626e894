using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Statistics;
using static ReadyOps.Core.Tests.Signals.Comparisons.LookWorld;

namespace ReadyOps.Core.Tests.Signals.Comparisons;

public sealed class CompareSignalSourceTests
{
    private static readonly DateTimeOffset[] EveryMinute = [.. Enumerable.Range(1, 300).Select(minute => Noon.AddMinutes(minute).AddSeconds(5))];

    [Fact]
    public async Task A_doubled_rate_of_errors_breaks_it_and_says_why()
    {
        var world = new LookWorld(index => Counts(1, index, index > NoonIndex + 60 ? 2 : 1));
        List<SignalSample> samples = await CollectAsync(world, Rule(), EveryMinute);
        SignalSample first = samples.First(sample => sample.Value == 0);
        // 1 % of 100 requests a minute against 2 %: it takes some dozens of errors, and never one before the change.
        Assert.InRange(first.Time, Time(NoonIndex + 61), Time(NoonIndex + 240));

        SignalBatch batch = await new CompareSignalSource(world, Rule()).CollectAsync(new SignalSpan(Noon, Noon.AddHours(5), Noon, Noon), null, TestContext.Current.CancellationToken);
        Assert.Contains("times the events of the baseline", batch.Says, StringComparison.Ordinal);
        Assert.Contains("higher, and of late by more than 1.25 times", batch.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_samples_do_not_depend_on_when_it_is_asked_nor_on_restarts_nor_on_outages()
    {
        foreach (bool ofSamples in new[] { false, true })
        {
            var world = new LookWorld(index => ofSamples ? Samples(7, index, index > NoonIndex + 100 ? 1.6 : 1) : Counts(7, index, index > NoonIndex + 100 ? 1.6 : 1));
            CompareRule rule = Rule(samples: ofSamples);
            List<SignalSample> expected = await CollectAsync(world, rule, [EveryMinute[^1]]);
            Assert.Equal(expected, await CollectAsync(world, rule, EveryMinute));
            foreach (int seed in Enumerable.Range(1, 20))
            {
                var random = new Random(seed);
                DateTimeOffset[] ticks = [.. EveryMinute.Where(_ => random.Next(7) == 0).Select(tick => tick.AddSeconds(random.Next(50))).Where(tick => tick < EveryMinute[^1]), EveryMinute[^1]];
                Assert.Equal(expected, await CollectAsync(world, rule, ticks));
            }
        }
    }

    [Fact]
    public async Task A_healthy_rollout_that_is_read_at_every_look_alarms_no_more_often_than_it_says()
    {
        // Alpha is 2 %: of 500 rollouts 10 are expected at most, and 19 are three standard errors above that.
        int counts = 0, samples = 0;
        DateTimeOffset[] end = [Noon.AddHours(6)];
        for (int seed = 0; seed < 500; seed++)
        {
            int now = seed;
            if ((await CollectAsync(new LookWorld(index => Counts(now, index, 1, traffic: 500)), Rule(""" , "direction": "either" """), end)).Exists(sample => sample.Value == 0)) counts++;
            if ((await CollectAsync(new LookWorld(index => Samples(now, index, 1)), Rule(samples: true), end)).Exists(sample => sample.Value == 0)) samples++;
        }

        Assert.InRange(counts, 0, 19);
        Assert.InRange(samples, 0, 19);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(3e-5)]
    [InlineData(1e9)]
    public async Task The_unit_of_the_samples_makes_no_difference(double unit)
    {
        foreach (double ratio in new[] { 1.0, 1.3, 2.0 })
        {
            List<SignalSample> plain = await CollectAsync(new LookWorld(index => Samples(3, index, ratio)), Rule(samples: true), EveryMinute);
            Assert.Equal(plain, await CollectAsync(new LookWorld(index => Samples(3, index, ratio, unit)), Rule(samples: true), EveryMinute));
        }
    }

    [Fact]
    public async Task It_is_undecided_until_the_step_has_seen_enough_and_passes_then_for_want_of_evidence()
    {
        // 10 requests a minute to the canary: 100 of them are there with the tenth look.
        var world = new LookWorld(_ => new CompareLook(default) { Baseline = new(1, 90), Canary = new(0, 10) });
        List<SignalSample> samples = await CollectAsync(world, Rule(), EveryMinute.Take(15));
        Assert.Equal([.. Enumerable.Repeat(true, 9), .. Enumerable.Repeat(false, 6)], samples.Select(sample => sample.Undecided));
        Assert.All(samples.Skip(9), sample => Assert.Equal(1, sample.Value));

        // The proof that it is not worse takes more than that.
        Assert.All(await CollectAsync(world, Rule(""", "pass": "proven" """), EveryMinute.Take(15)), sample => Assert.True(sample.Undecided));
        var busy = new LookWorld(index => Counts(5, index, 1, traffic: 20_000));
        Assert.Contains(await CollectAsync(busy, Rule(""", "pass": "proven" """), EveryMinute), sample => sample.Value == 1);
    }

    [Fact]
    public async Task What_was_before_the_step_or_reaches_into_it_does_not_count()
    {
        var asked = new List<long>();
        var world = new LookWorld(index =>
        {
            asked.Add(index);
            return Counts(1, index, 1);
        });
        // A step that begins at 12:10:30: the look from 12:11 to 12:12 is the first that lies in it.
        List<SignalSample> samples = await CollectAsync(world, Rule(), [Noon.AddMinutes(15.5)], Noon.AddMinutes(10.5));
        Assert.Equal(NoonIndex + 12, asked[0]);
        Assert.Equal(Noon.AddMinutes(12), samples[0].Time);
    }

    [Fact]
    public async Task Without_traffic_on_both_sides_nothing_is_asked_and_nothing_counts()
    {
        var world = new LookWorld(_ => throw new InvalidOperationException("It was asked."));
        SignalBatch batch = await new CompareSignalSource(world, Rule()).CollectAsync(new SignalSpan(Noon, Noon.AddHours(1), Noon, Noon, Exposed: false), null, TestContext.Current.CancellationToken);
        Assert.Empty(batch.Samples);
        Assert.Equal(Noon.AddMinutes(59), batch.CollectedUntil);
    }

    [Fact]
    public async Task An_outage_is_an_error_that_asks_again_and_a_gap_is_no_sample()
    {
        var world = new LookWorld(index => index % 2 == 0 ? Counts(1, index, 1) : new CompareLook(default) { Missing = "there is nothing" }) { Error = "Prometheus is down" };
        SignalBatch down = await new CompareSignalSource(world, Rule()).CollectAsync(new SignalSpan(Noon, Noon.AddMinutes(10.5), Noon, Noon), null, TestContext.Current.CancellationToken);
        Assert.Equal(("Prometheus is down", Noon, 0), (down.Error, down.CollectedUntil, down.Samples.Count));
        world.Error = null;
        Assert.Equal(5, (await CollectAsync(world, Rule(), [Noon.AddMinutes(10.5)])).Count);
    }

    [Theory]
    [InlineData("inconclusive", 0)]
    [InlineData("drop", 10)]
    [InlineData("fail", 10)]
    public async Task A_sample_that_is_not_finite_is_a_gap_or_left_out_or_a_failure_as_the_document_says(string policy, int samples)
    {
        var world = new LookWorld(_ => new CompareLook(default) { BaselineValues = [1, 2], CanaryValues = [double.NaN, 1.5] });
        List<SignalSample> seen = await CollectAsync(world, Rule($", \"nonFinite\": \"{policy}\"", samples: true), [Noon.AddMinutes(10.5)]);
        Assert.Equal(samples, seen.Count);
        Assert.Equal(policy == "fail", seen.Exists(sample => sample.Value == 0));
    }

    [Fact]
    public async Task An_answer_that_may_be_partial_convicts_nobody_and_acquits_nobody()
    {
        var world = new LookWorld(index => Counts(1, index, 5) with { Warning = "one store did not answer" });
        Assert.All(await CollectAsync(world, Rule(), EveryMinute), sample => Assert.True(sample.Undecided));
    }

    [Fact]
    public async Task After_a_failure_the_next_step_begins_with_a_clean_sheet()
    {
        var world = new LookWorld(index => Counts(1, index, index <= NoonIndex + 120 ? 4 : 1));
        CompareRule rule = Rule();
        var source = new CompareSignalSource(world, rule);
        SignalBatch bad = await source.CollectAsync(new SignalSpan(Noon, Noon.AddHours(2), Noon, Noon), null, TestContext.Current.CancellationToken);
        Assert.Contains(bad.Samples, sample => sample.Value == 0);
        // The rollback to a share that still exposes something is a step of its own; what it sees is healthy.
        SignalBatch after = await source.CollectAsync(new SignalSpan(bad.CollectedUntil, Noon.AddHours(3), Noon.AddHours(2), Noon), bad.Carry, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(after.Samples, sample => sample.Value == 0);
        Assert.Equal(1, after.Samples[^1].Value);
    }

    [Fact]
    public async Task What_was_counted_before_the_clock_was_set_back_does_not_count_twice()
    {
        var world = new LookWorld(index => Counts(1, index, 1));
        var source = new CompareSignalSource(world, Rule());
        SignalBatch first = await source.CollectAsync(new SignalSpan(Noon, Noon.AddHours(1).AddSeconds(5), Noon, Noon), null, TestContext.Current.CancellationToken);
        SignalBatch again = await source.CollectAsync(new SignalSpan(Noon.AddMinutes(30), Noon.AddHours(1).AddSeconds(5), Noon, Noon), first.Carry, TestContext.Current.CancellationToken);
        Assert.Empty(again.Samples);
        Assert.Equal(first.Carry, again.Carry);
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_is_an_error_and_no_clean_sheet()
    {
        var source = new CompareSignalSource(new LookWorld(index => Counts(1, index, 1)), Rule());
        foreach (string carry in new[] { "nonsense", "", "AQA=", "CQA=" })
        {
            SignalBatch batch = await source.CollectAsync(new SignalSpan(Noon, Noon.AddHours(1), Noon, Noon), carry, TestContext.Current.CancellationToken);
            Assert.Contains("cannot be read from the journal", batch.Error, StringComparison.Ordinal);
            Assert.Equal(Noon, batch.CollectedUntil);
        }
    }

    [Fact]
    public async Task An_hour_without_a_request_leaves_what_was_known()
    {
        var world = new LookWorld(index => index < NoonIndex + 30 ? Counts(1, index, 1) : new CompareLook(default) { Baseline = default(EventCount), Canary = default });
        List<SignalSample> samples = await CollectAsync(world, Rule(), EveryMinute.Take(90));
        Assert.Equal(90, samples.Count);
        Assert.Equal(1, samples[^1].Value);
    }
}
