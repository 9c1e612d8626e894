using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A process may die between any two operations, and ticks may come whenever they like: the outcome is the same.</summary>
public sealed class RolloutSurvivalTests
{
    private const string Healthy = """
        {"tick":"1m","steps":[{"share":"10%","hold":"2m"},{"share":"100%","hold":"2m"}],"bake":"3m",
         "signals":[{"name":"errors","query":"q","bound":"<= 1%","for":"2m"}]}
        """;

    private const string OneLongStep = """
        {"steps":[{"share":"50%","hold":"20h"}],"policies":{"noData":{"action":"hold"},"stale":{"action":"hold"}},
         "signals":[{"name":"errors","query":"q","bound":"<= 1%","for":"5m"},{"name":"checks","query":"q","bound":"<= 1%","consecutive":5}]}
        """;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Killed_before_any_operation_the_next_tick_ends_where_an_undisturbed_run_does(bool faulty)
    {
        var undisturbed = new KillSwitch(int.MaxValue);
        (RolloutPhase phase, List<decimal> shares) = await RunAsync(undisturbed, faulty);
        Assert.Equal(faulty ? RolloutPhase.RolledBack : RolloutPhase.Succeeded, phase);
        Assert.Equal(faulty ? [10m, 100m, 0m] : [10m, 100m], shares);

        for (int operation = 0; operation < undisturbed.Operations; operation++)
        {
            var kill = new KillSwitch(operation);
            (RolloutPhase Phase, List<decimal> Shares) killed = await RunAsync(kill, faulty);
            Assert.True(kill.Killed);
            Assert.True(phase == killed.Phase && shares.SequenceEqual(killed.Shares),
                $"Killed before operation {operation}: {killed.Phase} over {string.Join(", ", killed.Shares)}");
        }
    }

    [Fact]
    public async Task An_act_that_took_effect_before_the_process_died_is_not_done_again()
    {
        // Operations of the start: read the target, claim it, start the journal, then the tick: read, intend, set, read back.
        var world = new RolloutWorld(new KillSwitch(6));
        await Assert.ThrowsAsync<KilledException>(async () => await world.StartAsync(Healthy));
        Assert.Equal([10m], world.Target.History);

        string id = await Revive(world);
        RolloutStatus status = await world.Service.TickAsync(id, CancellationToken.None);

        Assert.Equal([10m], world.Target.History);
        Assert.True(Assert.Single(await world.EventsAsync<ShareSet>(id)).Recovered);
        Assert.Equal((1, 10m), (status.Step, status.SharePercent));
    }

    [Fact]
    public void When_ticks_happen_changes_neither_the_decision_nor_the_sample_it_is_dated_at()
    {
        // Stretches of good, bad and missing samples, as an incident leaves them.
        Gen<double[]> stretch = from value in Gen.Elements(0.001, 0.001, 0.05, 0.05, double.NaN)
                                from length in Gen.Choose(1, 30)
                                select Enumerable.Repeat(value, length).ToArray();
        Gen<double[]> recording = stretch.ArrayOf(20).Select(stretches => stretches.SelectMany(values => values).ToArray());
        Gen<int[]> waits = Gen.Choose(1, 900).ArrayOf(200);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Arb.From(recording), Arb.From(waits), (samples, seconds) =>
        {
            (string?, SignalBreach?) often = Replay(samples, _ => 15).GetAwaiter().GetResult();
            (string?, SignalBreach?) seldom = Replay(samples, _ => 300).GetAwaiter().GetResult();
            (string?, SignalBreach?) randomly = Replay(samples, i => seconds[i % seconds.Length]).GetAwaiter().GetResult();
            return often == seldom && often == randomly;
        }));
    }

    [Fact]
    public async Task A_recorded_incident_is_dated_the_same_however_it_is_ticked()
    {
        // Bad from sample 41 (10 min 15 s in): five in a row are complete at sample 45, long before five minutes are.
        double[] samples = [.. Enumerable.Repeat(0.001, 40), .. Enumerable.Repeat(0.05, 60)];
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now;
        foreach (int pace in new[] { 15, 300, 7, 1000 })
        {
            (string? signal, SignalBreach? breach) = await Replay(samples, _ => pace);
            Assert.Equal("checks", signal);
            Assert.Equal(new SignalBreach(start + TimeSpan.FromSeconds(41 * 15), start + TimeSpan.FromSeconds(45 * 15), 0.05, false), breach);
        }
    }

    private static async Task<(string? Signal, SignalBreach? Breach)> Replay(double[] samples, Func<int, int> wait)
    {
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now;
        world.Value = (_, time) => (int)((time - start).TotalSeconds / 15) - 1 is var i && i >= 0 && i < samples.Length ? samples[i] : double.NaN;
        RolloutStatus status = await world.StartAsync(OneLongStep);
        DateTimeOffset end = start + TimeSpan.FromSeconds((samples.Length * 15) + 900);
        for (int i = 0; world.Now < end && status.Phase == RolloutPhase.Progressing; i++)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(wait(i)));
            status = await world.Service.TickAsync(status.Id, CancellationToken.None);
        }

        RollbackStarted? rollback = (await world.EventsAsync<RollbackStarted>(status.Id)).SingleOrDefault();
        return (rollback?.Signal, rollback?.Breach);
    }

    /// <summary>Runs to the end, through one death, and tells the shares in order, a repeated one once.</summary>
    private static async Task<(RolloutPhase Phase, List<decimal> Shares)> RunAsync(KillSwitch kill, bool faulty)
    {
        var world = new RolloutWorld(kill);
        world.Value = (_, _) => faulty && world.Target.Share == 100 ? 0.5 : 0;
        string? id = null;
        RolloutPhase phase = RolloutPhase.Pending;
        for (int tick = 0; tick < 60 && phase is not (RolloutPhase.Succeeded or RolloutPhase.RolledBack); tick++)
        {
            try
            {
                phase = id is null ? (await world.StartAsync(Healthy)).Phase : (await world.Service.TickAsync(id, CancellationToken.None)).Phase;
                id ??= await Newest(world);
            }
            catch (KilledException)
            {
                id = await Revive(world);
            }

            world.Clock.Advance(Minute);
        }

        Assert.True((await world.Store.VerifyAsync(RolloutService.Prefix + id, CancellationToken.None)).Valid);
        return (phase, [.. world.Target.History.Where((share, i) => i == 0 || world.Target.History[i - 1] != share)]);
    }

    private static async Task<string> Revive(RolloutWorld world)
    {
        world.Store.Revive();
        return await Newest(world) ?? (await world.StartAsync(Healthy)).Id;
    }

    private static async Task<string?> Newest(RolloutWorld world) =>
        await world.Store.ListAsync(RolloutService.Prefix, CancellationToken.None) is [.., { } last] ? last[RolloutService.Prefix.Length..] : null;
}
