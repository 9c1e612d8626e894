using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Tests.Statistics;

public sealed class SequentialTests
{
    private static readonly ComparisonOptions Up = new() { Direction = ComparisonDirection.Increase, Confidence = 0.95 };

    private static double Poisson(Random random, double mean)
    {
        double limit = Math.Exp(-mean), product = random.NextDouble();
        int count = 0;
        for (; product > limit; count++) product *= random.NextDouble();
        return count;
    }

    // A day curve in traffic and in the rate of errors: it moves both sides, and so says nothing about the canary.
    private static (EventCount Baseline, EventCount Canary) Look(Random random, int tick, double ratio)
    {
        double day = 1 + 0.8 * Math.Sin(tick / 40.0), traffic = 400 * day, rate = 0.01 * (1.5 + Math.Cos(tick / 25.0));
        return (new(Poisson(random, traffic * 0.75 * rate), traffic * 0.75), new(Poisson(random, traffic * 0.25 * rate * ratio), traffic * 0.25));
    }

    [Fact]
    public void Looking_at_every_tick_keeps_the_share_of_false_alarms_over_the_whole_rollout()
    {
        // 1,000 healthy rollouts, each read 400 times. Alpha is 5 %, of which 0.7 % is a standard error.
        var random = new Random(1);
        int alarms = 0, alarmsOfOneLook = 0;
        for (int rollout = 0; rollout < 1000; rollout++)
        {
            var sequence = new SequentialCounts(Up, shares: false);
            bool naive = false;
            EventCount allBaseline = default, allCanary = default;
            for (int tick = 0; tick < 400; tick++)
            {
                (EventCount baseline, EventCount canary) = Look(random, tick, 1);
                sequence.Observe(baseline, canary);
                (allBaseline, allCanary) = (allBaseline + baseline, allCanary + canary);
                // What a test made for one look would say each time: z above the 5 % point.
                double events = allBaseline.Events + allCanary.Events;
                naive |= events > 0 && (allCanary.Events - events / 4) / Math.Sqrt(events * 3 / 16) > 1.6449;
            }

            if (sequence.Evidence.NotAbove.Best >= 20) alarms++; // p of 0.05 or less at any tick
            if (naive) alarmsOfOneLook++;
        }

        Assert.InRange(alarms, 0, 71);
        Assert.InRange(alarmsOfOneLook, 200, 1000);
    }

    [Fact]
    public void Looking_at_every_moment_keeps_it_for_samples_too()
    {
        var random = new Random(2);
        int alarms = 0;
        for (int rollout = 0; rollout < 1000; rollout++)
        {
            var sequence = new SequentialSamples(Up);
            bool alarmed = false;
            for (int tick = 0; tick < 400 && !alarmed; tick++)
            {
                double day = 100 + 80 * Math.Sin(tick / 40.0);
                sequence.Observe([Math.Round(day * (0.5 + random.NextDouble()), 1)], [Math.Round(day * (0.5 + random.NextDouble()), 1)]);
                alarmed = sequence.Evidence.NotAbove.Best >= 20; // p of 0.05 or less
            }

            if (alarmed) alarms++;
        }

        Assert.InRange(alarms, 0, 71);
    }

    [Fact]
    public void No_bet_gains_on_average_whatever_the_common_rate_and_the_sizes()
    {
        // The mean of one round over every outcome of two binomials with one share.
        foreach (double share in new[] { 0.001, 0.1, 0.5, 0.9 })
        {
            foreach ((int n, int m) in new[] { (5, 5), (20, 1), (3, 17) })
            {
                double above = 0, farAbove = 0;
                for (int b = 0; b <= n; b++)
                {
                    for (int c = 0; c <= m; c++)
                    {
                        var sequence = new SequentialCounts(Up, shares: true);
                        sequence.Observe(new(b, n), new(c, m));
                        above += Binomial(b, n, share) * Binomial(c, m, share) * sequence.Evidence.NotAbove.Evidence;
                        farAbove += Binomial(b, n, share / 1.25) * Binomial(c, m, share) * sequence.Evidence.FarAbove.Evidence;
                    }
                }

                Assert.InRange(above, 0, 1 + 1e-9);
                Assert.InRange(farAbove, 0, 1 + 1e-9);
            }
        }

        static double Binomial(int k, int n, double p) => Math.Exp(SpecialFunctions.LogChoose(n, k)) * Math.Pow(p, k) * Math.Pow(1 - p, n - k);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public void A_doubled_rate_is_found_wherever_it_begins(int start)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var sequence = new SequentialCounts(Up, shares: false);
            int found = -1;
            for (int tick = 0; tick < start + 400 && found < 0; tick++)
            {
                (EventCount baseline, EventCount canary) = Look(random, tick, tick < start ? 1 : 2);
                sequence.Observe(baseline, canary);
                if (sequence.Read().Verdict == Verdict.Fail) found = tick;
            }

            Assert.InRange(found, start, start + 250);
        }
    }

    [Fact]
    public void A_healthy_canary_passes_in_time_and_a_doubled_one_never()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(100 + seed);
            var healthy = new SequentialCounts(Up with { Tolerance = 0.5 }, shares: false);
            var doubled = new SequentialCounts(Up with { Tolerance = 0.5 }, shares: false);
            for (int tick = 0; tick < 400; tick++)
            {
                (EventCount baseline, EventCount canary) = Look(random, tick, 1);
                healthy.Observe(baseline, canary);
                (baseline, canary) = Look(random, tick, 2);
                doubled.Observe(baseline, canary);
                Assert.NotEqual(Verdict.Pass, doubled.Read().Verdict);
            }

            Assert.Equal(Verdict.Pass, healthy.Read().Verdict);
        }
    }

    [Fact]
    public void Samples_that_double_fail_and_samples_that_stay_pass()
    {
        var random = new Random(3);
        double[] baseline = [.. Enumerable.Range(0, 200).Select(i => (100 + 50 * Math.Sin(i / 20.0)) * (0.9 + 0.2 * random.NextDouble()))];
        double[] same = [.. Enumerable.Range(0, 200).Select(i => (100 + 50 * Math.Sin(i / 20.0)) * (0.9 + 0.2 * random.NextDouble()))];
        ComparisonOptions options = new() { Method = ComparisonMethod.Sequential };
        Assert.Equal(Verdict.Pass, MetricComparer.Compare(baseline, same, options).Verdict);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(baseline, [.. same.Select(value => value * 2)], options).Verdict);
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(baseline, [.. same.Select(value => value / 2)], options).Verdict);
        Assert.Equal(Verdict.Inconclusive, MetricComparer.Compare(baseline[..5], same[..5], options).Verdict);
        // Healthy for long, then not: what went before does not water it down.
        Assert.Equal(Verdict.Fail, MetricComparer.Compare(baseline, [.. same[..150], .. same[150..].Select(value => value * 2)], options).Verdict);
    }

    [Fact]
    public void Replaying_the_same_looks_says_the_same()
    {
        MetricComparison[] reads = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var random = new Random(9);
            var sequence = new SequentialCounts(Up, shares: false);
            for (int tick = 0; tick < 50; tick++)
            {
                (EventCount baseline, EventCount canary) = Look(random, tick, 1.4);
                sequence.Observe(baseline, canary);
            }

            return sequence.Read();
        })];
        Assert.Equal(reads[0].ToString(), reads[1].ToString());
    }

    [Fact]
    public void A_canary_that_was_better_and_turns_worse_fails_and_an_absolute_tolerance_counts_from_the_turn()
    {
        foreach ((double absolute, Verdict expected) in new[] { (0, Verdict.Fail), (0.005, Verdict.Fail), (0.02, Verdict.Inconclusive) })
        {
            var sequence = new SequentialCounts(Up with { AbsoluteTolerance = absolute }, shares: true);
            for (int tick = 0; tick < 300; tick++) sequence.Observe(new(10, 1000), new(5, 1000));
            for (int tick = 0; tick < 100; tick++) sequence.Observe(new(10, 1000), new(20, 1000));
            MetricComparison comparison = sequence.Read();
            Assert.True(comparison.Ratio < 1);
            Assert.Equal(expected, comparison.Verdict);
        }
    }

    [Fact]
    public void A_flood_of_events_in_one_look_breaks_nothing()
    {
        var sequence = new SequentialCounts(Up, shares: true);
        sequence.Observe(new(1_000_000, 1_000_000_000), new(3_000_000, 1_000_000_000));
        Assert.Equal(Verdict.Fail, sequence.Read().Verdict);
        for (int i = 0; i < 5; i++) sequence.Observe(new(1_000_000, 1_000_000_000), new(0, 1_000_000_000));
        MetricComparison after = sequence.Read();
        Assert.True(double.IsFinite(after.PValue!.Value));
        Assert.Equal(Verdict.Pass, after.Verdict); // what was bad is over, and 5,000,000 to 0 says so
    }
}
