using ReadyOps.Core.Rollouts;

namespace ReadyOps.Scenario.Tests.Rollouts;

public sealed class RolloutScenarios
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_healthy_release_reaches_all_of_the_traffic_and_bakes()
    {
        await using RolloutStage stage = await RolloutStage.StartAsync();
        RolloutStatus status = await stage.Service.StartAsync(stage.Document(), new RolloutStart(), Cancel);

        status = await stage.RunAsync(status.Id);

        Assert.Equal((RolloutPhase.Succeeded, 100m), (status.Phase, status.SharePercent));
        Assert.Equal("100", await stage.Haproxy.StatAsync("new", "weight"));
        Assert.Equal("0", await stage.Haproxy.StatAsync("old", "weight"));
        IReadOnlyList<(DateTimeOffset At, RolloutEvent Event)> events = await stage.EventsAsync(status.Id);
        Assert.Equal([10m, 50m, 100m], events.Select(e => e.Event).OfType<ShareSet>().Select(e => e.Percent));
        Assert.True(Assert.Single(events, e => e.Event is RolloutSucceeded).At - Assert.Single(events, e => e.Event is BakeStarted).At >= TimeSpan.FromSeconds(6));
        Assert.Equal(0, stage.Failed);
        Assert.True((await stage.Store.VerifyAsync(RolloutService.Prefix + status.Id, Cancel)).Valid);
    }

    [Fact]
    public async Task A_faulty_release_is_back_at_0_within_for_plus_two_ticks_and_gets_no_request_afterwards()
    {
        await using RolloutStage stage = await RolloutStage.StartAsync();
        RolloutStatus status = await stage.Service.StartAsync(stage.Document(), new RolloutStart(), Cancel);
        await stage.RunAsync(status.Id, s => s.Step == 2);
        stage.BreakTheNewVersion();

        await stage.RunAsync(status.Id, s => s.Phase == RolloutPhase.RollingBack);
        long reached = await stage.Haproxy.RequestsAsync("new");
        long others = await stage.Haproxy.RequestsAsync("old");
        status = await stage.RunAsync(status.Id);

        Assert.Equal((RolloutPhase.RolledBack, 0m), (status.Phase, status.SharePercent));
        Assert.Equal(reached, await stage.Haproxy.RequestsAsync("new"));
        Assert.True(await stage.Haproxy.RequestsAsync("old") > others + 100);
        Assert.True(stage.Failed > 0);

        IReadOnlyList<(DateTimeOffset At, RolloutEvent Event)> events = await stage.EventsAsync(status.Id);
        RollbackStarted rollback = Assert.Single(events.Select(e => e.Event).OfType<RollbackStarted>());
        Assert.Equal("error-rate", rollback.Signal);
        DateTimeOffset back = events.Last(e => e.Event is ShareSet).At;
        DateTimeOffset due = rollback.Breach!.Since + TimeSpan.FromSeconds(4);
        Assert.InRange(stage.Ticks.Count(tick => tick >= due && tick <= back), 1, 2);
    }

    [Fact]
    public async Task Without_Prometheus_the_share_never_rises_the_rollout_pauses_and_goes_on_when_it_is_back()
    {
        await using RolloutStage stage = await RolloutStage.StartAsync();
        RolloutStatus status = await stage.Service.StartAsync(stage.Document(), new RolloutStart(), Cancel);
        await stage.RunAsync(status.Id, s => s.Step == 1 && s.Signals[0].Verdict == Verdict.Pass);
        await stage.Prometheus.StopAsync();

        status = await stage.RunAsync(status.Id, s => s.Phase == RolloutPhase.Paused);
        Assert.Contains("error-rate says Error for too long", status.Reason, StringComparison.Ordinal);
        Assert.Contains(stage.Prometheus.Url, status.Reason, StringComparison.Ordinal);
        int ticks = 0;
        // Far longer than the hold: nothing but the missing measurements keeps the share down.
        await stage.RunAsync(status.Id, _ => ++ticks == 10);
        Assert.Equal("10", await stage.Haproxy.StatAsync("new", "weight"));

        await stage.Prometheus.StartAgainAsync();
        status = await stage.RunAsync(status.Id);
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.Contains((await stage.EventsAsync(status.Id)).Select(e => e.Event), e => e is RolloutResumed);
    }

    [Fact]
    public async Task Weights_changed_by_hand_are_drift_and_pause_the_rollout()
    {
        await using RolloutStage stage = await RolloutStage.StartAsync();
        RolloutStatus status = await stage.Service.StartAsync(stage.Document(), new RolloutStart(), Cancel);
        await stage.Haproxy.AskAsync("set server web/new weight 60; set server web/old weight 40");

        status = await stage.RunAsync(status.Id, s => s.Phase == RolloutPhase.Paused);
        Assert.Equal(new DriftDetected(10, 60), Assert.Single((await stage.EventsAsync(status.Id)).Select(e => e.Event).OfType<DriftDetected>()));
        Assert.Equal("60", await stage.Haproxy.StatAsync("new", "weight"));

        await stage.Service.ResumeAsync(status.Id, "my mistake", Cancel);
        Assert.Equal("10", await stage.Haproxy.StatAsync("new", "weight"));
    }
}
