using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>What a person may tell a rollout, in every phase.</summary>
public sealed class RolloutOperatorTests
{
    internal const string Custom = """
        {"tick": "15s", "steps": [{"share":"10%","hold":"10m"},{"share":"50%","hold":"10m"},{"share":"100%","hold":"10m"}], "bake": "10m",
         "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}]}
        """;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    /// <summary>Phase, command, and the phase or the id of the refusal that must come of it. Worked out by hand from what each command is for.</summary>
    public static TheoryData<string, string, string> Table
    {
        get
        {
            var table = new TheoryData<string, string, string>();
            foreach (string line in """
                phase       suspend      resume       rollback    promote          force            full         fullForce        retry
                Pending     Paused       Pending      RollingBack PromotionRefused PromotionRefused ForceMissing PromotionRefused RetryRefused
                Progressing Paused       Progressing  RollingBack Progressing      Progressing      ForceMissing Progressing      RetryRefused
                Paused      Paused       Progressing  RollingBack PromotionRefused Progressing      ForceMissing Progressing      RetryRefused
                Baking      Paused       Baking       RollingBack PromotionRefused PromotionRefused ForceMissing PromotionRefused RetryRefused
                RollingBack RolloutEnded RolloutEnded RollingBack RolloutEnded     RolloutEnded     ForceMissing RolloutEnded     RetryRefused
                Succeeded   RolloutEnded RolloutEnded RollingBack RolloutEnded     RolloutEnded     ForceMissing RolloutEnded     RetryRefused
                RolledBack  RolloutEnded RolloutEnded RollingBack RolloutEnded     RolloutEnded     ForceMissing RolloutEnded     Progressing
                Failed      RolloutEnded RolloutEnded RollingBack RolloutEnded     RolloutEnded     ForceMissing RolloutEnded     RetryRefused
                Superseded  RolloutEnded RolloutEnded TargetBusy  RolloutEnded     RolloutEnded     ForceMissing RolloutEnded     RetryRefused
                """.Split('\n').Skip(1))
            {
                string[] cells = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                string[] commands = ["suspend", "resume", "rollback", "promote", "force", "full", "fullForce", "retry"];
                for (int i = 0; i < commands.Length; i++) table.Add(cells[0], commands[i], cells[i + 1].Trim());
            }

            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Every_command_in_every_phase(string phase, string command, string expected)
    {
        var world = new RolloutWorld();
        string id = await ReachAsync(world, phase);
        int before = (await world.EventsAsync(id)).Count;
        string outcome;
        try
        {
            outcome = (await CommandAsync(world, id, command)).Phase.ToString();
        }
        catch (ReadyOpsException e)
        {
            outcome = e.Id;
            Assert.NotEmpty(e.NextStep);
        }

        Assert.Equal(expected, outcome);
        // What was refused for the phase alone leaves no trace.
        if (expected is "RolloutEnded" or "ForceMissing" or "RetryRefused" or "TargetBusy") Assert.Equal(before, (await world.EventsAsync(id)).Count);
    }

    [Fact]
    public async Task Promoting_one_step_waives_the_rest_of_the_hold_and_says_so()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));

        status = await world.Service.PromoteAsync(status.Id, full: false, force: false, "support is on site", CancellationToken.None);

        Assert.Equal((2, 50m), (status.Step, status.SharePercent));
        StepPromoted promoted = Assert.Single(await world.EventsAsync<StepPromoted>(status.Id));
        Assert.Equal((1, 2, "support is on site"), (promoted.From, promoted.To, promoted.Reason));
        Assert.Equal(["8m of the hold of step 1"], promoted.Overridden);
        IReadOnlyList<JournalLine> lines = await world.Store.ReadAsync(RolloutService.Prefix + status.Id, CancellationToken.None);
        Assert.Equal("alice", lines.Single(line => line.Type == nameof(PromotionRequested)).Actor);
        Assert.False((await world.EventsAsync<ShareIntended>(status.Id))[^1].Forced);
    }

    [Fact]
    public async Task A_signal_without_a_pass_is_skipped_only_with_force_and_the_journal_says_which()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        world.Clock.Advance(Pace);

        // One sample of the three that a pass needs.
        ReadyOpsException refusal = await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.PromoteAsync(status.Id, false, false, "now", CancellationToken.None));
        Assert.Equal("PromotionRefused", refusal.Id);
        Assert.Contains("error-rate says Inconclusive", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([10m], world.Target.History);
        Assert.Null((await world.EventsAsync(status.Id)).Select(e => e.Event).OfType<StepPromoted>().SingleOrDefault());

        status = await world.Service.PromoteAsync(status.Id, false, true, "now", CancellationToken.None);
        Assert.Equal((2, 50m), (status.Step, status.SharePercent));
        Assert.Contains(Assert.Single(await world.EventsAsync<StepPromoted>(status.Id)).Overridden, text => text.StartsWith("error-rate says Inconclusive", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_forced_up_past_a_failing_signal_is_taken_back_by_it_all_the_same()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        DateTimeOffset fault = world.Now;
        world.Value = (_, time) => time > fault && world.Target.Share > 0 ? 0.5 : 0;
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(1));
        status = await world.Service.PromoteAsync(status.Id, full: true, force: true, "they insist", CancellationToken.None);
        Assert.Equal((3, 100m), (status.Step, status.SharePercent));

        // Bad from the first sample after the fault, 15 s; two minutes of it are over at 2 min 15 s.
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(5), s => s.Phase == RolloutPhase.RollingBack);
        Assert.Equal(fault + TimeSpan.FromSeconds(135), Assert.Single(await world.EventsAsync<RollbackStarted>(status.Id)).Breach!.At);
        Assert.Equal([10m, 100m, 0m], world.Target.History);
        Assert.Equal("step 2", Assert.Single(await world.EventsAsync<StepPromoted>(status.Id)).Overridden[1]);
    }

    [Fact]
    public async Task A_promotion_asked_for_by_a_process_that_died_is_answered_by_the_next_tick()
    {
        var kill = new KillSwitch(int.MaxValue);
        var world = new RolloutWorld(kill);
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
        kill.Arm(1);
        await Assert.ThrowsAsync<KilledException>(async () => await world.Service.PromoteAsync(status.Id, false, false, "now", CancellationToken.None));
        kill.Revive();

        status = await world.NewProcess().TickAsync(status.Id, CancellationToken.None);
        Assert.Equal((2, 50m), (status.Step, status.SharePercent));
        Assert.Equal([10m, 50m], world.Target.History);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pause_after_a_promotion_that_nobody_lived_to_do_is_the_last_word(bool wasPaused)
    {
        var kill = new KillSwitch(int.MaxValue);
        var world = new RolloutWorld(kill);
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
        if (wasPaused) await world.Service.SuspendAsync(status.Id, "look", CancellationToken.None);
        kill.Arm(1);
        await Assert.ThrowsAsync<KilledException>(async () => await world.Service.PromoteAsync(status.Id, true, true, "now", CancellationToken.None));
        kill.Revive();

        status = await world.NewProcess().SuspendAsync(status.Id, "stop, it looks odd", CancellationToken.None);
        Assert.Equal((RolloutPhase.Paused, 1, 10m, "stop, it looks odd"), (status.Phase, status.Step, status.SharePercent, status.Reason));
        status = await world.NewProcess().ResumeAsync(status.Id, "it was nothing", CancellationToken.None);
        Assert.Equal((RolloutPhase.Progressing, 1, 10m), (status.Phase, status.Step, status.SharePercent));
        Assert.Equal([10m], world.Target.History);
    }

    [Fact]
    public async Task Killed_anywhere_in_a_promotion_it_ends_at_the_next_step_or_nowhere()
    {
        for (int operation = 0; operation < 8; operation++)
        {
            var kill = new KillSwitch(int.MaxValue);
            var world = new RolloutWorld(kill);
            RolloutStatus status = await world.StartAsync(Custom);
            await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
            kill.Arm(operation);
            try
            {
                await world.Service.PromoteAsync(status.Id, true, true, "now", CancellationToken.None);
            }
            catch (KilledException)
            {
                kill.Revive();
            }

            kill.Revive();
            status = await world.NewProcess().TickAsync(status.Id, CancellationToken.None);
            // Before the request is on the disk nothing was asked for; after it the share goes where it was asked to, once.
            Assert.Equal(operation == 0 ? (1, 10m) : (3, 100m), (status.Step, status.SharePercent));
            Assert.Equal(operation == 0 ? [10m] : [10m, 100m], world.Target.History.Distinct());
        }
    }

    [Fact]
    public async Task A_promotion_meets_drift_an_unreadable_target_and_a_rollback_by_name()
    {
        var world = new RolloutWorld();
        RolloutStatus status = await world.StartAsync(Custom);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(2));
        async Task<string> RefusalAsync() =>
            (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.PromoteAsync(status.Id, false, true, "now", CancellationToken.None))).Message;

        world.Target.ReadError = "timeout";
        Assert.Contains("the target cannot be read: timeout", await RefusalAsync(), StringComparison.Ordinal);
        world.Target.ReadError = null;
        world.Target.Share = 30;
        Assert.Contains("exposes another share", await RefusalAsync(), StringComparison.Ordinal);
        world.Target.Share = 10;
        await world.Service.ResumeAsync(status.Id, null, CancellationToken.None);
        DateTimeOffset fault = world.Now;
        world.Value = (_, time) => time > fault ? 0.5 : 0;
        world.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Contains("RollingBack", await RefusalAsync(), StringComparison.Ordinal);
        Assert.Equal([10m, 0m], world.Target.History);
    }

    [Fact]
    public async Task A_retry_is_a_rollout_of_its_own_of_the_same_document_and_says_of_which()
    {
        var world = new RolloutWorld();
        string old = await ReachAsync(world, "RolledBack");
        RolloutStatus status = await world.Service.RetryAsync(old, new RolloutStart { Reason = "index was missing" }, CancellationToken.None);

        Assert.NotEqual(old, status.Id);
        Assert.Equal((old, "2.4.0", RolloutPhase.Progressing, 10m), (status.RetryOf, status.Release, status.Phase, status.SharePercent));
        RolloutStarted[] both = [(await world.EventsAsync<RolloutStarted>(old)).Single(), (await world.EventsAsync<RolloutStarted>(status.Id)).Single()];
        Assert.Equal(both[0].Document.GetRawText(), both[1].Document.GetRawText());
        Assert.Equal((both[0].Digest, "index was missing", "alice"), (both[1].Digest, both[1].Reason, both[1].By));
        status = await world.RunAsync(status.Id, Pace, TimeSpan.FromHours(1));
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.Equal("TargetBusy", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.RollBackAsync(old, "x", CancellationToken.None))).Id);
    }

    [Fact]
    public async Task A_rollout_that_went_through_a_gate_is_tried_again_through_a_gate()
    {
        var world = new RolloutWorld();
        var gate = new GateResult { Gate = "prod", Status = GateStatus.Passed, Release = "2.4.0" };
        RolloutStatus status = await world.StartAsync(Custom, new RolloutStart { Release = "2.4.0", Gates = [gate] });
        await world.Service.RollBackAsync(status.Id, "bad", CancellationToken.None);
        await world.RunAsync(status.Id, Pace, TimeSpan.FromMinutes(20));

        Assert.Equal("GateMissing", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.RetryAsync(status.Id, new RolloutStart(), CancellationToken.None))).Id);
        Assert.Equal("GateForOtherRelease", (await Assert.ThrowsAsync<ReadyOpsException>(async () =>
            await world.Service.RetryAsync(status.Id, new RolloutStart { Gates = [gate with { Release = "2.5.0" }] }, CancellationToken.None))).Id);
        Assert.Equal(RolloutPhase.Progressing, (await world.Service.RetryAsync(status.Id, new RolloutStart { Gates = [gate] }, CancellationToken.None)).Phase);
    }

    /// <summary>Starts a rollout and brings it into a phase.</summary>
    internal static async Task<string> ReachAsync(RolloutWorld world, string phase)
    {
        if (phase == "Pending") world.Target.SetError = "refused";
        string id = (await world.StartAsync(Custom)).Id;
        TimeSpan awhile = TimeSpan.FromMinutes(phase is "Baking" or "Succeeded" ? 32 : 2);
        await world.RunAsync(id, Pace, awhile);
        if (phase is "Succeeded") await world.RunAsync(id, Pace, TimeSpan.FromHours(1));
        if (phase is "Paused") await world.Service.SuspendAsync(id, "look", CancellationToken.None);
        if (phase is "Failed") world.Value = (_, _) => 0.5;
        if (phase is "RollingBack" or "RolledBack" or "Failed") await world.Service.RollBackAsync(id, "bad", CancellationToken.None);
        if (phase is "RolledBack" or "Failed") await world.RunAsync(id, Pace, TimeSpan.FromHours(1));
        if (phase is "Superseded") await world.StartAsync(Custom, new RolloutStart { Release = "2.5.0" });
        Assert.Equal(phase, (await world.Service.GetAsync(id, CancellationToken.None)).Phase.ToString());
        world.Clock.Advance(Pace);
        return id;
    }

    [Fact]
    public async Task Who_raises_says_why_and_who_stops_need_not()
    {
        var world = new RolloutWorld();
        string id = (await world.StartAsync(Custom)).Id;
        Assert.Equal("ReasonMissing", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.PromoteAsync(id, false, true, " ", CancellationToken.None))).Id);
        Assert.Equal("alice gave no reason.", (await world.Service.SuspendAsync(id, " ", CancellationToken.None)).Reason);
        await world.Service.RollBackAsync(id, "", CancellationToken.None);
        Assert.Equal("alice gave no reason.", Assert.Single(await world.EventsAsync<RollbackRequested>(id)).Reason);
        Assert.Equal("ReasonMissing", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.Service.RetryAsync(id, new RolloutStart { Reason = "" }, CancellationToken.None))).Id);
    }

    private static async Task<RolloutStatus> CommandAsync(RolloutWorld world, string id, string command) => command switch
    {
        "suspend" => await world.Service.SuspendAsync(id, "why", CancellationToken.None),
        "resume" => await world.Service.ResumeAsync(id, "why", CancellationToken.None),
        "rollback" => await world.Service.RollBackAsync(id, "why", CancellationToken.None),
        "retry" => await world.Service.RetryAsync(id, new RolloutStart { Reason = "why" }, CancellationToken.None),
        _ => await world.Service.PromoteAsync(id, full: command.StartsWith("full", StringComparison.Ordinal), force: command is "force" or "fullForce", "why", CancellationToken.None),
    };
}
