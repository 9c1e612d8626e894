using System.Collections.Concurrent;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Thousands of short rollouts through faults, deaths and persons, each decided by its seed.</summary>
public sealed class RolloutSimulationTests
{
    private const int Seeds = 800;

    [Fact]
    public void Whatever_happens_the_laws_of_a_rollout_hold()
    {
        var broken = new ConcurrentDictionary<int, string>();
        Parallel.For(0, Seeds, seed =>
        {
            try
            {
                RolloutSimulation.RunAsync(seed).GetAwaiter().GetResult();
            }
            catch (InvalidOperationException e)
            {
                broken[seed] = e.Message;
            }
        });
        Assert.True(broken.IsEmpty, $"{broken.Count} seeds broke a law: {string.Join(", ", broken.Keys.Order().Take(20))}. The first of them:\n{broken.OrderBy(pair => pair.Key).Select(pair => pair.Value).FirstOrDefault()}");
    }

    /// <summary>Put the seed that failed here; it replays exactly.</summary>
    [Theory]
    [InlineData(0)]
    public Task A_seed_replays(int seed) => RolloutSimulation.RunAsync(seed);
}
