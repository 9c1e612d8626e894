using System.Text.Json;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Tests.Http;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Whoever is to be called is called at least once, and nothing waits for it.</summary>
public sealed class RolloutEscalationTests
{
    // Without metrics it pauses after 2 minutes and calls a person.
    private const string Calling = """
        {"tick": "15s", "steps": [{"share":"10%","hold":"10h"}], "policies": {"error":{"after":"2m"}},
         "signals": [{"name":"error-rate","query":"q","bound":"<= 1%","for":"2m"}],
         "escalation": {"webhook": {"url":"https://pager.example/hook","headers":{"X-Team":"checkout"}}} }
        """;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_person_is_called_once_with_a_key_and_what_it_is_about()
    {
        var handler = new StubHandler(_ => StubHandler.Text("ok"));
        (RolloutWorld world, string id) = await PauseAsync(handler);
        await world.RunAsync(id, Pace, TimeSpan.FromMinutes(10));

        StubRequest request = Assert.Single(handler.Requests);
        Assert.Equal(("POST", "https://pager.example/hook", "checkout", $"{id}#1"), (request.Method, request.Url.ToString(), request.Headers["X-Team"], request.Headers["Idempotency-Key"]));
        JsonElement body = JsonDocument.Parse(request.Body).RootElement;
        string reason = Assert.Single(await world.EventsAsync<RolloutEscalated>(id)).Reason;
        Assert.Equal((reason, "Paused", "2.4.0", "fake web/new", 10m, $"checkout 2.4.0: {reason}"), (body.GetProperty("reason").GetString(), body.GetProperty("phase").GetString(),
            body.GetProperty("release").GetString(), body.GetProperty("target").GetString(), body.GetProperty("sharePercent").GetDecimal(), body.GetProperty("text").GetString()));
        Assert.Equal([(1, "webhook", 1)], (await world.EventsAsync<EscalationSent>(id)).Select(e => (e.Number, e.Hook, e.Attempt)));
    }

    [Fact]
    public async Task What_is_not_taken_is_tried_again_later_each_time_and_given_up_at_last()
    {
        var handler = new StubHandler(_ => StubHandler.Text("no", 503));
        (RolloutWorld world, string id) = await PauseAsync(handler);
        DateTimeOffset first = (await world.EventsAsync(id)).Single(e => e.Event is EscalationNotSent).At;
        Assert.Equal(1, (await world.Service.GetAsync(id, CancellationToken.None)).EscalationsPending);
        RolloutStatus status = await world.RunAsync(id, Pace, TimeSpan.FromHours(5));

        EscalationNotSent[] failed = [.. await world.EventsAsync<EscalationNotSent>(id)];
        // 30 s, doubled up to half an hour: twelve tries, of which the last is the end.
        Assert.Equal([0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5, 121.5, 151.5, 181.5],
            (await world.EventsAsync(id)).Where(e => e.Event is EscalationNotSent).Select(e => (e.At - first).TotalMinutes));
        Assert.All(failed[..^1], e => Assert.NotNull(e.RetryAt));
        Assert.Null(failed[^1].RetryAt);
        Assert.Equal((12, "It answered 503.", 0), (failed[^1].Attempt, failed[^1].Error, status.EscalationsPending));
        Assert.Single(handler.Requests.Select(request => request.Headers["Idempotency-Key"]).Distinct());
    }

    [Fact]
    public async Task Who_died_before_writing_down_that_it_was_told_tells_it_again_with_the_same_key()
    {
        var handler = new StubHandler(_ => StubHandler.Text("ok"));
        var kill = new KillSwitch(int.MaxValue);
        (RolloutWorld world, string id) = await PauseAsync(handler, kill, until: TimeSpan.FromMinutes(1));
        for (int tick = 0; tick < 20 && !kill.Killed; tick++)
        {
            world.Clock.Advance(Pace);
            // Of the tick that pauses: read the target, append, send; then dead before that is appended. No tick before has a third operation.
            kill.Arm(2);
            try
            {
                await world.Service.TickAsync(id, CancellationToken.None);
            }
            catch (KilledException)
            {
            }
        }

        Assert.True(kill.Killed);
        kill.Revive();
        Assert.Single(handler.Requests);
        await world.RunAsync(id, Pace, TimeSpan.FromMinutes(1));
        Assert.Equal([$"{id}#1", $"{id}#1"], handler.Requests.Select(request => request.Headers["Idempotency-Key"]));
    }

    [Fact]
    public async Task A_clock_that_was_set_back_by_a_day_keeps_nobody_from_being_called_now()
    {
        bool down = true;
        var handler = new StubHandler(_ => down ? StubHandler.Text("no", 503) : StubHandler.Text("ok"));
        (RolloutWorld world, string id) = await PauseAsync(handler);
        world.Clock.Advance(TimeSpan.FromDays(-1));
        down = false;
        await world.RunAsync(id, Pace, TimeSpan.FromMinutes(1));

        // Both that it is paused, which was not taken before, and that the clock was set back.
        Assert.Equal([(1, 2), (2, 1)], (await world.EventsAsync<EscalationSent>(id)).Select(e => (e.Number, e.Attempt)));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_after_the_end_keeps_nobody_from_being_called()
    {
        bool down = true;
        var world = new RolloutWorld(http: Client(new StubHandler(_ => down ? StubHandler.Text("no", 503) : StubHandler.Text("ok"))));
        string id = (await world.StartAsync(Calling)).Id;
        world.Value = (_, _) => 0.5;
        // It never recovers, so the rollback cannot be verified.
        RolloutStatus status = await world.RunAsync(id, Pace, TimeSpan.FromHours(1));
        Assert.Equal((RolloutPhase.Failed, 1), (status.Phase, status.EscalationsPending));
        status = await world.NewProcess().TickAsync(id, CancellationToken.None);
        Assert.Single(await world.EventsAsync<EscalationNotSent>(id));

        world.Clock.Advance(TimeSpan.FromDays(-1));
        down = false;
        status = await world.NewProcess().TickAsync(id, CancellationToken.None);
        Assert.Equal(0, status.EscalationsPending);
        Assert.Single(await world.EventsAsync<EscalationSent>(id));
    }

    [Fact]
    public async Task Being_called_for_the_clock_keeps_nobody_from_being_called_for_a_rollback_that_is_stuck()
    {
        var world = new RolloutWorld();
        string id = (await world.StartAsync(Calling.Split(",\n \"escalation\"")[0] + "}")).Id;
        await world.RunAsync(id, Pace, TimeSpan.FromMinutes(1));
        world.Target.SetError = "refused";
        await world.Service.RollBackAsync(id, "bad", CancellationToken.None);
        await world.RunAsync(id, Pace, TimeSpan.FromMinutes(2));
        world.Clock.Advance(TimeSpan.FromMinutes(-10));
        await world.RunAsync(id, Pace, TimeSpan.FromMinutes(20));

        string[] reasons = [.. (await world.EventsAsync<RolloutEscalated>(id)).Select(escalated => escalated.Reason)];
        Assert.Equal(2, reasons.Length);
        Assert.StartsWith("The clock was set back by ", reasons[0], StringComparison.Ordinal);
        // 15 minutes after it began, by the clock that was set back.
        Assert.Equal("The rollback is not done after 15m: the share could not be set to 0%: refused. It goes on trying.", reasons[1]);
    }

    [Fact]
    public async Task What_a_journal_of_before_says_was_told_counts_as_told()
    {
        var line = new JournalEntry(nameof(RolloutEscalated), "readyops", JsonDocument.Parse("""{"reason":"it takes too long"}""").RootElement);
        var store = new MemoryJournalStore(new EngineContext());
        await using IJournalLease lease = (await store.TryAcquireAsync("rollouts/x", TimeSpan.Zero, CancellationToken.None))!;
        JournalLine written = (await lease.AppendAsync([line], CancellationToken.None))[0];
        Assert.True(Assert.IsType<RolloutEscalated>(RolloutEvents.Decode(written)).Stuck);
    }

    [Fact]
    public async Task A_rollback_is_done_before_anybody_is_told_and_the_end_is_told_after_the_end()
    {
        RolloutWorld? world = null;
        var shares = new List<decimal>();
        bool down = true;
        var handler = new StubHandler(_ =>
        {
            shares.Add(world!.Target.Share);
            return down ? throw new HttpRequestException("down") : StubHandler.Text("ok");
        });
        world = new RolloutWorld(http: Client(handler));
        string id = (await world.StartAsync(Calling)).Id;
        world.Value = (_, _) => 0.5;
        // It never recovers, so the rollback cannot be verified: a person is called, and the rollout has ended as Failed.
        RolloutStatus status = await world.RunAsync(id, Pace, TimeSpan.FromHours(1));
        Assert.Equal((RolloutPhase.Failed, 1), (status.Phase, status.EscalationsPending));
        Assert.All(shares, share => Assert.Equal(0, share));
        Assert.NotNull(status.NextTickAt);

        down = false;
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        RolloutService process = world.NewProcess();
        await foreach (RolloutTick _ in process.TickEachAsync(await process.ListActiveIdsAsync(CancellationToken.None), TimeSpan.MaxValue, CancellationToken.None)) { }
        status = await world.Service.GetAsync(id, CancellationToken.None);
        Assert.Equal((RolloutPhase.Failed, 0), (status.Phase, status.EscalationsPending));
        Assert.Null(status.NextTickAt);
        Assert.Equal(2, Assert.Single(await world.EventsAsync<EscalationSent>(id)).Attempt);
        Assert.True((await world.Store.VerifyAsync(RolloutService.Prefix + id, CancellationToken.None)).Valid);
    }

    [Fact]
    public async Task A_url_that_is_a_secret_is_in_no_journal()
    {
        Environment.SetEnvironmentVariable("READYOPS_TEST_HOOK", "https://chat.example/T0/B0/verysecret");
        var handler = new StubHandler(request => request.Url.Host == "chat.example" ? throw new HttpRequestException("Name or service not known (chat.example:443/T0/B0/verysecret)") : StubHandler.Text("ok"));
        var world = new RolloutWorld(http: Client(handler));
        string id = (await world.StartAsync(Calling.Replace("https://pager.example/hook", "env:READYOPS_TEST_HOOK", StringComparison.Ordinal))).Id;
        world.Outage = _ => "connection refused";
        await world.RunAsync(id, Pace, TimeSpan.FromMinutes(3));
        Assert.NotEmpty(handler.Requests);
        Assert.DoesNotContain("verysecret", string.Join('\n', (await world.Store.ReadAsync(RolloutService.Prefix + id, CancellationToken.None)).Select(line => line.Data.GetRawText())), StringComparison.Ordinal);
        Assert.Contains("could not be reached", (await world.EventsAsync<EscalationNotSent>(id))[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_runs_only_where_commands_may()
    {
        string document = Calling.Replace("\"webhook\": {\"url\":\"https://pager.example/hook\",\"headers\":{\"X-Team\":\"checkout\"}}", "\"script\": [\"./page.sh\"]", StringComparison.Ordinal);
        var world = new RolloutWorld();
        Assert.Equal("CommandNotAllowed", (await Assert.ThrowsAsync<ReadyOpsException>(async () => await world.StartAsync(document))).Id);
        Assert.Empty(world.Target.History);
    }

    [Theory]
    [InlineData("{}", "nobody would be told")]
    [InlineData("""{"script":[]}""", "names no program")]
    [InlineData("""{"webhook":{"url":"ftp://x"}}""", "neither http nor https")]
    [InlineData("""{"webhook":{"url":"https://x"},"timeout":"5m"}""", "the rollout waits for it")]
    [InlineData("""{"webhook":{"url":"https://x","headers":{"Authorization":"Bearer 1"}}}""", "written out")]
    public void What_makes_no_sense_is_said(string json, string problem)
    {
        var problems = new ProblemList("rollout.json");
        EscalationHooks.Read(ObjectReader.For(RolloutWorld.Document($$"""{"escalation":{{json}} }"""), problems).Object("escalation"));
        Assert.Contains(problem, Assert.Throws<DocumentException>(problems.ThrowIfAny).Message, StringComparison.Ordinal);
    }

    private static HttpClient Client(StubHandler handler) => new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>A rollout whose metrics fail from the beginning until it has paused.</summary>
    private static async Task<(RolloutWorld World, string Id)> PauseAsync(StubHandler handler, KillSwitch? kill = null, TimeSpan? until = null)
    {
        var world = new RolloutWorld(kill, http: Client(handler));
        string id = (await world.StartAsync(Calling)).Id;
        world.Outage = _ => "connection refused";
        await world.RunAsync(id, Pace, until ?? TimeSpan.FromMinutes(3), status => status.Phase == RolloutPhase.Paused);
        return (world, id);
    }
}
