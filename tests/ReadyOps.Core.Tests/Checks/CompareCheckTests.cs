using ReadyOps.Core.Checks;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Http;
using ReadyOps.Core.Tests.Http;
using ReadyOps.Core.Tests.Signals;

namespace ReadyOps.Core.Tests.Checks;

public sealed class CompareCheckTests
{
    private const string Events = """ "canary": {"events": "ce", "total": "ct"}, "baseline": {"events": "be", "total": "bt"} """;
    private const string Samples = """ "canary": {"query": "c"}, "baseline": {"query": "b"} """;
    private static readonly CheckDefaults Defaults = new() { Prometheus = HttpEndpoint.For("http://prometheus.test:9090") };

    [Fact]
    public async Task Counters_are_compared_over_the_window_by_Fishers_test()
    {
        // Over 30 minutes 0 of 900 against 30 of 300: all 30 of the events on the side that has a quarter of the trials, so that p is
        // C(300, 30) / C(1200, 30), which is 300·299·…·271 / (1200·1199·…·1171) or about 3e-19.
        Evidence evidence = await RunAsync(Events, (query, minute) => query switch { "be" => 0, "bt" => 30 * minute, "ce" => minute, _ => 10 * minute });
        Assert.Equal((Verdict.Fail, double.PositiveInfinity), (evidence.Verdict, (double)evidence.Value!));
        MetricComparison known = evidence.Comparison!;
        Assert.Equal((900, 300, 0, 0.1), (known.BaselineN, known.CanaryN, known.Baseline!.Value, known.Canary!.Value));
        double p = 1;
        for (int i = 0; i < 30; i++) p *= (300.0 - i) / (1200.0 - i);
        Assert.Equal(1, known.PValue!.Value / p, 1e-9);
        Assert.Contains("has something where the baseline has nothing", evidence.Reason, StringComparison.Ordinal);
        Assert.Contains(evidence.Details, detail => detail.StartsWith("30 looks of 1m from 2027-01-15 07:30:00Z to 2027-01-15 08:00:00Z", StringComparison.Ordinal));
        Assert.Contains(evidence.Details, detail => detail.StartsWith("n = 300 of the canary, 900 of the baseline; p = ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_that_get_fewer_do_no_harm_unless_the_document_says_so()
    {
        static double Fewer(string query, long minute) => query switch { "be" => 30 * minute, "bt" or "ct" => 300 * minute, _ => minute };
        Assert.Equal(Verdict.Pass, (await RunAsync(Events, Fewer)).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(Events + """, "direction": "either" """, Fewer)).Verdict);
    }

    [Fact]
    public async Task Samples_are_compared_by_ranks_and_the_tolerance_decides_what_matters()
    {
        // 30 samples each, the canary's exactly 1.5 times and then 1.1 times the baseline's.
        static Func<string, long, double> Times(double ratio) => (query, minute) => (query == "c" ? ratio : 1) * (100 + (minute % 7));
        Evidence slower = await RunAsync(Samples + """, "direction": "increase" """, Times(1.5));
        Assert.Equal(Verdict.Fail, slower.Verdict);
        Assert.Equal(1.5, slower.Comparison!.Ratio!.Value, 0.02);
        Assert.Equal((30, 30), (slower.Comparison.BaselineN, slower.Comparison.CanaryN));
        Assert.Equal(Verdict.Pass, (await RunAsync(Samples, Times(1.1))).Verdict);
        Assert.Equal(Verdict.Fail, (await RunAsync(Samples + """, "tolerance": "5%", "method": "mannWhitney" """, Times(1.1))).Verdict);
    }

    [Theory]
    [InlineData(1e-9)]
    [InlineData(1e9)]
    public async Task The_unit_of_the_data_makes_no_difference(double unit)
    {
        foreach (double ratio in new[] { 1.0, 1.2, 1.4, 2.0 })
        {
            Evidence plain = await RunAsync(Samples, (query, minute) => (query == "c" ? ratio : 1) * (10 + (minute * minute % 11)));
            Evidence scaled = await RunAsync(Samples, (query, minute) => unit * (query == "c" ? ratio : 1) * (10 + (minute * minute % 11)));
            Assert.Equal(plain.Verdict, scaled.Verdict);
        }
    }

    [Fact]
    public async Task Too_few_is_inconclusive_and_nothing_is_no_data_and_says_what_is_missing()
    {
        Evidence few = await RunAsync(Events + """, "minimum": 1000 """, (query, minute) => query is "be" or "ce" ? minute : 10 * minute);
        Assert.Equal(Verdict.Inconclusive, few.Verdict);
        Assert.Contains("each side needs 1000", few.Reason, StringComparison.Ordinal);

        Evidence none = await RunAsync(Events, (query, minute) => query == "ce" ? double.NaN : 10 * minute);
        Assert.Equal(Verdict.NoData, none.Verdict);
        Assert.Contains("there is no series of ce", none.Reason, StringComparison.Ordinal);
        Assert.NotEqual(Verdict.NoData, (await RunAsync(Events + """, "absentIsZero": true """, (query, minute) => query == "ce" ? double.NaN : 10 * minute)).Verdict);
        Assert.Equal(Verdict.NoData, (await RunAsync(Samples, (query, minute) => query == "c" ? double.NaN : 1)).Verdict);
    }

    [Fact]
    public async Task A_server_that_cannot_be_asked_is_an_error_and_a_partial_answer_decides_nothing()
    {
        var down = new StubHandler(_ => StubHandler.Text("""{"status":"error","errorType":"bad_data","error":"no"}""", 400));
        Assert.Equal(Verdict.Error, (await CheckTesting.RunAsync($$"""{"name": "c", "type": "compare", {{Events}}}""", context: down.Context(new ManualClock()), defaults: Defaults)).Verdict);

        Evidence partial = await RunAsync(Samples, (query, minute) => query == "c" ? 3 : 1, "one store did not answer");
        Assert.Equal(Verdict.Inconclusive, partial.Verdict);
        Assert.Contains("but Prometheus warns: one store did not answer.", partial.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_journal_and_the_report_keep_what_is_infinite()
    {
        Evidence evidence = await RunAsync(Events, (query, minute) => query switch { "be" => 0, "bt" => 30 * minute, "ce" => minute, _ => 10 * minute });
        var result = new GateResult { Gate = "g", Status = GateStatus.Failed, Sections = [new GateSection { Name = "s", Evidence = [evidence] }] };
        GateResult read = GateJournalReader.Read(GateJournal.ToJson(result));
        MetricComparison known = read.Sections[0].Evidence[0].Comparison!;
        Assert.Equal(double.PositiveInfinity, known.Ratio);
        Assert.Equal(evidence.Comparison! with { Notes = [] }, known with { Notes = [] });
    }

    [Theory]
    [InlineData(""" "canary": {"query": "c"} """, "'baseline' is missing")]
    [InlineData(""" "canary": {"query": "c"}, "baseline": {"events": "b", "total": "t"} """, "the two sides are not measured the same way")]
    [InlineData(""" "canary": {"query": "c", "events": "e"}, "baseline": {"query": "b"} """, "/canary: it does not say what is measured")]
    [InlineData(""" "canary": {"events": "e"}, "baseline": {"events": "e", "total": "t"} """, "/canary: it does not say what is measured")]
    [InlineData(""" "canary": {"events": "rate(e[5m])", "total": "t"}, "baseline": {"events": "e", "total": "t"} """, "/canary/events: this is no counter")]
    [InlineData(""" "canary": {"query": "rate(c[5m])"}, "baseline": {"query": "b"} """, "/canary/query: it looks back 5m, and looks are 1m apart, so they would share data")]
    [InlineData(Samples + """, "method": "fisher" """, "/method: 'fisher' does not compare samples")]
    [InlineData(Samples + """, "method": "sequential", "absoluteTolerance": 1 """, "/absoluteTolerance: the sequential test of samples goes by order alone")]
    [InlineData(Samples + """, "confidence": "40%" """, "/confidence: A confidence of 0.4 cannot be kept")]
    [InlineData(Samples + """, "tolerance": "0%" """, "/tolerance: A tolerance of 0")]
    [InlineData(Samples + """, "interval": "10ms" """, "/interval: 10ms is too short for a look")]
    [InlineData(Samples + """, "window": "30s" """, "/window: 30s holds no look of 1m")]
    [InlineData(Samples + """, "absoluteTolerance": "much" """, "/absoluteTolerance: this is 'much'")]
    public void A_document_that_says_nonsense_is_refused(string members, string problem) =>
        Assert.Contains(CheckTesting.Problems($$"""{"name": "c", "type": "compare", "url": "http://p/", {{members}}}"""), told => told.Contains(problem, StringComparison.Ordinal));

    /// <summary>The value of a query some minutes after its beginning; NaN for none.</summary>
    private static Task<Evidence> RunAsync(string members, Func<string, long, double> value, string? warning = null)
    {
        var clock = new ManualClock();
        long began = clock.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds();
        clock.Advance(TimeSpan.FromSeconds(10));
        var prometheus = new FakePrometheus((query, time) =>
        {
            string name = query.Replace("sum by (job, instance) (", "", StringComparison.Ordinal).TrimEnd(')');
            double now = value(name, (time - began) / 60_000);
            return double.IsNaN(now) ? [] : [("a", now)];
        }) { Label = "instance", Warnings = warning is null ? [] : [warning] };
        return CheckTesting.RunAsync($$"""{"name": "c", "type": "compare", {{members}}}""", context: new StubHandler(prometheus.Answer).Context(clock), defaults: Defaults);
    }
}
