using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>What a rollout makes of signals with limits, policies of their own, weights and dry runs.</summary>
public sealed class RolloutAnalysisTests
{
    private const string Steps = """
        "tick": "15s", "steps": [{"share":"10%","hold":"10m"},{"share":"50%","hold":"10m"},{"share":"100%","hold":"10m"}], "bake": "10m",
        """;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_dry_run_decides_nothing_in_any_phase_and_its_journal_says_once_what_it_would_have_done()
    {
        var world = new RolloutWorld { Value = (signal, _) => signal == "tried" ? 0.5 : 0 };
        RolloutStatus status = await world.StartAsync(Signals("""{"name":"errors","query":"q","bound":"<= 1%"},{"name":"tried","query":"q","bound":"<= 1%","for":"2m","dryRun":true}"""));

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));

        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        SignalNoted noted = Assert.Single(await world.EventsAsync<SignalNoted>(status.Id));
        Assert.Equal(("tried", TroubleAction.Rollback, true), (noted.Signal, noted.Action, noted.DryRun));
        Assert.NotNull(noted.Breach);
        Assert.Empty(await world.EventsAsync<RolloutPaused>(status.Id));
        Assert.True(Assert.Single(status.Signals, signal => signal.Signal == "tried") is { DryRun: true, Verdict: Verdict.Fail });
    }

    [Fact]
    public async Task With_a_dry_run_beside_it_a_rollout_decides_what_it_decides_without()
    {
        const string Errors = """{"name":"errors","query":"q","bound":"<= 1%","for":"1m","failureLimit":"9 within 10m"}""";
        const string Tried = """,{"name":"tried","query":"q","bound":"<= 1%","for":"30s","dryRun":true,"policies":{"noData":{"action":"rollback","after":"1m"},"stale":{"action":"rollback","after":"1m"}}}""";
        var phases = new HashSet<RolloutPhase>();
        for (int seed = 0; seed < 20; seed++)
        {
            List<string>[] told = [[], []];
            for (int with = 0; with < 2; with++)
            {
                int salt = seed;
                var world = new RolloutWorld
                {
                    Value = (signal, time) => new Random(HashCode(salt, signal, (time - DateTimeOffset.UnixEpoch).Ticks / Pace.Ticks / 5)).Next(signal == "tried" ? 3 : 150) switch { 0 => 0.5, 1 => double.NaN, _ => 0 },
                };
                RolloutStatus status = await world.StartAsync(Signals(with == 0 ? Errors : Errors + Tried));
                status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));
                phases.Add(status.Phase);
                foreach ((DateTimeOffset at, RolloutEvent happened) in await world.EventsAsync(status.Id))
                    if (happened is not (RolloutStarted or SignalsObserved or SignalNoted)) told[with].Add($"{at:u} {happened}");
            }

            Assert.Equal(told[0], told[1]);
        }

        Assert.Superset(new HashSet<RolloutPhase> { RolloutPhase.Succeeded, RolloutPhase.RolledBack }, phases);

        // The same each time, on any machine.
        static int HashCode(int seed, string signal, long slot) => (int)(((seed * 7919L) + (signal.Length * 104729L) + (slot * 15485863L)) % int.MaxValue);
    }

    [Theory]
    [InlineData("stale", RolloutPhase.Progressing)]
    [InlineData("stale", RolloutPhase.Baking)]
    [InlineData("error", RolloutPhase.Progressing)]
    [InlineData("error", RolloutPhase.Baking)]
    [InlineData("inconclusive", RolloutPhase.Progressing)]
    [InlineData("inconclusive", RolloutPhase.Baking)]
    [InlineData("failing", RolloutPhase.Progressing)]
    [InlineData("failing", RolloutPhase.Baking)]
    [InlineData("failing", RolloutPhase.Paused)]
    [InlineData("error", RolloutPhase.Paused)]
    public async Task A_policy_that_rolls_back_does_so_at_its_deadline_in_every_phase_also_when_every_tick_is_another_process(string policy, RolloutPhase phase)
    {
        var world = new RolloutWorld();
        DateTimeOffset begin = world.Now + TimeSpan.FromMinutes(phase == RolloutPhase.Baking ? 32 : 4), fault = begin;
        bool Gone(DateTimeOffset time) => time >= fault && world.Target.Share > 0;
        world.Value = (_, time) => !Gone(time) ? 0 : policy switch { "failing" => 0.5, "stale" => double.NaN, "inconclusive" => double.NaN, _ => 0 };
        if (policy == "error") world.Outage = time => Gone(time) ? "connection refused" : null;
        RolloutStatus status = await world.StartAsync(Signals("""{"name":"errors","query":"q","bound":"<= 1%","for":"1h","consecutiveSuccesses":CS,"policies":{"POLICY":{"action":"rollback","after":"3m"}}}"""
            .Replace("POLICY", policy, StringComparison.Ordinal).Replace("CS", policy == "inconclusive" ? "500" : "1", StringComparison.Ordinal)));
        var processes = new RolloutWorldProcess(world);
        if (policy == "inconclusive")
        {
            // 500 good ones in a row take more than two hours: the deadline counts from when the step began.
            begin = world.Now;
            status = await processes.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10), now => now.Phase == RolloutPhase.RollingBack);
            Assert.Equal((RolloutPhase.RollingBack, TimeSpan.FromMinutes(3)), (status.Phase, world.Now - begin));
            return;
        }

        status = await processes.RunAsync(status.Id, Pace, fault - world.Now);
        if (phase == RolloutPhase.Paused) status = await world.Service.SuspendAsync(status.Id, "lunch", CancellationToken.None);
        Assert.Equal(phase, status.Phase);
        status = await processes.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(20), now => now.Phase == RolloutPhase.RollingBack);

        Assert.Equal(RolloutPhase.RollingBack, status.Phase);
        Assert.Equal(RollbackCause.Policy, Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Cause);
        // Stale counts from the last sample there was, an error from the first look that failed, a failure from its first sample.
        TimeSpan late = world.Now - fault;
        Assert.InRange(late, TimeSpan.FromMinutes(3) - Pace, TimeSpan.FromMinutes(3) + Pace);
    }

    [Fact]
    public async Task A_dry_run_without_data_notes_the_pause_it_would_have_made_and_does_not_stand_in_the_way_of_a_rollback()
    {
        var world = new RolloutWorld();
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(25);
        world.Value = (signal, time) => signal == "tried" ? double.NaN : time >= fault && world.Target.Share > 0 ? 0.5 : 0;
        RolloutStatus status = await world.StartAsync(Signals("""{"name":"errors","query":"q","bound":"<= 1%","for":"2m"},{"name":"tried","query":"q","bound":"<= 1%","dryRun":true}"""));

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));

        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
        Assert.Equal(TroubleAction.Pause, (await world.EventsAsync<SignalNoted>(status.Id))[0].Action);
        Assert.Equal("errors", Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Signal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(25)]
    [InlineData(36)]
    public async Task One_that_is_not_critical_pauses_and_escalates_when_it_is_breached_and_goes_on_by_itself(int minutes)
    {
        // In the first step, in the second, and while baking.
        var world = new RolloutWorld();
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(minutes), well = fault + TimeSpan.FromMinutes(20);
        world.Value = (signal, time) => signal == "lesser" && time >= fault && time < well ? 0.5 : 0;
        RolloutStatus status = await world.StartAsync(Signals("""{"name":"errors","query":"q","bound":"<= 1%"},{"name":"lesser","query":"q","bound":"<= 1%","for":"2m","critical":false}"""));

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(minutes + 10));
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Contains("lesser was 50%, outside <= 1% by 49%, for 2m", status.Reason, StringComparison.Ordinal);
        // A restart tells it no second time.
        status = await new RolloutWorldProcess(world).RunAsync(status.Id, Pace, TimeSpan.FromMinutes(8));
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Single(await world.EventsAsync<SignalNoted>(status.Id));
        Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id));

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.Empty(await world.EventsAsync<RollbackStarted>(status.Id));
    }

    [Theory]
    [InlineData("100%", 1)]
    [InlineData("75%", 1)]
    [InlineData("70%", 3)]
    public async Task Of_those_that_are_not_critical_enough_of_their_weight_must_pass(string passScore, int step)
    {
        // 'a' and 'b' pass and 'c' has no data: 7 of 10, which is 70 %.
        var world = new RolloutWorld { Value = (signal, _) => signal == "c" ? double.NaN : 0 };
        RolloutStatus status = await world.StartAsync("{\"passScore\":\"" + passScore + "\",\"policies\":{\"noData\":{\"action\":\"hold\"}}," + Steps + """
            "signals":[{"name":"errors","query":"q","bound":"<= 1%"},{"name":"a","query":"q","bound":"<= 1%","critical":false,"weight":4},
            {"name":"b","query":"q","bound":"<= 1%","critical":false,"weight":3},{"name":"c","query":"q","bound":"<= 1%","critical":false,"weight":3}]}
            """);

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(29));

        Assert.Equal(step, status.Step);
    }

    [Theory]
    [InlineData("c", "NaN", 0)]
    [InlineData("b", "0.5", 1)]
    public async Task One_that_is_outvoted_is_noted_and_pauses_nothing(string signal, string value, int escalations)
    {
        // 'a' alone is half of the weight that counts.
        var world = new RolloutWorld { Value = (name, _) => name == signal ? double.Parse(value, System.Globalization.CultureInfo.InvariantCulture) : 0 };
        RolloutStatus status = await world.StartAsync("{\"passScore\":\"50%\"," + Steps + """
            "signals":[{"name":"errors","query":"q","bound":"<= 1%"},{"name":"a","query":"q","bound":"<= 1%","critical":false,"weight":2},
            {"name":"b","query":"q","bound":"<= 1%","critical":false},{"name":"c","query":"q","bound":"<= 1%","critical":false}]}
            """);

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));

        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.Equal(TroubleAction.Pause, Assert.Single(await world.EventsAsync<SignalNoted>(status.Id)).Action);
        Assert.Empty(await world.EventsAsync<RolloutPaused>(status.Id));
        Assert.Equal(escalations, (await world.EventsAsync<RolloutEscalated>(status.Id)).Count);
    }

    [Theory]
    [InlineData("noData", "rollback", "3m", RolloutPhase.RolledBack, 3)]
    [InlineData("noData", "pause", "4m", RolloutPhase.Paused, 4)]
    [InlineData("noData", "hold", "1m", RolloutPhase.Progressing, 60)]
    public async Task A_signal_has_policies_of_its_own_and_the_others_those_of_the_rollout(string policy, string action, string after, RolloutPhase phase, int minutes)
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Signals("""{"name":"errors","query":"q","bound":"<= 1%"},{"name":"own","query":"q","bound":"<= 1%","policies":{"POLICY":{"action":"ACTION","after":"AFTER"}}}"""
            .Replace("POLICY", policy, StringComparison.Ordinal).Replace("ACTION", action, StringComparison.Ordinal).Replace("AFTER", after, StringComparison.Ordinal)));
        DateTimeOffset start = world.Now;
        world.Value = (signal, _) => signal == "own" ? double.NaN : 0;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1), now => now.Phase != RolloutPhase.Progressing);
        if (phase == RolloutPhase.RolledBack) status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        else Assert.Equal(TimeSpan.FromMinutes(minutes), world.Now - start);

        Assert.Equal(phase, status.Phase);
        Assert.Equal(1, status.Step);
    }

    [Fact]
    public async Task A_signal_that_fails_on_and_off_and_never_for_long_enough_is_told_to_a_person_after_an_hour()
    {
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now, settled = start + TimeSpan.FromHours(3);
        // Two good, one bad.
        world.Value = (_, time) => time < settled && (time - DateTimeOffset.UnixEpoch).Ticks / Pace.Ticks % 3 == 0 ? 0.5 : 0;
        RolloutStatus status = await world.StartAsync("{" + Steps.Replace("10m", "3h", StringComparison.Ordinal) + "\"signals\":[{\"name\":\"errors\",\"query\":\"q\",\"bound\":\"<= 1%\"}]}");

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2), now => now.Phase == RolloutPhase.Paused);
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.InRange(world.Now - start, TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(61));
        Assert.Contains("errors says Fail for too long", status.Reason, StringComparison.Ordinal);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(90));
        Assert.Single(await world.EventsAsync<RolloutPaused>(status.Id));

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(45));
        Assert.Equal(RolloutPhase.Progressing, status.Phase);
    }

    [Fact]
    public async Task A_total_takes_the_release_back_and_after_that_old_failures_do_not_keep_it_from_recovering()
    {
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now;
        // Every fourth sample, on both sides of the way back for two minutes more.
        DateTimeOffset well = start + TimeSpan.FromMinutes(7);
        world.Value = (_, time) => time < well && (time - DateTimeOffset.UnixEpoch).Ticks / Pace.Ticks % 4 == 0 ? 0.5 : 0;
        RolloutStatus status = await world.StartAsync(Signals("""{"name":"errors","query":"q","bound":"<= 1%","failureLimit":"5 within 1h"}"""));

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));

        Assert.Equal((RolloutPhase.RolledBack, 0m), (status.Phase, world.Target.Share));
        RollbackStarted rollback = Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id));
        Assert.True(rollback.Breach!.ByTotal);
        Assert.Equal(TimeSpan.FromMinutes(4), rollback.Breach.At - rollback.Breach.Since);
        Assert.Contains("5 times within 1h", rollback.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rollback_does_not_wait_for_the_initial_delay()
    {
        var world = new RolloutWorld();
        DateTimeOffset fault = world.Now + TimeSpan.FromMinutes(1);
        world.Value = (_, time) => time >= fault && world.Target.Share > 0 ? 0.5 : 0;
        RolloutStatus status = await world.StartAsync(Signals("""{"name":"errors","query":"q","bound":"<= 1%","for":"2m","initialDelay":"30m"}"""));

        // Not judged for 30 minutes, then two minutes of it.
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1), now => now.Phase == RolloutPhase.RollingBack);
        Assert.InRange(world.Now - fault, TimeSpan.FromMinutes(31), TimeSpan.FromMinutes(32));
        DateTimeOffset began = world.Now;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
        Assert.InRange(world.Now - began, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData("\"failureLimit\": 5", "/signals/0/failureLimit: '5' does not say within what time")]
    [InlineData("\"errorLimit\": \"often\"", "/signals/0/errorLimit: this is 'often'")]
    [InlineData("\"minTraffic\": 100", "/signals/0/minTraffic: nothing says what counts the traffic")]
    [InlineData("\"traffic\": \"q\"", "/signals/0/traffic: nothing says how much traffic it takes")]
    [InlineData("\"direction\": \"increase\"", "/signals/0/direction: '<= 1%' says itself which way is bad")]
    [InlineData("\"policies\": {\"failing\": {\"action\": \"ignore\"}}", "/signals/0/policies/failing/action: this is 'ignore'; expected one of hold, pause, rollback")]
    [InlineData("\"consecutiveSuccesses\": 0", "/signals/0/consecutiveSuccesses: this is '0'")]
    [InlineData("\"weight\": -1", "/signals/0/weight: this is '-1'")]
    public void What_is_wrong_with_a_signal_is_said_at_its_place(string member, string problem)
    {
        var problems = new ProblemList("rollout.json");
        Document document = RolloutWorld.Document("{" + Steps + "\"signals\":[{\"name\":\"errors\",\"query\":\"q\",\"bound\":\"<= 1%\"," + member + "}]}");
        RolloutReader.Read(ObjectReader.For(document, problems), "checkout");
        Assert.Contains(problem, Assert.Throws<DocumentException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_bound_with_two_sides_one_may_be_the_bad_one()
    {
        SignalDefinition up = Read("\"bound\":\"within 10% of 100ms\",\"direction\":\"increase\""), down = Read("\"bound\":\"between 90 and 110\",\"direction\":\"decrease\"");

        Assert.True(up.Bound.Holds(0.01) && up.Bound.Holds(0.1099) && !up.Bound.Holds(0.1101));
        Assert.Equal("<= 110ms", up.Bound.Text);
        Assert.True(down.Bound.Holds(1000) && !down.Bound.Holds(89.9));
        Assert.Equal(">= 90", down.Bound.Text);
    }

    [Fact]
    public void Golden_signals_take_a_least_traffic_and_the_policies_of_all()
    {
        var problems = new ProblemList("rollout.json");
        Document document = RolloutWorld.Document("{" + Steps + """
            "policies":{"stale":{"after":"3m"}}, "goldenSignals":{"selector":"app=\"shop\"","minTraffic":100,"failureLimit":"5 within 1h","health":"http://localhost/h","policies":{"error":{"action":"hold"}}}}
            """);
        RolloutDefinition rollout = RolloutReader.Read(ObjectReader.For(document, problems), "checkout");
        problems.ThrowIfAny();

        Assert.Equal([100d, 100d, 100d, null], rollout.Signals.Select(signal => signal.MinTraffic));
        Assert.All(rollout.Signals, signal => Assert.Equal(new SignalLimit(5, TimeSpan.FromHours(1)), signal.FailureLimit));
        Assert.All(rollout.Signals, signal => Assert.Equal((TroubleAction.Hold, TimeSpan.FromMinutes(3)), (signal.Policies.Error.Action, signal.Policies.Stale.After)));
        Assert.Equal("sum(increase(http_requests_total{app=\"shop\"}[${window}]))", rollout.Signals[0].Node["traffic"]!.Text);
    }

    private static string Signals(string signals) => "{" + Steps + "\"signals\":[" + signals + "]}";

    private static SignalDefinition Read(string members)
    {
        var problems = new ProblemList("rollout.json");
        Document document = RolloutWorld.Document("{" + Steps + "\"signals\":[{\"name\":\"errors\",\"query\":\"q\"," + members + "}]}");
        RolloutDefinition rollout = RolloutReader.Read(ObjectReader.For(document, problems), "checkout");
        problems.ThrowIfAny();
        return rollout.Signals[0];
    }

    /// <summary>Ticks by a service that remembers nothing but what the journal says, a new one each time.</summary>
    private sealed class RolloutWorldProcess(RolloutWorld world)
    {
        public async Task<RolloutStatus> RunAsync(string id, TimeSpan pace, TimeSpan atMost, Func<RolloutStatus, bool>? until = null)
        {
            DateTimeOffset end = world.Now + atMost;
            RolloutStatus status = await world.NewProcess().GetAsync(id, CancellationToken.None);
            while (!status.Ended && world.Now < end && until?.Invoke(status) != true)
            {
                world.Clock.Advance(pace);
                status = await world.NewProcess().TickAsync(id, CancellationToken.None);
            }

            return status;
        }
    }
}
