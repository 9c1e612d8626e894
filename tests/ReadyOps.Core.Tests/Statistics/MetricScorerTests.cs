using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Tests.Statistics;

public sealed class MetricScorerTests
{
    private static readonly ScoreRule Rule = new();

    private static ScoredMetric[] Metrics(params Verdict[] verdicts) => [.. verdicts.Select((verdict, i) => new ScoredMetric($"m{i}", verdict))];

    [Fact]
    public void All_that_passes_is_100() => Assert.Equal((Verdict.Pass, 100.0), Said(MetricScorer.Score(Metrics(Verdict.Pass, Verdict.Pass), Rule)));

    // PEERS: Kayenta scores a lone metric in error as 100 and a group without data as 100.
    [Theory]
    [InlineData(Verdict.Error, Verdict.Inconclusive)]
    [InlineData(Verdict.NoData, Verdict.NoData)]
    [InlineData(Verdict.Stale, Verdict.Inconclusive)]
    [InlineData(Verdict.Inconclusive, Verdict.Inconclusive)]
    [InlineData(Verdict.Skipped, Verdict.Inconclusive)]
    [InlineData(Verdict.Fail, Verdict.Fail)]
    public void Nothing_but_a_pass_counts(Verdict verdict, Verdict expected)
    {
        Assert.Equal((expected, 0.0), Said(MetricScorer.Score(Metrics(verdict), Rule)));
        Assert.NotEqual(Verdict.Pass, MetricScorer.Score([new("a", Verdict.Pass, "one"), new("b", verdict, "two")], Rule).Verdict);
    }

    [Fact]
    public void No_metrics_are_no_data() => Assert.Equal((Verdict.NoData, 0.0), Said(MetricScorer.Score([], Rule)));

    // 60 % of a group whose three of four pass and 40 % shared by two groups, of which one fails: 0.6 · 75 + 0.2 · 100 + 0.2 · 0 = 65.
    [Fact]
    public void Groups_weigh_what_they_are_given_and_share_the_rest()
    {
        ScoredMetric[] metrics =
        [
            new("a", Verdict.Pass, "errors"), new("b", Verdict.Pass, "errors"), new("c", Verdict.Pass, "errors"), new("d", Verdict.Fail, "errors"),
            new("e", Verdict.Pass, "latency"), new("f", Verdict.Fail, "traffic"),
        ];
        MetricScore score = MetricScorer.Score(metrics, new(60, 50, new Dictionary<string, double> { ["errors"] = 60 }));
        Assert.Equal((Verdict.Pass, 65.0), Said(score));
        Assert.Equal([75.0, 100.0, 0.0], score.Groups.Select(group => group.Score));
        Assert.Equal([60.0, 20.0, 20.0], score.Groups.Select(group => group.Weight));
    }

    [Fact]
    public void Thresholds_are_reached_by_being_met()
    {
        ScoredMetric[] metrics = Metrics(Verdict.Pass, Verdict.Pass, Verdict.Pass, Verdict.Fail); // 75
        Assert.Equal(Verdict.Pass, MetricScorer.Score(metrics, new(75, 50)).Verdict);
        MetricScore marginal = MetricScorer.Score(metrics, new(95, 75));
        Assert.Equal((Verdict.Inconclusive, true), (marginal.Verdict, marginal.Marginal));
        Assert.Equal((Verdict.Fail, false), (MetricScorer.Score(metrics, new(95, 75.01)).Verdict, MetricScorer.Score(metrics, new(95, 75.01)).Marginal));
    }

    [Fact]
    public void A_critical_metric_that_fails_fails_it_all_and_one_that_is_unmeasured_lets_nothing_pass()
    {
        ScoredMetric[] rest = [.. Enumerable.Range(0, 99).Select(i => new ScoredMetric($"m{i}", Verdict.Pass))];
        Assert.Equal(Verdict.Fail, MetricScorer.Score([.. rest, new("c", Verdict.Fail, Critical: true)], Rule).Verdict);
        Assert.Equal(Verdict.Inconclusive, MetricScorer.Score([.. rest, new("c", Verdict.Error, Critical: true)], Rule).Verdict);
        Assert.Equal(Verdict.Pass, MetricScorer.Score([.. rest, new("c", Verdict.Error)], Rule).Verdict);
    }

    [Fact]
    public void Being_unmeasured_alone_fails_nothing_and_what_cannot_be_made_good_fails()
    {
        Assert.Equal(Verdict.Inconclusive, MetricScorer.Score(Metrics(Verdict.Pass, Verdict.Error, Verdict.NoData, Verdict.Stale), Rule).Verdict);
        MetricScore lost = MetricScorer.Score(Metrics(Verdict.Error, Verdict.Fail, Verdict.Fail, Verdict.Pass), Rule);
        Assert.Equal((Verdict.Fail, 25.0, 50.0), (lost.Verdict, lost.Score, lost.BestScore));
    }

    [Fact]
    public void Rules_that_contradict_themselves_are_refused()
    {
        ScoredMetric[] metrics = [new("a", Verdict.Pass, "x"), new("b", Verdict.Pass, "y")];
        Refused(new(50, 60));
        Refused(new(101, 60));
        Refused(new(0, 0));
        Refused(new(95, 75, new Dictionary<string, double> { ["x"] = 100 }));
        Refused(new(95, 75, new Dictionary<string, double> { ["x"] = 60, ["y"] = 60 }));
        Refused(new(95, 75, new Dictionary<string, double> { ["x"] = 50, ["z"] = 10 }));
        Assert.Equal("ScoreInvalid", Assert.Throws<ReadyOpsException>(() => MetricScorer.Score([new("a", Verdict.Pass, Weight: 0)], Rule)).Id);

        void Refused(ScoreRule rule) => Assert.Equal("ScoreInvalid", Assert.Throws<ReadyOpsException>(() => MetricScorer.Score(metrics, rule)).Id);
    }

    private static (Verdict, double) Said(MetricScore score) => (score.Verdict, score.Score);
}
