using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>A canary by names before any share, on a real flag file.</summary>
public sealed class RolloutAllowListTests : IDisposable
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    private readonly string _folder = Directory.CreateTempSubdirectory("readyops-").FullName;

    private string Flags => Path.Combine(_folder, "flags.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Named_people_come_before_any_share_keep_the_release_and_a_rollback_takes_it_from_all()
    {
        (RolloutService service, ManualClock clock) = World("""{"allow":["alice"],"hold":"10m"},{"allow":["bob","carol"],"hold":"10m"},{"share":"10%","hold":"1h"}""");
        RolloutStatus status = await StartAsync(service);
        Assert.Equal((1, 0m, """{"if":[{"in":[{"var":"targetingKey"},["alice"]]},"on",{"fractional":[["on",0],["off",100000]]}]}"""), (status.Step, status.SharePercent, Targeting()));
        status = await RunAsync(service, clock, status.Id, 10);
        Assert.Equal((2, """{"if":[{"in":[{"var":"targetingKey"},["alice","bob","carol"]]},"on",{"fractional":[["on",0],["off",100000]]}]}"""), (status.Step, Targeting()));
        status = await RunAsync(service, clock, status.Id, 10);
        Assert.Equal((3, 10m, """{"if":[{"in":[{"var":"targetingKey"},["alice","bob","carol"]]},"on",{"fractional":[["on",10000],["off",90000]]}]}"""), (status.Step, status.SharePercent, Targeting()));

        status = await service.RollBackAsync(status.Id, "bad", CancellationToken.None);
        Assert.Equal("""{"fractional":[["on",0],["off",100000]]}""", Targeting());
        status = await RunAsync(service, clock, status.Id, 5);
        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
    }

    [Fact]
    public async Task A_rollback_while_only_named_people_have_it_takes_it_from_them()
    {
        (RolloutService service, ManualClock clock) = World("""{"allow":["alice"],"hold":"10m"},{"share":"10%","hold":"1h"}""");
        RolloutStatus status = await StartAsync(service);
        await service.RollBackAsync(status.Id, "bad", CancellationToken.None);
        Assert.Equal("""{"fractional":[["on",0],["off",100000]]}""", Targeting());
        Assert.Equal(RolloutPhase.RolledBack, (await RunAsync(service, clock, status.Id, 5)).Phase);
    }

    [Fact]
    public async Task A_list_that_was_changed_by_hand_is_drift_until_a_person_resumes()
    {
        (RolloutService service, ManualClock clock) = World("""{"allow":["alice"],"hold":"10m"},{"share":"10%","hold":"1h"}""");
        RolloutStatus status = await StartAsync(service);
        File.WriteAllText(Flags, File.ReadAllText(Flags).Replace("\"alice\"", "\"alice\", \"mallory\"", StringComparison.Ordinal));
        status = await RunAsync(service, clock, status.Id, 1);
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Contains("named: alice, mallory", status.Reason, StringComparison.Ordinal);
        status = await service.ResumeAsync(status.Id, "mallory must not have it", CancellationToken.None);
        Assert.Equal(RolloutPhase.Progressing, status.Phase);
        Assert.DoesNotContain("mallory", File.ReadAllText(Flags), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_was_taken_out_by_hand_is_not_named_again_when_a_rise_is_given_up()
    {
        (RolloutService service, ManualClock clock) = World("""{"allow":["alice"],"hold":"10m"},{"allow":["bob"],"hold":"10m"},{"share":"10%","hold":"1h"}""");
        RolloutStatus status = await StartAsync(service);
        (RolloutDefinition definition, RolloutState state) = await service.FoldAsync(status.Id, CancellationToken.None);
        DateTimeOffset now = clock.GetUtcNow();
        state = state.Apply(new ShareIntended(2, SharePurpose.Step, 2, 0, 0, false, null, ["alice", "bob"]), now);
        state = state.Apply(new RolloutPaused(PauseCause.Operator, "look at it"), now);

        RolloutDecision nobody = RolloutMachine.Decide(definition, state, new RolloutObservation { SharePercent = 0, Allowed = [] }, now);
        Assert.Null(nobody.Act);
        Assert.Contains(nobody.Events, happened => happened is DriftDetected);

        // Whom the rise had named already is taken out again.
        RolloutDecision more = RolloutMachine.Decide(definition, state, new RolloutObservation { SharePercent = 0, Allowed = ["alice", "carol"] }, now);
        Assert.Equal((SharePurpose.Restore, "alice"), (more.Act!.Purpose, Assert.Single(more.Act.Allow!)));
    }

    [Theory]
    [InlineData("""{"share":"10%"},{"allow":["alice"]}""", "before any share")]
    [InlineData("""{"allow":["alice"],"share":"10%"}""", "before any share")]
    [InlineData("""{"allow":[]}""", "names nobody new")]
    [InlineData("""{"allow":["alice"]},{"allow":["alice"]}""", "names nobody new")]
    [InlineData("""{"allow":[" "]}""", "a name is empty")]
    public void What_makes_no_sense_is_said(string steps, string problem)
    {
        var problems = new ProblemList("rollout.json");
        RolloutReader.Read(ObjectReader.For(RolloutWorld.Document($$"""{"allowNoSignals":true,"steps":[{{steps}}]}"""), problems), "x");
        Assert.Contains(problem, Assert.Throws<DocumentException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_cannot_name_people_is_refused_and_so_is_one_that_names_some_already()
    {
        (RolloutService service, _) = World("""{"allow":["alice"],"hold":"10m"}""", """{"type":"haproxy","address":"127.0.0.1:1","backend":"web","canary":"new","stable":"old"}""");
        Assert.Contains("cannot give the release to named people", (await Assert.ThrowsAsync<DocumentException>(async () => await StartAsync(service))).Message, StringComparison.Ordinal);

        (service, _) = World("""{"allow":["alice"],"hold":"10m"}""");
        await StartAsync(service);
        var elsewhere = new EngineContext { Clock = new ManualClock() };
        ReadyOpsException taken = await Assert.ThrowsAsync<ReadyOpsException>(async () => await StartAsync(new RolloutService(new MemoryJournalStore(elsewhere), elsewhere)));
        Assert.Equal("TargetNotAtRest", taken.Id);
    }

    private string _document = "";

    private (RolloutService Service, ManualClock Clock) World(string steps, string? target = null)
    {
        File.WriteAllText(Flags, """{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}""");
        target ??= $$"""{"type":"flag","path":{{JsonSerializer.Serialize(Flags)}},"flag":"f"}""";
        _document = $$"""{"allowNoSignals":true,"tick":"15s","target":{{target}},"steps":[{{steps}}]}""";
        var clock = new ManualClock();
        var context = new EngineContext { Clock = clock, Actor = "alice" };
        return (new RolloutService(new MemoryJournalStore(context), context), clock);
    }

    private ValueTask<RolloutStatus> StartAsync(RolloutService service) =>
        service.StartAsync(RolloutWorld.Document(_document), new RolloutStart { Release = "2.4.0" }, CancellationToken.None);

    private static async Task<RolloutStatus> RunAsync(RolloutService service, ManualClock clock, string id, int minutes)
    {
        RolloutStatus status = await service.GetAsync(id, CancellationToken.None);
        for (int tick = 0; tick < minutes * 4 && !status.Ended; tick++)
        {
            clock.Advance(Pace);
            status = await service.TickAsync(id, CancellationToken.None);
        }

        return status;
    }

    private string Targeting() =>
        JsonSerializer.Serialize(JsonDocument.Parse(File.ReadAllText(Flags)).RootElement.GetProperty("flags").GetProperty("f").GetProperty("targeting"));
}
