using ReadyOps.Core.Checks;
using ReadyOps.Core.Http;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Core.Tests.Signals.Slos;

namespace ReadyOps.Core.Tests.Checks;

public sealed class SloCheckTests
{
    private const string Events = """ "objective": "99.9%", "errors": "errors", "total": "total" """;
    private static readonly CheckDefaults Defaults = new() { Prometheus = HttpEndpoint.For("http://prometheus.test:9090") };

    [Fact]
    public async Task What_decided_is_the_value_with_its_bound_and_margin()
    {
        Evidence evidence = await RunAsync(new SloTraffic { Total = _ => 1000, Bad = _ => 20 }, Events);
        Assert.Equal((Verdict.Fail, 20.0, "<= 14.4"), (evidence.Verdict, evidence.Value, evidence.Bound!.Text));
        Assert.Equal(-5.6, evidence.Margin!.Value, 1e-9);
        Assert.Contains("n = 60,000, 1,200 bad", evidence.Reason, StringComparison.Ordinal);
        // The other three pairs and the budget.
        Assert.Equal(4, evidence.Details.Count);
    }

    [Fact]
    public async Task Where_all_of_it_passes_the_value_is_what_is_left_of_the_budget()
    {
        Evidence evidence = await RunAsync(new SloTraffic { Total = _ => 1000, Bad = _ => 0.5 }, Events + """, "minimumBudget": "20%" """);
        Assert.Equal((Verdict.Pass, 0.5, ">= 20%", Unit.Ratio), (evidence.Verdict, evidence.Value, evidence.Bound!.Text, evidence.Unit));
        Assert.Equal(0.3, evidence.Margin!.Value, 1e-9);
        Assert.StartsWith("50% of the error budget of 99.9% over 30d (n = 43,200,000, 21,600 bad) is left, and 20% must be. At the burn rate of the last 1h it lasts 30d.", evidence.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pairs_of_its_own_replace_the_usual_ones()
    {
        const string Own = Events + """, "burnRates": [{"long": "2h", "short": "10m", "budget": "1%"}, {"long": "1d", "short": "1h", "factor": 2, "severity": "ticket"}], "severity": "page" """;
        Evidence evidence = await RunAsync(new SloTraffic { Total = _ => 1000, Bad = minute => minute < 1440 ? 2.5 : 0 }, Own);
        // 1 % × 720 h ÷ 2 h = 3.6; the ticket at 2.5 times is only told.
        Assert.Equal(Verdict.Pass, evidence.Verdict);
        Assert.Contains(evidence.Details, detail => detail.Contains("within 3.6×", StringComparison.Ordinal));
        Assert.Contains(evidence.Details, detail => detail.StartsWith("Only reported: Fail:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rollout_that_follows_it_is_not_taken_back_for_what_was_before_its_step()
    {
        var traffic = new SloTraffic { Total = _ => 1000, Bad = minute => minute is >= 30 and < 60 ? 1000 : 0 };
        var source = new CheckSignalSource(CheckTesting.Read($$"""{"name": "api", "type": "slo", {{Events}}}""", defaults: Defaults), traffic.Handler().Context(new ManualClock()));
        DateTimeOffset step = SloTraffic.Now - TimeSpan.FromMinutes(20);
        SignalBatch batch = await source.CollectAsync(new SignalSpan(SloTraffic.Now - TimeSpan.FromSeconds(15), SloTraffic.Now, step, step), null, TestContext.Current.CancellationToken);
        Assert.Equal(1, Assert.Single(batch.Samples).Value);
    }

    [Theory]
    [InlineData(""" "objective": "99.9%", "total": "t" """, "it takes one way to tell bad events")]
    [InlineData(""" "objective": "99.9%", "errors": "e", "good": "g", "total": "t" """, "/good: it takes one way to tell bad events")]
    [InlineData(""" "objective": "99.9%", "errors": "e" """, "'total' is missing")]
    [InlineData(""" "objective": "99.9%", "errors": "rate(e[5m])", "total": "t" """, "/errors: this is neither a counter nor a query with ${window}")]
    [InlineData(""" "objective": "99.9%", "histogram": "h" """, "'threshold' is missing")]
    [InlineData(""" "objective": "100%", "errors": "e", "total": "t" """, "/objective: 100% leaves no budget")]
    [InlineData(""" "errors": "e", "total": "t" """, "'objective' is missing")]
    [InlineData(""" "objective": "99.9%", "errors": "e", "total": "t", "period": "0s" """, "/period: 0s is no period")]
    [InlineData(""" "objective": "99.9%", "errors": "e", "total": "t", "noData": "pass" """, "/noData: this is 'pass'")]
    [InlineData(""" "objective": "99.9%", "errors": "e", "total": "t", "burnRates": [{"long": "1h", "short": "2h", "factor": 2}] """, "/burnRates: the pair of 1h and 2h has no short window")]
    [InlineData(""" "objective": "99.9%", "errors": "e", "total": "t", "burnRates": [{"long": "1h", "short": "5m"}] """, "this does not say one burn rate")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "slo", "type": "slo", "url": "http://p/", {{members}}}"""), told => told.Contains(problem, StringComparison.Ordinal));

    [Fact]
    public void A_document_without_a_server_is_refused() =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "slo", "type": "slo", {{Events}}}"""), told => told.Contains("no Prometheus server is named", StringComparison.Ordinal));

    private static Task<Evidence> RunAsync(SloTraffic traffic, string members) =>
        CheckTesting.RunAsync($$"""{"name": "api", "type": "slo", {{members}}}""", context: traffic.Handler().Context(new ManualClock()), defaults: Defaults);
}
