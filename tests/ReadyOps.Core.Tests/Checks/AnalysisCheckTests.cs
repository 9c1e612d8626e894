using ReadyOps.Core.Checks;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Core.Tests.Signals;

namespace ReadyOps.Core.Tests.Checks;

/// <summary>Scores worked out by hand: two groups of 60 and 40 per cent.</summary>
public sealed class AnalysisCheckTests
{
    private static readonly CheckDefaults Defaults = new() { Prometheus = HttpEndpoint.For("http://prometheus.test:9090") };

    [Fact]
    public async Task Where_everything_passes_it_is_a_hundred_and_holds_every_metric()
    {
        Evidence evidence = await RunAsync(Two, _ => 1);
        Assert.Equal((Verdict.Pass, 100.0, ">= 95"), (evidence.Verdict, evidence.Value, evidence.Bound!.Text));
        Assert.Equal(["a", "b", "c", "d"], evidence.Parts.Select(part => part.Check));
        Assert.NotNull(evidence.Parts[3].Comparison);
        Assert.Contains("errors: 100 of 100 points, 60% of the score", evidence.Details);
    }

    [Theory]
    // b fails: errors have 1 of 1 + 2 points by weight, so 20 of 60, and with the 40 of latency 60.
    [InlineData("b", 9, Verdict.Fail, 60, "60 of 100 points, and at best 60")]
    // c fails: latency has 1 of 2, so 20 of 40, and the score is 80: between 75 and 95.
    [InlineData("c", 9, Verdict.Inconclusive, 80, "Marginal: 80 of 100 points")]
    // c has no data: as many points, but it may still make 100.
    [InlineData("c", double.NaN, Verdict.Inconclusive, 80, "'c' is NoData")]
    public async Task A_metric_that_does_not_pass_costs_its_part(string metric, double value, Verdict verdict, double score, string reason)
    {
        Evidence evidence = await RunAsync(Two, query => query == metric ? value : 1);
        Assert.Equal((verdict, score), (evidence.Verdict, evidence.Value));
        Assert.Contains(reason, evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_thresholds_are_those_of_the_document_and_are_reached_by_what_equals_them()
    {
        Assert.Equal(Verdict.Pass, (await RunAsync(Two + """, "passScore": 80, "marginalScore": 50 """, query => query == "c" ? 9 : 1)).Verdict);
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(Two + """, "passScore": 75, "marginalScore": 60 """, query => query == "b" ? 9 : 1)).Verdict);
    }

    [Fact]
    public async Task No_data_where_there_must_be_some_counts_as_a_failure_and_a_critical_one_fails_everything()
    {
        string must = Two.Replace("\"a\",", "\"a\", \"critical\": true,", StringComparison.Ordinal) + """, "mustHaveData": ["a"] """;
        Evidence missing = await RunAsync(must, query => query == "a" ? double.NaN : 1);
        Assert.Equal(Verdict.Fail, missing.Verdict);
        Assert.Contains("The critical metric 'a' failed", missing.Reason, StringComparison.Ordinal);
        Assert.Equal(Verdict.NoData, missing.Parts[0].Verdict);
        Assert.Equal(Verdict.Inconclusive, (await RunAsync(must.Replace("mustHaveData\": [\"a\"]", "mustHaveData\": [\"b\"]", StringComparison.Ordinal), query => query == "a" ? double.NaN : 1)).Verdict);
    }

    [Fact]
    public async Task Nothing_that_was_not_measured_is_ever_a_hundred()
    {
        Evidence none = await RunAsync(Two, _ => double.NaN);
        Assert.Equal((Verdict.NoData, 0.0), (none.Verdict, none.Value));

        var down = new StubHandler(_ => StubHandler.Text("""{"status":"error","errorType":"bad_data","error":"no"}""", 400));
        Evidence error = await CheckTesting.RunAsync(Check(Two), context: down.Context(new ManualClock()), defaults: Defaults);
        Assert.Equal((Verdict.Error, 0.0), (error.Verdict, error.Value));
        Assert.All(error.Parts, part => Assert.Equal(Verdict.Error, part.Verdict));
    }

    [Fact]
    public async Task As_a_signal_marginal_is_undecided_and_never_good()
    {
        var source = new CheckSignalSource(CheckTesting.Read(Check(Two), defaults: Defaults), Context(query => query == "c" ? 9 : 1));
        DateTimeOffset now = new ManualClock().GetUtcNow();
        SignalBatch batch = await source.CollectAsync(new SignalSpan(now.AddSeconds(-15), now, now.AddHours(-1), now.AddHours(-1)), null, TestContext.Current.CancellationToken);
        Assert.True(Assert.Single(batch.Samples).Undecided);
        Assert.Contains("Marginal: 80 of 100 points", batch.Says, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(""" "groups": [] """, "there is nothing to score")]
    [InlineData(""" "groups": [{"name": "g", "metrics": []}] """, "a group without metrics")]
    [InlineData(""" "groups": [{"name": "g", "metrics": [{"name": "a", "type": "prometheus", "query": "a", "bound": "< 2"}, {"name": "a", "type": "prometheus", "query": "b", "bound": "< 2"}]}] """, "2 metrics are named 'a'")]
    [InlineData(""" "groups": [{"name": "g", "weight": 120, "metrics": [{"name": "a", "type": "prometheus", "query": "a", "bound": "< 2"}]}] """, "/groups/0/weight: this is '120'")]
    [InlineData(""" "groups": [{"name": "g", "metrics": [{"name": "a", "weight": 0, "type": "prometheus", "query": "a", "bound": "< 2"}]}] """, "The metric 'a' has the weight 0")]
    [InlineData(Two + """, "passScore": 50 """, "do not fit together")]
    [InlineData(Two + """, "mustHaveData": ["z"] """, "there is no metric 'z'")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems(Check(members.Replace("\"type\": \"prometheus\",", "\"type\": \"prometheus\", \"url\": \"http://p\",", StringComparison.Ordinal)
            .Replace("\"type\": \"compare\",", "\"type\": \"compare\", \"url\": \"http://p\",", StringComparison.Ordinal))), told => told.Contains(problem, StringComparison.Ordinal));

    private const string Two = """
        "groups": [
          {"name": "errors", "weight": 60, "metrics": [
            {"name": "a", "type": "prometheus", "query": "a", "bound": "< 2"},
            {"name": "b", "weight": 2, "type": "prometheus", "query": "b", "bound": "< 2"}]},
          {"name": "latency", "metrics": [
            {"name": "c", "type": "prometheus", "query": "c", "bound": "< 2"},
            {"name": "d", "type": "compare", "canary": {"query": "d"}, "baseline": {"query": "other"}}]}]
        """;

    private static string Check(string members) => $$"""{"name": "canary", "type": "analysis", {{members}}}""";

    private static EngineContext Context(Func<string, double> value)
    {
        var prometheus = new FakePrometheus((query, _) => value(query) is var now && double.IsNaN(now) ? [] : [("", now)]);
        return new StubHandler(prometheus.Answer).Context(new ManualClock());
    }

    private static Task<Evidence> RunAsync(string members, Func<string, double> value) => CheckTesting.RunAsync(Check(members), context: Context(value), defaults: Defaults);
}
