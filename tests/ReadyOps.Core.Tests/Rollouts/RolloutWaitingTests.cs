using ReadyOps.Core.Gates;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>What a step waits for besides its hold and its signals. The clock begins on Friday, 2027-01-15 at 08:00Z.</summary>
public sealed class RolloutWaitingTests
{
    private const string Rest = """
        "tick": "15s", "bake": "10m", "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}]
        """;

    private const string Frozen = "{" + Rest + """
        , "steps": [{"share":"10%","hold":"10m"},{"share":"100%","hold":"10m"}], "windows": {"freezes":[{"from":"08:05","to":"10:00","reason":"sale"}]} }
        """;

    private const string Approved = "{" + Rest + """
        , "steps": [{"share":"10%","hold":"10m"},{"share":"100%","hold":"10m","before":[{"name":"sre lead","type":"approval","role":"sre","required":2,"validFor":"1h","fourEyes":true}]}] }
        """;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_freeze_holds_a_step_back_to_its_last_second_and_says_so_once()
    {
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now;
        RolloutStatus status = await world.StartAsync(Frozen);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(119.75));
        Assert.Equal((1, 10m), (status.Step, status.SharePercent));
        Assert.Equal("Step 1 of 2: held long enough. Step 2 waits: a freeze (sale) until 2027-01-15 10:00 UTC.", status.Reason);

        status = await world.RunAsync(status.Id, Pace, Pace);
        Assert.Equal((2, 100m, start + TimeSpan.FromHours(2)), (status.Step, status.SharePercent, world.Now));
        Assert.Single(await world.EventsAsync<StepAwaited>(status.Id));
        Assert.Empty(await world.EventsAsync<RolloutEscalated>(status.Id));
        Assert.Equal(RolloutPhase.Succeeded, (await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1))).Phase);
    }

    [Fact]
    public async Task A_rollout_that_is_started_in_a_freeze_waits_for_its_first_step()
    {
        var world = new RolloutWorld();
        world.Clock.Advance(TimeSpan.FromMinutes(6));
        RolloutStatus status = await world.StartAsync(Frozen);
        Assert.Equal((RolloutPhase.Pending, 0m, "Step 1 waits: a freeze (sale) until 2027-01-15 10:00 UTC."), (status.Phase, world.Target.Share, status.Reason));

        status = await world.Service.PromoteAsync(status.Id, full: false, force: true, "the fix for the sale", CancellationToken.None);
        Assert.Equal((RolloutPhase.Progressing, 10m), (status.Phase, world.Target.Share));
        Assert.Equal(["a freeze (sale) until 2027-01-15 10:00 UTC"], Assert.Single(await world.EventsAsync<StepPromoted>(status.Id)).Overridden);
    }

    [Theory]
    [InlineData(Frozen, "frozen")]
    [InlineData(Approved, "waiting for approval")]
    [InlineData(Approved, "paused")]
    [InlineData(Frozen, "unsettable")]
    public async Task Neither_a_freeze_nor_a_missing_approval_delays_a_rollback(string document, string how)
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(document);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(20));
        if (how == "paused") await world.Service.SuspendAsync(status.Id, "look", CancellationToken.None);
        DateTimeOffset fault = world.Now;
        world.Value = (_, time) => time > fault && world.Target.Share > 0 ? 0.5 : 0;

        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5), s => s.Phase == RolloutPhase.RollingBack);
        // Two minutes of bad samples from 15 s on, at the very tick that completes them.
        Assert.Equal((fault + TimeSpan.FromSeconds(135), 0m), (world.Now, world.Target.Share));
        Assert.Equal(RolloutPhase.RolledBack, (await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5))).Phase);
    }

    [Fact]
    public async Task A_rise_that_could_not_be_made_before_the_freeze_is_given_up_and_made_after_it()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Frozen.Replace("\"hold\":\"10m\"},{\"share\":\"100%\"", "\"hold\":\"4m\"},{\"share\":\"100%\"", StringComparison.Ordinal));
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(3.75));
        world.Target.SetError = "refused";
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        Assert.Equal("refused", (await world.EventsAsync<ShareFailed>(status.Id))[^1].Error);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        world.Target.SetError = null;
        Assert.Equal("a freeze (sale) until 2027-01-15 10:00 UTC", Assert.Single(await world.EventsAsync<ShareAbandoned>(status.Id)).Reason);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal([10m], world.Target.History);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal(100, status.SharePercent);
    }

    [Fact]
    public async Task A_step_waits_until_enough_people_approved_it_and_calls_them_once()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Approved);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(30));
        Assert.Equal((1, 10m), (status.Step, status.SharePercent));
        Assert.Contains("sre lead says NoData: 0 of 2 approvals of release 2.4.0 as sre", status.Reason, StringComparison.Ordinal);
        Assert.Contains($"Approve-GateApproval -Id {status.Id} -Check 'sre lead' -Role sre", status.Reason, StringComparison.Ordinal);
        Assert.StartsWith("Step 2 waits for people", Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id)).Reason, StringComparison.Ordinal);

        // Whoever started it does not count, and one other is not enough.
        await DecideAsync(world, status.Id, "alice");
        await DecideAsync(world, status.Id, "bob");
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        Assert.Equal(1, status.Step);
        Assert.Contains("1 of 2 approvals", status.Reason, StringComparison.Ordinal);

        await DecideAsync(world, status.Id, "carol");
        status = await world.RunAsync(status.Id, Pace, Pace);
        Assert.Equal((2, 100m), (status.Step, status.SharePercent));
        StepCleared cleared = Assert.Single(await world.EventsAsync<StepCleared>(status.Id));
        Assert.Contains("bob", cleared.Checks[0], StringComparison.Ordinal);
        Assert.Contains("carol", cleared.Checks[0], StringComparison.Ordinal);
        Assert.Single(await world.EventsAsync<RolloutEscalated>(status.Id));
    }

    [Fact]
    public async Task An_approval_expires_a_denial_blocks_and_force_is_no_signature()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Approved);
        await DecideAsync(world, status.Id, "bob");
        await DecideAsync(world, status.Id, "carol");
        await world.Service.SuspendAsync(status.Id, "not yet", CancellationToken.None);
        world.Clock.Advance(TimeSpan.FromMinutes(61));
        await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(15));
        Assert.Equal(1, status.Step);
        Assert.Contains("sre lead says Stale", status.Reason, StringComparison.Ordinal);

        ReadyOpsException refusal = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.PromoteAsync(status.Id, true, true, "now", CancellationToken.None));
        Assert.Contains("sre lead says Stale", refusal.Message, StringComparison.Ordinal);
        await DecideAsync(world, status.Id, "bob");
        await DecideAsync(world, status.Id, "carol");
        await DecideAsync(world, status.Id, "dan", ApprovalDecision.Denied);
        refusal = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.PromoteAsync(status.Id, true, true, "now", CancellationToken.None));
        Assert.Contains("dan denied release 2.4.0", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([10m], world.Target.History);

        await DecideAsync(world, status.Id, "dan", ApprovalDecision.Withdrawn);
        status = await world.Service.PromoteAsync(status.Id, true, true, "now", CancellationToken.None);
        Assert.Equal(100, status.SharePercent);
    }

    [Fact]
    public async Task What_was_approved_for_one_run_counts_for_no_retry()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Approved);
        await DecideAsync(world, status.Id, "bob");
        await DecideAsync(world, status.Id, "carol");
        await world.Service.RollBackAsync(status.Id, "bad", CancellationToken.None);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5));
        status = await world.Service.RetryAsync(status.Id, new RolloutStart { Reason = "again" }, CancellationToken.None);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(15));
        Assert.Equal(1, status.Step);
        string other = (await new RolloutWorld().StartAsync(Frozen)).Id;
        Assert.Equal("RolloutNotFound", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.ApprovalsAsync(other + "x", CancellationToken.None))).Id);
    }

    [Fact]
    public async Task Signals_that_a_slow_check_kept_from_being_asked_are_not_stale_for_that()
    {
        RolloutWorld? world = null;
        var slow = new StubHandler(_ =>
        {
            world!.Clock.Advance(TimeSpan.FromSeconds(45));
            return StubHandler.Text("ok");
        });
        world = new RolloutWorld(http: new HttpClient(slow, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan });
        RolloutStatus status = await world.StartAsync("""
            {"tick":"15s", "bake":"10m", "policies": {"stale":{"action":"rollback","after":"5s"}},
             "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m","interval":"15s","staleAfter":"30s"}],
             "steps": [{"share":"10%","hold":"10m"},{"share":"100%","before":[{"name":"smoke","type":"http","url":"http://smoke.invalid/","timeout":"55s"}]}]}
            """);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(12));
        // It went on at the tick that asked the check: by then the newest sample that was asked for before it was 45 s old.
        Assert.Single(slow.Requests);
        Assert.Empty(await world.EventsAsync<RollbackStarted>(status.Id));
        Assert.Equal(100, status.SharePercent);
    }

    [Fact]
    public async Task A_check_before_a_step_is_asked_when_nothing_else_keeps_it_and_must_pass()
    {
        string file = Path.Combine(Path.GetTempPath(), $"readyops-{Guid.NewGuid():N}.txt");
        var world = new RolloutWorld();
        string document = "{" + Rest + $$"""
            , "steps": [{"share":"10%","hold":"10m"},{"share":"100%","before":[{"name":"smoke","type":"file","path":{{System.Text.Json.JsonSerializer.Serialize(file)}} }]}] }
            """;
        try
        {
            RolloutStatus status = await world.StartAsync(document);
            status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(20));
            Assert.Equal(1, status.Step);
            Assert.Contains("smoke says", status.Reason, StringComparison.Ordinal);
            // The hold was over after ten minutes, and not before.
            (DateTimeOffset at, _) = (await world.EventsAsync(status.Id)).Single(e => e.Event is StepAwaited);
            Assert.Equal(status.StepStartedAt + TimeSpan.FromMinutes(10), at);

            File.WriteAllText(file, "ok");
            status = await world.RunAsync(status.Id, Pace, Pace);
            Assert.Equal(100, status.SharePercent);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Blue_green_switches_everybody_once_the_checks_pass_watches_them_and_switches_back_at_once()
    {
        string file = Path.Combine(Path.GetTempPath(), $"readyops-{Guid.NewGuid():N}.txt");
        string document = $$"""
            {"strategy":"blueGreen","before":[{"name":"smoke","type":"file","path":{{System.Text.Json.JsonSerializer.Serialize(file)}} }],
             "signals":[{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}]}
            """;
        try
        {
            var world = new RolloutWorld();
            RolloutStatus status = await world.StartAsync(document);
            status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));
            Assert.Equal((1, 2, 0m), (status.Step, status.StepCount, status.SharePercent));
            File.WriteAllText(file, "ok");
            status = await world.RunAsync(status.Id, Pace, Pace);
            Assert.Equal([0m, 100m], world.Target.History);
            status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(59));
            Assert.Equal(RolloutPhase.Baking, status.Phase);
            status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
            Assert.Equal(RolloutPhase.Succeeded, status.Phase);

            world.Target.Share = 0;
            status = await world.StartAsync(document, new RolloutStart { Release = "2.5.0" });
            world.Value = (_, _) => world.Target.Share > 0 ? 0.5 : 0;
            status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(10));
            Assert.Equal((RolloutPhase.RolledBack, 0m), (status.Phase, world.Target.Share));
            Assert.Equal([0m, 100m, 0m, 100m, 0m], world.Target.History);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    // Two steps of 10 min and 10 min of baking: waiting for approval, the whole is not done after 45 min, and step 1 not after 20 min.
    [InlineData("""{"after":"45m"}""", null, RolloutPhase.Paused, 45, "The rollout is not done after 45m: it waits for sre lead (NoData: 0 of 2 approvals of release 2.4.0 as sre).")]
    [InlineData("""{"after":"45m","action":"hold"}""", null, RolloutPhase.Progressing, 45, "The rollout is not done after 45m: it waits for sre lead (NoData: 0 of 2 approvals of release 2.4.0 as sre).")]
    [InlineData("""{"after":"45m","action":"rollback"}""", null, RolloutPhase.RollingBack, 45, "The rollout is not done after 45m: it waits for sre lead (NoData: 0 of 2 approvals of release 2.4.0 as sre).")]
    [InlineData(null, """{"after":"20m"}""", RolloutPhase.Paused, 20, "Step 1 is not done after 20m: it waits for sre lead (NoData: 0 of 2 approvals of release 2.4.0 as sre).")]
    [InlineData(null, """{"after":"20m","action":"rollback"}""", RolloutPhase.RollingBack, 20, "Step 1 is not done after 20m: it waits for sre lead (NoData: 0 of 2 approvals of release 2.4.0 as sre).")]
    public async Task A_deadline_is_answered_once_at_its_moment(string? whole, string? step, RolloutPhase phase, int minutes, string reason)
    {
        var world = new RolloutWorld();
        DateTimeOffset start = world.Now;
        string document = Approved.Replace("\"hold\":\"10m\"},", step is null ? "\"hold\":\"10m\"}," : $"\"hold\":\"10m\",\"deadline\":{step}}},", StringComparison.Ordinal);
        if (whole is not null) document = document.Replace("\"tick\"", $"\"deadline\":{whole},\"tick\"", StringComparison.Ordinal);
        RolloutStatus status = await world.StartAsync(document);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(minutes));

        Assert.Equal(phase, status.Phase);
        (DateTimeOffset at, _) = (await world.EventsAsync(status.Id)).Single(e => e.Event is DeadlinePassed);
        Assert.Equal(start + TimeSpan.FromMinutes(minutes), at);
        if (phase == RolloutPhase.RollingBack)
        {
            RollbackStarted back = Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id));
            Assert.Equal((RollbackCause.Deadline, reason, 0m), (back.Cause, back.Reason, world.Target.Share));
            return;
        }

        Assert.Equal(reason, (await world.EventsAsync<RolloutEscalated>(status.Id))[^1].Reason);
        if (phase == RolloutPhase.Paused) status = await world.Service.ResumeAsync(status.Id, "it may take longer", CancellationToken.None);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(2));
        Assert.Equal(RolloutPhase.Progressing, status.Phase);
        Assert.Single(await world.EventsAsync<DeadlinePassed>(status.Id));
    }

    [Theory]
    // The hold of the only step is 10 min and there is no baking: at 20 min it is done, although a deadline of 15 min has passed since the last tick.
    [InlineData("""{"tick":"15s","deadline":{"after":"15m","action":"rollback"},"steps":[{"share":"10%","hold":"10m"}],""", RolloutPhase.Succeeded)]
    [InlineData("""{"tick":"15s","steps":[{"share":"10%","hold":"10m","deadline":{"after":"15m","action":"rollback"}}],""", RolloutPhase.Succeeded)]
    [InlineData("""{"tick":"15s","steps":[{"share":"10%","hold":"10m","deadline":{"after":"15m","action":"rollback"}},{"share":"50%","hold":"10m"}],""", RolloutPhase.Progressing)]
    [InlineData("""{"tick":"15s","bake":"10m","steps":[{"share":"10%","hold":"10m","deadline":{"after":"15m","action":"rollback"}}],""", RolloutPhase.Baking)]
    public async Task A_tick_that_comes_late_and_ends_what_had_a_deadline_takes_nothing_back(string head, RolloutPhase phase)
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(head + """
            "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}]}
            """);
        status = await world.RunAsync(status.Id, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(20));
        Assert.Equal(phase, status.Phase);
        Assert.Empty(await world.EventsAsync<RollbackStarted>(status.Id));
        Assert.Empty(await world.EventsAsync<DeadlinePassed>(status.Id));
    }

    [Theory]
    [InlineData("bad", "error-rate says Fail")]
    [InlineData("frozen", "it is Progressing at 10%")]
    public async Task A_late_tick_that_does_not_end_it_answers_the_deadline(string how, string why)
    {
        var world = new RolloutWorld();
        string windows = how == "frozen" ? """ "windows":{"freezes":[{"from":"08:05","to":"10:00"}]},""" : "";
        RolloutStatus status = await world.StartAsync("{\"tick\":\"15s\"," + windows + """
            "steps":[{"share":"10%","hold":"10m","deadline":{"after":"15m","action":"rollback"}},{"share":"50%","hold":"10m"}],
            "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}]}
            """);
        DateTimeOffset start = world.Now;
        if (how == "bad") world.Value = (_, time) => time > start + TimeSpan.FromMinutes(19) && world.Target.Share > 0 ? 0.5 : 0;
        status = await world.RunAsync(status.Id, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(20));
        Assert.Equal($"Step 1 is not done after 15m: {why}.", Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Reason);
    }

    [Fact]
    public async Task What_was_forced_and_could_not_be_set_is_given_up_when_somebody_denies_it()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Approved);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
        await DecideAsync(world, status.Id, "bob");
        await DecideAsync(world, status.Id, "carol");
        world.Target.SetError = "refused";
        await world.Service.SuspendAsync(status.Id, "look", CancellationToken.None);
        await world.Service.PromoteAsync(status.Id, true, true, "now", CancellationToken.None);
        Assert.True((await world.EventsAsync<ShareIntended>(status.Id))[^1].Forced);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        await DecideAsync(world, status.Id, "dan", ApprovalDecision.Denied);
        world.Target.SetError = null;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));

        Assert.Equal((1, 10m), (status.Step, world.Target.Share));
        Assert.Contains("dan denied release 2.4.0", Assert.Single(await world.EventsAsync<ShareAbandoned>(status.Id)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_timeline_shows_hours_approvals_and_deadlines()
    {
        var world = new RolloutWorld();
        string document = Approved.Replace("\"tick\"", """
            "deadline":{"after":"5d","action":"rollback"},"windows":{"timeZone":"Europe/Berlin","allowed":[{"days":"mon-thu","from":"09:00","to":"16:00"}]},"tick"
            """, StringComparison.Ordinal);
        IReadOnlyList<RolloutTimelineEntry> timeline = world.Service.Preview(RolloutWorld.Document(document));
        // Friday 08:00Z; Monday 09:00 in Berlin is 08:00Z, three days later.
        Assert.Equal(
        [
            (0, "step 1 of 2 waits: outside the hours in which the share may rise until 2027-01-18 09:00 Europe/Berlin"),
            (4320, "step 1 of 2: set the share to 10%, hold it for at least 10m"),
            (4330, "step 2 of 2: once 'sre lead' (2 approvals as sre) passes, set the share to 100%, hold it for at least 10m"),
            (4340, "bake for at least 10m"),
            (4350, "succeed (after 5d without that: roll back)"),
        ], timeline.Select(entry => ((int)entry.After.TotalMinutes, entry.Action)));
    }

    private static async Task DecideAsync(RolloutWorld world, string id, string person, ApprovalDecision decision = ApprovalDecision.Approved)
    {
        GateDefinition gate = await world.Service.ApprovalsAsync(id, CancellationToken.None);
        await new ApprovalService(world.Store, world.Context with { Actor = person }).RecordAsync(gate, new ApprovalRequest { Decision = decision, Reason = "so" }, CancellationToken.None);
    }
}
