using ReadyOps.Benchmarks.Quality;

namespace ReadyOps.Core.Tests.Quality;

/// <summary>
/// The goals of docs/decision-quality.md on fifty rollouts of each kind: seeded, so that it holds or does not hold for good. The
/// figures for ten thousand are made by <c>ReadyOps.Benchmarks -- quality</c>.
/// </summary>
public sealed class DecisionQualityTests
{
    private const int Rollouts = 50;

    private const int Compared = 25;

    public static TheoryData<string> Healthy => [.. Scenario.Healthy.Where(scenario => !scenario.BlipsCluster).Select(scenario => scenario.Name)];

    public static TheoryData<string> Silent => [.. Scenario.Silent.Select(scenario => scenario.Name)];

    public static TheoryData<string> Doubled => [.. Scenario.Regressions.Where(scenario => scenario.ErrorFactor == 2 || scenario.LatencyFactor == 2).Select(scenario => scenario.Name)];

    [Theory]
    [MemberData(nameof(Healthy))]
    public async Task No_healthy_rollout_is_taken_back_and_none_goes_on_without_data(string name)
    {
        Tally tally = await PlayAsync(name);

        Assert.Equal((0, 0), (tally.FalseRollbacks, tally.Blind));
        Assert.Equal(Rollouts, tally.Promoted);
    }

    [Theory]
    [MemberData(nameof(Silent))]
    public async Task A_release_without_data_is_neither_promoted_nor_taken_back(string name)
    {
        // Each waits for data to the end of its six hours.
        Tally tally = await PlayAsync(name, QualityRun.SilentOf(Rollouts));

        Assert.Equal((0, 0, QualityRun.SilentOf(Rollouts)), (tally.FalseRollbacks, tally.Blind, tally.Held));
    }

    [Theory]
    [MemberData(nameof(Doubled))]
    public async Task Every_doubling_is_taken_back_and_not_before_it_begins(string name)
    {
        Tally tally = await PlayAsync(name);

        Assert.Equal((Rollouts, 0), (tally.Caught, tally.FalseRollbacks));
    }

    [Theory]
    [InlineData(0, 10_000, 0.000299528)] // 1 − 0.05^(1/n), the rule of three
    [InlineData(1, 10, 0.394163)] // Clopper and Pearson's one-sided 95 % limit: the 0.95 quantile of Beta(2, 9)
    [InlineData(10, 10, 1)]
    public void The_limit_of_a_share_is_that_of_Clopper_and_Pearson(int count, int of, double limit) => Assert.Equal(limit, Tally.UpperLimit(count, of), 1e-6);

    [Theory]
    [InlineData("day curve, 100 to 20 %")]
    [InlineData("blips on both versions")]
    [InlineData("all of these")]
    public async Task Sequential_comparisons_keep_their_alpha(string name)
    {
        Tally tally = await PlayAsync(name, Compared, Policies.ReadyOpsComparing);

        // 2 % over the whole rollout: of 25, three or more would come in 1.3 % of the runs (binomial), and the seed is fixed.
        Assert.InRange(tally.FalseRollbacks, 0, 2);
        Assert.Equal(0, tally.Blind);
    }

    [Theory]
    [InlineData("errors ×2 from 5 % on")]
    [InlineData("latency ×2 from 25 % on")]
    [InlineData("latency +20 % from 50 % on")]
    public async Task Comparisons_find_what_they_are_for_within_its_step(string name)
    {
        Tally tally = await PlayAsync(name, Compared, Policies.ReadyOpsComparing);

        Assert.Equal(Compared, tally.Caught + tally.FalseRollbacks);
        Assert.InRange(tally.Delay(0.95), 0, Policies.Hold);
    }

    private static async Task<Tally> PlayAsync(string name, int rollouts = Rollouts, IPolicy? policy = null)
    {
        Scenario scenario = Scenario.Healthy.Concat(Scenario.Silent).Concat(Scenario.Regressions).Single(scenario => scenario.Name == name);
        return (await QualityRun.PlayAsync(scenario, [policy ?? Policies.ReadyOpsDefaults], rollouts))[0];
    }
}
