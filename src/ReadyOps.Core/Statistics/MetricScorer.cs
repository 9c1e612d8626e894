namespace ReadyOps.Core.Statistics;

/// <summary>
/// A weighted score of grouped metrics with two thresholds and critical metrics, after the judge of Kayenta
/// (https://github.com/spinnaker/kayenta, WeightedSumScorer), but for what it leaves open: a metric without data, stale, in error or
/// inconclusive counts in its group and is no pass, so nothing unmeasured ever makes 100; and nothing fails for being unmeasured
/// alone. A score equal to a threshold reaches it.
/// </summary>
public static class MetricScorer
{
    /// <summary>Scores metrics.</summary>
    /// <exception cref="ReadyOpsException"><c>ScoreInvalid</c>: thresholds or weights that contradict each other.</exception>
    public static MetricScore Score(IReadOnlyList<ScoredMetric> metrics, ScoreRule rule)
    {
        Check(metrics, rule);
        if (metrics.Count == 0) return new(Verdict.NoData, 0, 0, false, [], "There are no metrics to score.");

        List<IGrouping<string, ScoredMetric>> groups = [.. metrics.GroupBy(metric => metric.Group, StringComparer.Ordinal)];
        double given = groups.Sum(group => Weight(group.Key) ?? 0);
        double share = (100 - given) / Math.Max(1, groups.Count(group => Weight(group.Key) is null));
        List<GroupScore> scores = [.. groups.Select(group => new GroupScore(group.Key, Weight(group.Key) ?? share, Share(group, metric => metric.Verdict == Verdict.Pass)))];
        double all = scores.Sum(group => group.Weight);
        // Rounded as it is shown, so that nothing fails by a digit that nobody sees.
        double score = Math.Round(scores.Sum(group => group.Weight * group.Score) / all, 2);
        double best = Math.Round(groups.Zip(scores).Sum(pair => pair.Second.Weight * Share(pair.First, metric => metric.Verdict != Verdict.Fail)) / all, 2);
        (Verdict verdict, string why) = Decide(metrics, rule, score, best);
        return new(verdict, score, best, score >= rule.MarginalScore && score < rule.PassScore, scores, why);

        double? Weight(string group) => rule.GroupWeights?.TryGetValue(group, out double weight) == true ? weight : null;
    }

    private static (Verdict Verdict, string Reason) Decide(IReadOnlyList<ScoredMetric> metrics, ScoreRule rule, double score, double best)
    {
        string points = $"{Text.Of(score)} of 100 points";
        ScoredMetric[] open = [.. metrics.Where(metric => metric.Verdict is not (Verdict.Pass or Verdict.Fail))];
        if (metrics.FirstOrDefault(metric => metric.Critical && metric.Verdict == Verdict.Fail) is { } failed)
            return (Verdict.Fail, $"The critical metric '{failed.Name}' failed ({points}).");
        if (best < rule.MarginalScore)
            return (Verdict.Fail, $"{points}, and at best {Text.Of(best)}: fewer than the {Text.Of(rule.MarginalScore)} that are needed at least.");
        if (open.Length == metrics.Count && open.All(metric => metric.Verdict == Verdict.NoData))
            return (Verdict.NoData, "No metric has data.");
        if (metrics.FirstOrDefault(metric => metric.Critical && metric.Verdict != Verdict.Pass) is { } undecided)
            return (Verdict.Inconclusive, $"The critical metric '{undecided.Name}' is {undecided.Verdict} ({points}).");
        if (score >= rule.PassScore)
            return (Verdict.Pass, $"{points}, {Text.Of(rule.PassScore)} are needed.");
        string unmeasured = open.Length > 0 ? $"; {open.Length} metric(s) are undecided, '{open[0].Name}' is {open[0].Verdict}" : "";
        return (Verdict.Inconclusive, $"{points}, {Text.Of(rule.PassScore)} are needed{unmeasured}.");
    }

    private static double Share(IEnumerable<ScoredMetric> metrics, Func<ScoredMetric, bool> counts) =>
        100 * metrics.Where(counts).Sum(metric => metric.Weight) / metrics.Sum(metric => metric.Weight);

    private static void Check(IReadOnlyList<ScoredMetric> metrics, ScoreRule rule)
    {
        if (!(rule.MarginalScore >= 0 && rule.PassScore >= rule.MarginalScore && rule.PassScore is > 0 and <= 100))
            throw Invalid($"A marginal score of {Text.Of(rule.MarginalScore)} and a pass score of {Text.Of(rule.PassScore)} do not fit together.", "Give 0 <= marginal <= pass <= 100, and a pass score above 0.");
        if (metrics.FirstOrDefault(metric => !(metric.Weight > 0)) is { } light)
            throw Invalid($"The metric '{light.Name}' has the weight {Text.Of(light.Weight)}.", "Give a weight above 0, or leave the metric out.");
        if (rule.GroupWeights is not { } weights) return;
        if (weights.Values.Any(weight => !(weight > 0)) || weights.Values.Sum() > 100 + 1e-9)
            throw Invalid("The weights of the groups are not above 0 each and at most 100 together.", "Give weights in percent.");
        HashSet<string> groups = [.. metrics.Select(metric => metric.Group)];
        if (metrics.Count > 0 && weights.Keys.FirstOrDefault(group => !groups.Contains(group)) is { } empty)
            throw Invalid($"The group '{empty}' has a weight and no metrics: it could only be left out or made up.", "Put a metric into the group, or take its weight away.");
        if (groups.Any(group => !weights.ContainsKey(group)) && weights.Values.Sum() > 100 - 1e-9)
            throw Invalid("The weights of some groups leave nothing to the others.", "Let the weights sum to less than 100, or give every group one.");
    }

    private static ReadyOpsException Invalid(string message, string nextStep) => new("ScoreInvalid", message, nextStep);
}
