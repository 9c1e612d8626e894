namespace ReadyOps.Benchmarks.Quality;

/// <summary>Plays scenarios under policies.</summary>
internal static class QualityRun
{
    private const ulong Seed = 20261121;

    /// <summary>Scrapes of a compressed rollout: six hours, for one that takes 2½ when nothing holds it up.</summary>
    private const int Length = 1440;

    /// <summary>Scrapes of a rollout of real length: six days, for one of four.</summary>
    private const int RealLength = 34_560;

    /// <summary>The surroundings of one rollout.</summary>
    /// <param name="scenario">The kind.</param>
    /// <param name="number">Which of the rollouts of that kind.</param>
    /// <param name="seed">Begins everything that is drawn.</param>
    public static World WorldOf(Scenario scenario, int number, ulong seed = Seed) =>
        new(scenario, scenario.RealTime ? RealLength : Length, Dice.Seed(seed, NameSeed(scenario.Name), (ulong)number));

    /// <summary>How many rollouts without data are played for so many others: each waits to the end of its six hours, all alike.</summary>
    public static int SilentOf(int rollouts) => Math.Max(1, rollouts / 10);

    /// <summary>Plays rollouts of one kind under each policy.</summary>
    public static async Task<Tally[]> PlayAsync(Scenario scenario, IReadOnlyList<IPolicy> policies, int rollouts, ulong seed = Seed)
    {
        var outcomes = new Outcome[policies.Count][];
        for (int i = 0; i < policies.Count; i++) outcomes[i] = new Outcome[rollouts];
        await Parallel.ForAsync(0, rollouts, async (number, _) =>
        {
            World world = WorldOf(scenario, number, seed);
            for (int i = 0; i < policies.Count; i++) outcomes[i][number] = await policies[i].RunAsync(world);
        });
        return
        [
            .. outcomes.Select(all =>
            {
                var tally = new Tally();
                foreach (Outcome outcome in all) tally.Add(outcome);
                return tally;
            }),
        ];
    }

    /// <summary>FNV-1a: the hash of .NET differs from process to process.</summary>
    private static ulong NameSeed(string name)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in name) hash = (hash ^ letter) * 1099511628211;
        return hash;
    }
}
