namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// The rules of Flagger for a canary: one tick an interval. A tick that finds as many failed checks as the threshold takes the release
/// back; otherwise it looks at one metric after the other, and the first that is out of its range, has no value or cannot be asked for
/// is one more failed check and no advance; when all are in range the weight rises by a step, and beyond the greatest weight the release
/// is promoted. Failed checks are never forgotten. From the promotion on nothing is measured.
/// </summary>
/// <remarks>
/// Written from the documented behaviour and read against fluxcd/flagger 15bd6ad5: pkg/controller/scheduler.go (advanceCanary,
/// runCanary, nextStepWeight), scheduler_metrics.go (runBuiltinMetricChecks, runMetricChecks), pkg/metrics/providers/prometheus.go
/// (RunQuery: none or NaN is no value), docs/gitbook/usage/deployment-strategies.md (Canary Release) and metrics.md.
/// </remarks>
internal sealed record FlaggerPolicy(string Name) : IPolicy
{
    public int Interval { get; init; } = 60;

    public int Threshold { get; init; } = 10;

    public int StepWeight { get; init; } = 2;

    public int MaxWeight { get; init; } = 50;

    /// <summary>The interval of its metrics, in seconds: what the queries look back.</summary>
    public int Window { get; init; } = 60;

    public string Settings => $"interval {Interval} s, threshold {Threshold}, stepWeight {StepWeight}, maxWeight {MaxWeight}, metrics over {Window} s";

    public ValueTask<Outcome> RunAsync(World world)
    {
        var metrics = new Metrics(world, Policies.Watched);
        int weight = 0, failed = 0;
        for (double now = 0; now < world.Length * World.Pace; now += Interval)
        {
            metrics.AdvanceTo(now);
            if (failed >= Threshold) return End(Ending.RolledBack, now);
            if (weight > 0 && !Passes(world, metrics, now))
            {
                failed++;
            }
            else if (weight < MaxWeight)
            {
                weight = Math.Min(weight + StepWeight, 100);
                metrics.SetShare(weight, now);
            }
            else
            {
                metrics.SetShare(100, now);
                return End(Ending.Promoted, now);
            }
        }

        return End(Ending.Held, world.Length * World.Pace);

        ValueTask<Outcome> End(Ending how, double now) => ValueTask.FromResult(new Outcome(how, now, metrics.Onset, metrics.BlindPromotions, failed > 0));
    }

    private bool Passes(World world, Metrics metrics, double now)
    {
        if (world.BackendIsDown(now)) return false;
        foreach (Metric metric in Policies.Watched)
        {
            if (!metrics.TryAsk(metric, now, Window, out double value) || double.IsNaN(value)) return false;
            metrics.NoteAnswer(metric, now);
            if (value > Policies.BoundOf(metric)) return false;
        }

        return true;
    }
}
