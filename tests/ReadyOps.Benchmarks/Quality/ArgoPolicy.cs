namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// The rules of Argo Rollouts for a background analysis: a measurement at every interval since the last one ended, ten seconds after an
/// error; Failed once more than failureLimit measurements failed in all, Error once more than consecutiveErrorLimit failed to be taken
/// in a row, Inconclusive once more than inconclusiveLimit were; the last of these that holds decides. Failed and Error abort,
/// Inconclusive pauses for a person. The steps go on by their own clock.
/// </summary>
/// <remarks>
/// Written from the documented behaviour and read against argoproj/argo-rollouts 9f8d111d: analysis/analysis.go (generateMetricTasks,
/// runMeasurements, assessMetricStatus, assessMetricFailureInconclusiveOrError, DefaultErrorRetryInterval), docs/features/analysis.md
/// (Background Analysis; failureLimit, consecutiveErrorLimit, inconclusiveLimit) and utils/evaluate/evaluate.go (a condition on an
/// empty vector is an error unless it asks for its length; a comparison with NaN is false).
/// </remarks>
internal sealed record ArgoPolicy(string Name) : IPolicy
{
    private const double ErrorRetry = 10;

    public int Interval { get; init; } = 300;

    public int InitialDelay { get; init; }

    public int FailureLimit { get; init; } = 3;

    public int ConsecutiveErrorLimit { get; init; } = 4;

    public int InconclusiveLimit { get; init; }

    /// <summary>Whether the conditions ask first whether there is a number, so that none is inconclusive rather than failed or an error.</summary>
    public bool Guarded { get; init; }

    public int Window { get; init; } = 300;

    public string Settings => $"interval {Interval} s, initialDelay {InitialDelay} s, failureLimit {FailureLimit}, consecutiveErrorLimit {ConsecutiveErrorLimit}, "
        + (Guarded ? $"successCondition and failureCondition with len(result) and isNaN, inconclusiveLimit {InconclusiveLimit}" : "successCondition alone")
        + $", queries over {Window} s";

    public ValueTask<Outcome> RunAsync(World world)
    {
        var metrics = new Metrics(world, Policies.Watched);
        Count[] counts = [.. Policies.Watched.Select(metric => new Count(metric) { Next = InitialDelay })];
        IReadOnlyList<(int Percent, double Until)> steps = Policies.StepsOf(world.Scenario);
        for (int step = 0; step < steps.Count; step++)
        {
            metrics.SetShare(steps[step].Percent, step == 0 ? 0 : steps[step - 1].Until);
            while (true)
            {
                Count due = counts[0];
                foreach (Count count in counts) due = count.Next < due.Next ? count : due;
                // At the end of a pause the next weight is set first.
                if (due.Next >= steps[step].Until) break;
                double now = due.Next;
                switch (Measure(world, metrics, due, now))
                {
                    case Phase.Failed or Phase.Error:
                        return ValueTask.FromResult(new Outcome(Ending.RolledBack, now, metrics.Onset, metrics.BlindPromotions, false));
                    case Phase.Inconclusive:
                        return ValueTask.FromResult(new Outcome(Ending.Held, now, metrics.Onset, metrics.BlindPromotions, true));
                }
            }
        }

        metrics.AdvanceTo(steps[^1].Until);
        metrics.NotePromotion(steps[^1].Until);
        return ValueTask.FromResult(new Outcome(Ending.Promoted, steps[^1].Until, metrics.Onset, metrics.BlindPromotions, false));
    }

    private Phase Measure(World world, Metrics metrics, Count count, double now)
    {
        Phase phase = Evaluate(world, metrics, count.Metric, now);
        count.Failed += phase == Phase.Failed ? 1 : 0;
        count.Inconclusive += phase == Phase.Inconclusive ? 1 : 0;
        count.ErrorsInARow = phase == Phase.Error ? count.ErrorsInARow + 1 : 0;
        count.Next = now + (phase == Phase.Error ? ErrorRetry : Interval);
        if (count.ErrorsInARow > ConsecutiveErrorLimit) return Phase.Error;
        if (count.Inconclusive > InconclusiveLimit) return Phase.Inconclusive;
        return count.Failed > FailureLimit ? Phase.Failed : Phase.Successful;
    }

    private Phase Evaluate(World world, Metrics metrics, Metric metric, double now)
    {
        if (world.BackendIsDown(now)) return Phase.Error;
        if (!metrics.TryAsk(metric, now, Window, out double value)) return Guarded ? Phase.Inconclusive : Phase.Error;
        if (double.IsNaN(value)) return Guarded ? Phase.Inconclusive : Phase.Failed;
        metrics.NoteAnswer(metric, now);
        return value <= Policies.BoundOf(metric) ? Phase.Successful : Phase.Failed;
    }

    private enum Phase
    {
        Successful,
        Failed,
        Inconclusive,
        Error,
    }

    private sealed class Count(Metric metric)
    {
        public Metric Metric { get; } = metric;

        public double Next { get; set; }

        public int Failed { get; set; }

        public int Inconclusive { get; set; }

        public int ErrorsInARow { get; set; }
    }
}
