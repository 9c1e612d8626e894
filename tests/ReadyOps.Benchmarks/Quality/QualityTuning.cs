namespace ReadyOps.Benchmarks.Quality;

/// <summary>
/// Looks for the settings of the others that do best on rollouts other than those of the tables: the fewest false rollbacks, missed
/// doublings and promotions without data, each as a share of its kinds, all weighing the same; then the least delay.
/// </summary>
internal static class QualityTuning
{
    private const ulong Seed = 4711;

    public static async Task RunAsync(int rollouts)
    {
        ArgoPolicy[] argo =
        [
            .. from interval in new[] { 60, 120, 300 }
               from limit in new[] { 1, 2, 3, 5, 10, 20, 40 }
               from errors in new[] { 4, 60, 240 }
               from guarded in new[] { false, true }
               from window in new[] { 60, 300 }
               select new ArgoPolicy("")
               {
                   Interval = interval, InitialDelay = window, FailureLimit = limit, ConsecutiveErrorLimit = errors, Guarded = guarded, InconclusiveLimit = guarded ? 100 : 0, Window = window,
               },
        ];
        FlaggerPolicy[] flagger =
        [
            .. from interval in new[] { 30, 60, 180 }
               from threshold in new[] { 3, 5, 10, 20, 30, 40 }
               from weight in new[] { 1, 2, 5 }
               from window in new[] { 60, 120, 300 }
               select new FlaggerPolicy("") { Interval = interval, Threshold = threshold, StepWeight = weight, Window = window },
        ];
        IPolicy[] all = [.. argo, .. flagger];
        var score = new double[all.Length];
        var delay = new double[all.Length];
        Scenario[] doubled = [.. Scenario.Regressions.Where(scenario => scenario.ErrorFactor == 2 || scenario.LatencyFactor == 2)];
        foreach (Scenario scenario in Scenario.Healthy.Concat(Scenario.Silent).Concat(doubled))
        {
            Tally[] tallies = await QualityRun.PlayAsync(scenario, all, rollouts, Seed);
            for (int i = 0; i < all.Length; i++)
            {
                double bad = scenario.IsRegression ? tallies[i].Promoted / (double)doubled.Length
                    : scenario.SilentFrom > 0 || scenario.PeakRate == 0 ? tallies[i].Blind / (double)Scenario.Silent.Count
                    : (tallies[i].FalseRollbacks + tallies[i].Blind) / (double)Scenario.Healthy.Count;
                score[i] += bad / rollouts;
                if (scenario.IsRegression && tallies[i].Caught > 0) delay[i] += tallies[i].Delay(0.5) / doubled.Length;
            }
        }

        foreach (Type kind in new[] { typeof(ArgoPolicy), typeof(FlaggerPolicy) })
        {
            Console.WriteLine();
            Console.WriteLine($"### {kind.Name}: score (0 is best), mean of the median delays in minutes, settings");
            Console.WriteLine();
            foreach (int i in Enumerable.Range(0, all.Length).Where(i => all[i].GetType() == kind).OrderBy(i => Math.Round(score[i], 3)).ThenBy(i => delay[i]).Take(8))
                Console.WriteLine($"- {score[i]:0.000}, {delay[i] / 60:0.0}: {all[i].Settings}");
        }
    }
}
