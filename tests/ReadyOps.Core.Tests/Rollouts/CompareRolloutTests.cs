using ReadyOps.Core.Documents;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Signals.Comparisons;
using ReadyOps.Core.Tests.Signals.Comparisons;

namespace ReadyOps.Core.Tests.Rollouts;

/// <summary>Rollouts that are watched by a comparison: what the machine makes of it.</summary>
public sealed class CompareRolloutTests
{
    private const string Sides = """ "canary": {"events": "e", "total": "t"}, "baseline": {"events": "e", "total": "t"} """;
    private const string Document = """
        {"tick":"1m","steps":[{"share":"0%","hold":"10m"},{"share":"10%","hold":"2h"},{"share":"100%","hold":"30m"}],"bake":"30m",
         "target":{"type":"flag","path":"flags.json","flag":"f"},
         "signals":[{"name":"latency","query":"up","bound":"<= 1"},
                    {"name":"errors","type":"compare",
        """ + Sides + "}]}";

    [Fact]
    public async Task A_healthy_release_goes_all_the_way_and_is_compared_only_while_both_sides_have_traffic()
    {
        var asked = new List<DateTimeOffset>();
        RolloutWorld world = World(time =>
        {
            asked.Add(time);
            return 1;
        });
        DateTimeOffset start = world.Now;
        string id = (await world.StartAsync(Document)).Id;
        RolloutStatus status = await world.RunAsync(id, TimeSpan.FromMinutes(1), TimeSpan.FromHours(5));
        Assert.Equal(RolloutPhase.Succeeded, status.Phase);
        Assert.All(asked, time => Assert.InRange(time, start.AddMinutes(11), start.AddMinutes(10 + 120 + 2)));
        Assert.Equal(Verdict.Skipped, Assert.Single(status.Signals, signal => signal.Signal == "errors").Verdict);
    }

    [Fact]
    public async Task A_release_with_twice_the_errors_is_taken_back_and_told_by_what()
    {
        RolloutWorld world = World(_ => 2);
        string id = (await world.StartAsync(Document)).Id;
        RolloutStatus status = await world.RunAsync(id, TimeSpan.FromMinutes(1), TimeSpan.FromHours(5));
        Assert.Equal(RolloutPhase.RolledBack, status.Phase);
        RollbackStarted rollback = Assert.Single(await world.EventsAsync<RollbackStarted>(id));
        Assert.Equal(("errors", RollbackCause.Breach), (rollback.Signal, rollback.Cause));
        Assert.Contains("errors failed once", rollback.Reason, StringComparison.Ordinal);
        Assert.Contains("always-valid p =", rollback.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_breached_at_the_same_look_whatever_the_pace_and_however_often_the_process_dies()
    {
        var breaches = new List<SignalBreach>();
        foreach (int pace in new[] { 1, 3, 7 })
        {
            RolloutWorld world = World(_ => 2);
            string id = (await world.StartAsync(Document)).Id;
            RolloutStatus status = await world.Service.GetAsync(id, CancellationToken.None);
            for (int minute = pace; !status.Ended && minute < 300; minute += pace)
            {
                // Steps begin with a tick, so that they begin at the same time for all.
                TimeSpan by = minute - pace < 10 && minute > 10 ? TimeSpan.FromMinutes(10 - (minute - pace)) : TimeSpan.FromMinutes(pace);
                world.Clock.Advance(by);
                minute += (int)by.TotalMinutes - pace;
                status = await world.NewProcess().TickAsync(id, CancellationToken.None);
            }

            breaches.Add(Assert.Single(await world.EventsAsync<RollbackStarted>(id)).Breach!);
        }

        Assert.Single(breaches.Distinct());
    }

    [Fact]
    public async Task An_outage_of_Prometheus_pauses_and_takes_nothing_back()
    {
        RolloutWorld world = World(_ => 2, out LookWorld looks);
        looks.Error = "Prometheus is down";
        string id = (await world.StartAsync(Document)).Id;
        RolloutStatus status = await world.RunAsync(id, TimeSpan.FromMinutes(1), TimeSpan.FromHours(5));
        Assert.Equal(RolloutPhase.Paused, status.Phase);
        Assert.Empty(await world.EventsAsync<RollbackStarted>(id));
        Assert.Equal(10, status.SharePercent);
    }

    [Fact]
    public async Task Without_data_of_the_canary_it_never_goes_on()
    {
        RolloutWorld world = World(_ => double.NaN);
        string id = (await world.StartAsync(Document)).Id;
        RolloutStatus status = await world.RunAsync(id, TimeSpan.FromMinutes(1), TimeSpan.FromHours(5));
        Assert.Equal((RolloutPhase.Paused, 10m), (status.Phase, status.SharePercent));
        Assert.Contains("of the canary there is nothing", status.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "for": "5m" """, "a signal of type 'compare' has no 'for'")]
    [InlineData(""" "alpha": "60%" """, "so many false alarms cannot be meant")]
    public void A_document_that_says_nonsense_is_refused(string member, string problem) =>
        Refuses(Document.Replace("\"type\":\"compare\",", "\"type\":\"compare\"," + member + ",", StringComparison.Ordinal), problem);

    [Fact]
    public void Comparisons_alone_would_leave_the_last_step_unwatched() =>
        Refuses(Document.Replace("""{"name":"latency","query":"up","bound":"<= 1"},""", "", StringComparison.Ordinal), "nobody would watch it");

    [Fact]
    public void Comparisons_that_name_no_alpha_share_one()
    {
        string two = Document.Replace("\"signals\":[", "\"prometheus\":\"http://p\",\"signals\":[{\"name\":\"slow\",\"type\":\"compare\"," + Sides + "},{\"name\":\"own\",\"type\":\"compare\",\"alpha\":\"1%\"," + Sides + "},", StringComparison.Ordinal);
        var problems = new ProblemList("r.yaml");
        RolloutPlan plan = RolloutPlan.Read(ObjectReader.For(RolloutWorld.Document(two), problems), "checkout", new EngineContext());
        problems.ThrowIfAny();
        Assert.Equal([0.01, 0.01, 0.01], new[] { "errors", "slow", "own" }.Select(name => Math.Round(1 - ((CompareSignalSource)plan.Parts.Sources[name]).Rule.Options.Confidence, 12)));
    }

    private static void Refuses(string json, string problem)
    {
        var problems = new ProblemList("r.yaml");
        RolloutPlan.Read(ObjectReader.For(RolloutWorld.Document(json.Replace("\"tick\"", "\"prometheus\":\"http://p\",\"tick\"", StringComparison.Ordinal)), problems), "checkout", new EngineContext());
        Assert.Contains(Assert.Throws<DocumentException>(problems.ThrowIfAny).Problems, told => told.Message.Contains(problem, StringComparison.Ordinal));
    }

    private static RolloutWorld World(Func<DateTimeOffset, double> ratio) => World(ratio, out _);

    /// <summary>The canary has the given multiple of the errors at each moment; NaN for no data of it.</summary>
    private static RolloutWorld World(Func<DateTimeOffset, double> ratio, out LookWorld looks)
    {
        LookWorld feed = new(index => ratio(LookWorld.Time(index)) is var times && double.IsNaN(times)
            ? new CompareLook(default) { Missing = "of the canary there is nothing" } : LookWorld.Counts(1, index, times, traffic: 5000));
        looks = feed;
        return new RolloutWorld { SourceOf = signal => signal.Type == "compare" ? new CompareSignalSource(feed, LookWorld.Rule()) : null };
    }
}
