using ReadyOps.Simulation;

namespace ReadyOps.Core.Tests.Simulations;

/// <summary>Runs behind all other tests and alone: it takes every core. CI runs 100,000 seeds by the program itself.</summary>
[CollectionDefinition("Simulation", DisableParallelization = true)]
public sealed class SimulationGroup;

/// <summary>The whole engine in worlds decided by one seed each; see docs/reliability.md.</summary>
[Collection("Simulation")]
public sealed class SimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void Whatever_a_world_does_to_the_engine_the_laws_hold()
    {
        SimulationReport report = Simulation.Simulation.RunAll(0, SimulationReport.Enough, Environment.ProcessorCount, stopAfter: 10);

        string figures = report.ToString();
        output.WriteLine(figures);
        Assert.True(report.Broken.Count == 0,
            $"{report.Broken.Count} of {report.Seeds} seeds broke a law: {string.Join(", ", report.Broken.Keys)}.\n{(report.Broken.Count > 0 ? Simulation.Simulation.Describe(report.Broken.Keys.First(), 60) : "")}");
        Assert.Equal(SimulationReport.Enough, report.Seeds);
        Assert.Empty(report.Missing());
    }

    [Fact]
    public void What_a_run_did_not_show_is_told()
    {
        SimulationReport report = new() { Seeds = SimulationReport.Enough };
        string[] missing = [.. report.Missing()];
        Assert.Contains($"{Fault.PowerLoss} never happened", missing);
        Assert.Contains($"{Law.BreachAnswered} was never checked", missing);
        Assert.Contains("no rollout ended succeeded", missing);
        Assert.Empty(new SimulationReport { Seeds = SimulationReport.Enough - 1 }.Missing());
    }

    [Fact]
    public void Every_mutation_finds_its_rule_where_it_stands_now()
    {
        string core = Path.Combine(Repository.Root, "src", "ReadyOps.Core");
        Assert.Equal(Mutations.All.Count, Mutations.All.Select(mutation => mutation.Name).Distinct().Count());
        foreach (IGrouping<string, Mutation> rules in Mutations.All.GroupBy(mutation => mutation.File))
        {
            // Each says by itself which rule has moved.
            string source = File.ReadAllText(Path.Combine(core, rules.Key));
            Assert.NotEqual(source, rules.Aggregate(source, MutationRun.Without));
        }
    }

    [Fact]
    public void A_seed_replays_byte_for_byte()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            SimWorld first = Simulation.Simulation.Run(seed, tells: false);
            SimWorld again = Simulation.Simulation.Run(seed, tells: true);
            Assert.True(first.Disk.Digest() == again.Disk.Digest(), $"seed {seed} left other journals the second time");
            Assert.Equal((first.Operations, first.Scheduler.Now, first.Scheduler.Switches), (again.Operations, again.Scheduler.Now, again.Scheduler.Switches));
            Assert.Equal(first.Shares.Select(share => share.Percent), again.Shares.Select(share => share.Percent));
            Assert.Equal(first.Faults, again.Faults);
            Assert.NotEmpty(again.Story!);
        }
    }

    [Fact]
    public void Two_seeds_make_two_worlds()
    {
        string[] disks = [.. Enumerable.Range(0, 50).Select(seed => Simulation.Simulation.Run((ulong)seed, tells: false).Disk.Digest())];
        Assert.Equal(disks.Length, disks.Distinct().Count());
    }

    [Fact]
    public void A_broken_law_is_told_with_its_seed_and_how_to_replay_it()
    {
        string told = Simulation.Simulation.Describe(7, 5);
        Assert.StartsWith("Seed 7: ", told, StringComparison.Ordinal);
        Assert.EndsWith("--seed 7", told, StringComparison.Ordinal);
    }
}
