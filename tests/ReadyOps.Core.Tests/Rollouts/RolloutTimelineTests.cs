using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>What -WhatIf tells beforehand is what happens.</summary>
public sealed class RolloutTimelineTests
{
    private const string Safe = """
        {"strategy":"safe","signals":[{"name":"error-rate","query":"q","bound":"<= 1%","for":"5m"},{"name":"p95","query":"q","bound":"< 500ms"}]}
        """;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Seven_days_and_two_of_baking_happen_as_they_were_told_within_a_tick()
    {
        var world = new RolloutWorld();
        IReadOnlyList<RolloutTimelineEntry> told = world.Service.Preview(RolloutWorld.Document(Safe));
        DateTimeOffset start = world.Now;

        RolloutStatus status = await world.StartAsync(Safe);
        int ticks = 1;
        for (; !status.Ended && world.Now < start + TimeSpan.FromDays(10); ticks++)
        {
            // As whoever waits for it does: the next tick, or the end of the hold if that comes first.
            TimeSpan wait = status.NextTickAt!.Value - world.Now;
            world.Clock.Advance(status.Remaining is { } left && left > TimeSpan.Zero && left < wait ? left : wait);
            status = await world.Service.TickAsync(status.Id, CancellationToken.None);
        }

        (DateTimeOffset At, decimal Share, string What)[] happened = [.. Happened(await world.EventsAsync(status.Id))];
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        // Shares and days of the strategy, by docs/rollouts.md: 0, 5, 10, 25, 50, 75 and 100 %, a day each, then 48 h of baking.
        Assert.Equal([0m, 5m, 10m, 25m, 50m, 75m, 100m, 100m, 100m], told.Select(entry => entry.SharePercent));
        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 9], told.Select(entry => entry.After.TotalDays));
        Assert.Equal(told.Select(entry => (entry.SharePercent, entry.Action.Split(' ')[0])), happened.Select(entry => (entry.Share, entry.What)));
        Assert.All(told.Zip(happened), pair => Assert.InRange(pair.Second.At - pair.First.At, TimeSpan.Zero, Minute));
        // A tick a minute for nine days, and one more at each end of a hold that lies between two.
        Assert.InRange(ticks, 9 * 24 * 60, (9 * 24 * 60) + 20);
    }

    private static IEnumerable<(DateTimeOffset At, decimal Share, string What)> Happened(IReadOnlyList<(DateTimeOffset At, RolloutEvent Event)> events)
    {
        decimal share = 0;
        foreach ((DateTimeOffset at, RolloutEvent happened) in events)
        {
            if (happened is ShareSet set) yield return (at, share = set.Percent, "step");
            if (happened is BakeStarted) yield return (at, share, "bake");
            if (happened is RolloutSucceeded) yield return (at, share, "succeed");
        }
    }
}
