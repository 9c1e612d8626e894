using ReadyOps.Benchmarks.Quality;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Quality;

public sealed class SimulationTests
{
    private static readonly Scenario Plain = new("plain") { Noise = 0 };

    [Fact]
    public void The_same_seed_gives_the_same_rollout_and_another_one_another()
    {
        int[] first = [.. Served(new World(Plain, 10, 1))];

        Assert.Equal(first, Served(new World(Plain, 10, 1)));
        Assert.NotEqual(first, Served(new World(Plain, 10, 2)));

        static IEnumerable<int> Served(World world) => Enumerable.Range(1, 10).SelectMany(i => world.Served(i, 25, canary: true).ToArray());
    }

    [Fact]
    public void What_is_served_does_not_depend_on_what_was_asked_before()
    {
        World asked = new(Plain, 10, 1), fresh = new(Plain, 10, 1);
        asked.Served(3, 5, canary: true);
        asked.Served(9, 25, canary: false);

        Assert.Equal(fresh.Served(9, 25, canary: true).ToArray(), asked.Served(9, 25, canary: true).ToArray());
    }

    [Fact]
    public void Requests_errors_and_latencies_are_those_of_the_model()
    {
        var world = new World(Plain, 2000, 3);
        long requests = 0, errors = 0, quick = 0;
        for (int i = 1; i <= 2000; i++)
        {
            ReadOnlySpan<int> served = world.Served(i, 100, canary: true);
            (requests, errors, quick) = (requests + served[^2], errors + served[^1], quick + served[5]);
        }

        // 400/s for 30,000 s, give or take five standard deviations; 1 %/1.5 of them fail. P(latency ≤ 250 ms) = Φ(ln(0.25/0.12)/0.6)
        // = Φ(1.2233) = 0.8894 at the peak of the day, more at other times, when it is quicker by up to a tenth: Φ(1.39) = 0.9177.
        Assert.InRange(requests, 12_000_000 - 17_400, 12_000_000 + 17_400);
        Assert.InRange(errors / (double)requests, 0.00655, 0.00679);
        Assert.InRange(quick / (double)requests, 0.889, 0.918);
    }

    [Fact]
    public void A_quantile_is_the_one_of_the_engine()
    {
        var world = new World(Plain with { Night = 0.01 }, 100, 4);
        var metrics = new Metrics(world);
        metrics.SetShare(5, 0);
        for (int i = 2; i <= 100; i++)
        {
            Assert.True(metrics.TryAsk(Metric.P95, i * 15, 15.5 * 15, out double value));
            var buckets = World.Bounds.Select((bound, b) => KeyValuePair.Create(bound, Enumerable.Range(Math.Max(1, i - 14), Math.Min(i, 15)).Sum(at => (double)world.Served(at, 5, canary: true)[b])));
            Assert.Equal(HistogramQuantile.Of(0.95, buckets), value, 1e-12);
        }
    }

    [Fact]
    public void A_window_with_fewer_than_two_scrapes_is_empty_and_one_without_requests_is_NaN()
    {
        var metrics = new Metrics(new World(Plain with { PeakRate = 0 }, 10, 5));

        Assert.False(metrics.TryAsk(Metric.Errors, 30, 15, out _));
        Assert.True(metrics.TryAsk(Metric.Errors, 30, 30, out double value));
        Assert.Equal(double.NaN, value);
    }

    [Fact]
    public void A_restart_costs_what_was_counted_since_the_last_scrape_and_no_more()
    {
        Scenario restarts = Plain with { Restarts = 40 };
        var world = new World(restarts, 200, 6);
        var metrics = new Metrics(world);
        metrics.SetShare(50, 0);
        metrics.AdvanceTo(3000);
        double expected = Enumerable.Range(1, 200).Where(i => !world.RestartedAt(i)).Sum(i => (double)world.Served(i, 50, canary: true)[^2]);

        Assert.InRange(Enumerable.Range(1, 200).Count(world.RestartedAt), 5, 30);
        double counted = 0;
        for (int i = 1; i <= 200; i++)
        {
            double now = metrics.Counter(canary: true, i, World.Width - 2)!.Value, before = metrics.Counter(canary: true, i - 1, World.Width - 2)!.Value;
            counted += now >= before ? now - before : now;
        }

        Assert.Equal(expected, counted);
    }

    [Fact]
    public void Failed_scrapes_leave_a_gap_and_their_requests_come_with_the_next()
    {
        Scenario silent = Plain with { SilentFrom = 25 };
        var metrics = new Metrics(new World(silent, 100, 7));
        metrics.SetShare(5, 0);
        Assert.True(metrics.TryAsk(Metric.Errors, 300, 60, out _));
        metrics.SetShare(25, 300);
        Assert.False(metrics.TryAsk(Metric.Errors, 600, 60, out _));
    }

    [Fact]
    public async Task Passing_over_quiet_ticks_changes_no_outcome()
    {
        foreach (Scenario scenario in new[] { Scenario.Healthy[^1], Scenario.Regressions[5], Scenario.Silent[1] })
        {
            foreach (ReadyOpsPolicy policy in new[] { Policies.ReadyOpsDefaults, Policies.ReadyOpsComparing })
            {
                var every = new ReadyOpsPolicy("", policy.Settings, everyTick: true);
                for (int number = 0; number < 2; number++)
                {
                    World world = QualityRun.WorldOf(scenario, number);
                    Assert.Equal(await every.RunAsync(world), await policy.RunAsync(world));
                }
            }
        }
    }

    [Fact]
    public void The_document_of_the_simulation_is_one_that_can_be_rolled_out()
    {
        RolloutDefinition rollout = Policies.ReadyOpsComparing.DefinitionFor(Plain), real = Policies.ReadyOpsComparing.DefinitionFor(Scenario.FullLength);

        Assert.Equal([5, 25, 50, 100], rollout.Steps.Select(step => step.Percent));
        Assert.Equal([5, 25, 50, 100], real.Steps.Select(step => step.Percent));
        Assert.Equal(TimeSpan.FromDays(4), real.Steps.Aggregate(real.Bake, (sum, step) => sum + step.Hold));
        Assert.Equal(["errors-compared", "latency-compared", "error-rate", "latency-p95", "latency-p99"], rollout.Signals.Select(signal => signal.Name));
        Assert.Equal((Policies.StepsOf(Plain)[^1].Until, Policies.StepsOf(Scenario.FullLength)[^1].Until),
            (rollout.Steps.Aggregate(rollout.Bake, (sum, step) => sum + step.Hold).TotalSeconds, 4 * 86_400));
        Assert.All(Policies.Watched, metric => Assert.True(rollout.Signals.First(signal => !signal.NeedsBaseline && SimulatedSource.MetricOf(signal) == metric).Bound.Holds(Policies.BoundOf(metric))));
    }

    [Fact]
    public async Task A_source_of_the_simulation_looks_at_the_windows_that_Prometheus_is_asked_for()
    {
        // What PrometheusSignalSource does is tested with it: the grid, the lag, and windows clipped to the step and the start.
        var metrics = new Metrics(new World(Plain, 100, 8));
        metrics.SetShare(50, 0);
        metrics.AdvanceTo(1500);
        SignalDefinition signal = Policies.ReadyOpsDefaults.DefinitionFor(Plain).Signals[0];
        var source = new SimulatedSource(signal, new World(Plain, 100, 8), metrics);
        DateTimeOffset start = ReadyOpsPolicy.Start;
        SignalBatch batch = await source.CollectAsync(new SignalSpan(start, start.AddSeconds(63), start.AddSeconds(40), start), null, CancellationToken.None);

        // At 15 s there is one scrape in the window, at 30 and 45 s it is cut to 30 s (before the step) and 5 s.
        Assert.Equal([(30.0, false)], batch.Samples.Select(sample => ((sample.Time - start).TotalSeconds, sample.InStep)));
        Assert.Equal(start.AddSeconds(45), batch.CollectedUntil);
    }
}
