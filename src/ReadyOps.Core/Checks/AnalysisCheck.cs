using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Checks;

/// <summary>The check type <c>analysis</c>: a weighted score of groups of metrics, as Kayenta's users know it.</summary>
internal sealed class AnalysisCheckType : CheckType
{
    public override string Name => "analysis";

    public override string Summary => "A canary analysis: metrics in weighted groups make a score, with thresholds to pass and to be marginal, and critical metrics. What was not measured is no pass.";

    public override bool AsSignal => true;

    // Each metric has a limit of its own; the analysis adds none.
    public override TimeSpan? OwnTimeout => TimeSpan.FromHours(1);

    public override IReadOnlyList<CheckMember> Members { get; } =
    [
        new("groups", CheckMemberKind.Objects, "The groups of metrics.")
        {
            Required = true,
            Members =
            [
                new("name", CheckMemberKind.Text, "What the group is called.") { Required = true, Examples = ["errors", "latency"] },
                new("weight", CheckMemberKind.Number, "Its part of the score in percent; groups without a weight share what is left of 100.") { Minimum = 0, Maximum = 100 },
                new("metrics", CheckMemberKind.Checks, "Checks of any type, such as compare, prometheus with a bound, slo or baseline. Their 'weight' counts within the group; nothing passes without one that is 'critical'.") { Required = true },
            ],
        },
        new("passScore", CheckMemberKind.Number, "From this score on it passes.") { Default = "95", Minimum = 0, Maximum = 100 },
        new("marginalScore", CheckMemberKind.Number, "From this score on, and below the other, it is marginal: inconclusive. Below, it fails.") { Default = "75", Minimum = 0, Maximum = 100 },
        new("mustHaveData", CheckMemberKind.Texts, "The metrics of which no data is a failure; of the others it is no pass.") { Examples = ["errors"] },
    ];

    public override ICheck Create(ObjectReader reader, CheckDefaults defaults)
    {
        var metrics = new List<(string, CheckDefinition)>();
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        IReadOnlyList<ObjectReader> groups = reader.Objects("groups");
        if (groups.Count == 0) reader.Problem("groups", "there is nothing to score", "at least one group of metrics");
        foreach (ObjectReader group in groups)
        {
            string name = group.RequiredText("name");
            if (metrics.Exists(metric => metric.Item1 == name)) group.Problem("name", $"there are two groups '{name}'", "a name of its own for each");
            if (group.Has("weight")) weights[name] = group.Number("weight", 0, 0, 100);
            IReadOnlyList<ObjectReader> own = group.Objects("metrics");
            if (own.Count == 0) group.Problem("metrics", "a group without metrics could only be left out or made up", "at least one check");
            metrics.AddRange(own.Select(metric => (name, CheckReader.Read(metric, defaults))));
        }

        var rule = new ScoreRule(reader.Number("passScore", 95, 0, 100), reader.Number("marginalScore", 75, 0, 100), weights);
        HashSet<string> mustHaveData = [.. reader.Texts("mustHaveData")];
        Check(reader, metrics, rule, mustHaveData);
        return new AnalysisCheck(metrics, rule, mustHaveData);
    }

    private static void Check(ObjectReader reader, List<(string Group, CheckDefinition Check)> metrics, ScoreRule rule, HashSet<string> mustHaveData)
    {
        foreach (IGrouping<string, CheckDefinition> twins in metrics.Select(metric => metric.Check).GroupBy(check => check.Name).Where(same => same.Count() > 1))
            reader.Problem("groups", $"{twins.Count()} metrics are named '{twins.Key}'", "a name of its own for each");
        foreach (string unknown in mustHaveData.Where(name => !metrics.Exists(metric => metric.Check.Name == name)))
            reader.Problem("mustHaveData", $"there is no metric '{Judge.Cut(unknown)}'", "names of metrics");
        try
        {
            MetricScorer.Score([.. metrics.Select(metric => AnalysisCheck.Scored(metric.Group, metric.Check, Verdict.NoData))], rule);
        }
        catch (ReadyOpsException e)
        {
            reader.Problem("groups", e.Message.TrimEnd('.'), e.NextStep.TrimEnd('.'));
        }
    }
}

/// <summary>Asks every metric and scores what they say.</summary>
/// <param name="metrics">The metrics with the group of each.</param>
/// <param name="rule">How the score is made and what it has to be.</param>
/// <param name="mustHaveData">The metrics of which no data is a failure.</param>
internal sealed class AnalysisCheck(IReadOnlyList<(string Group, CheckDefinition Check)> metrics, ScoreRule rule, IReadOnlySet<string> mustHaveData) : ICheck, ICompositeCheck
{
    /// <inheritdoc/>
    public IReadOnlyList<CheckDefinition> Parts { get; } = [.. metrics.Select(metric => metric.Check)];

    public async ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel)
    {
        List<Evidence> seen = [];
        await foreach (Evidence evidence in CheckRunner.RunAsync(Parts, new RunOptions(), context, cancel).ConfigureAwait(false)) seen.Add(evidence);
        return Conclude(seen);
    }

    /// <summary>A metric as it counts for the score.</summary>
    public static ScoredMetric Scored(string group, CheckDefinition check, Verdict verdict) => new(check.Name, verdict, group, check.Critical, (double)check.Weight);

    private Observation Conclude(List<Evidence> seen)
    {
        ScoredMetric[] scored = [.. metrics.Zip(seen, (metric, evidence) => Scored(metric.Group, metric.Check, Counts(evidence)))];
        MetricScore score = MetricScorer.Score(scored, rule);
        Evidence? failed = seen.FirstOrDefault(one => one.Verdict == Verdict.Error);
        // What could not be asked is a fault of the measuring and not of the release, unless the rest has decided already.
        bool broken = failed is not null && score.Verdict is Verdict.Inconclusive or Verdict.NoData;
        Evidence? cause = broken ? failed : seen.Where(one => one.Verdict != Verdict.Pass).MinBy(one => Observation.Rank(Counts(one)));
        bool passed = score.Verdict == Verdict.Pass;
        return new Observation
        {
            Verdict = broken ? Verdict.Error : score.Verdict,
            Value = score.Score,
            Bound = new Bound(string.Create(CultureInfo.InvariantCulture, $">= {rule.PassScore}"), BoundOperator.GreaterOrEqual, Unit.None, [rule.PassScore]),
            Margin = score.Score - rule.PassScore,
            Reason = (score.Marginal ? "Marginal: " : "") + score.Reason + (passed || cause is null ? "" : $" '{cause.Check}': {cause.Reason}"),
            NextStep = passed ? "" : cause?.NextStep ?? "",
            Parts = seen,
            ValidUntil = passed ? Validity.Until(seen.Where(one => one.Verdict == Verdict.Pass).Select(one => one.ValidUntil), seen.Count(one => one.Verdict == Verdict.Pass)) : null,
            Details =
            [
                .. score.Groups.Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Group}: {Math.Round(group.Score, 2)} of 100 points, {Math.Round(group.Weight, 2)}% of the score")),
                .. seen.Where(one => one.Verdict != Verdict.Pass).Select(one => one.ToString()),
            ],
        };
    }

    private Verdict Counts(Evidence evidence) => evidence.Verdict == Verdict.NoData && mustHaveData.Contains(evidence.Check) ? Verdict.Fail : evidence.Verdict;
}
