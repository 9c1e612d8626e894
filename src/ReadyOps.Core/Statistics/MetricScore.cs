namespace ReadyOps.Core.Statistics;

/// <summary>One metric that counts for a score.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Verdict">What it says.</param>
/// <param name="Group">The group it belongs to.</param>
/// <param name="Critical">Whether nothing passes unless it does.</param>
/// <param name="Weight">How much it counts within its group, above 0.</param>
public sealed record ScoredMetric(string Name, Verdict Verdict, string Group = "", bool Critical = false, double Weight = 1);

/// <summary>How a score is made and what it has to be.</summary>
/// <param name="PassScore">From this score on it passes, 0–100.</param>
/// <param name="MarginalScore">From this score on, and below the other, it is marginal: inconclusive. Below, it fails.</param>
/// <param name="GroupWeights">The weights of groups in percent; groups without one share what is left of 100.</param>
public sealed record ScoreRule(double PassScore = 95, double MarginalScore = 75, IReadOnlyDictionary<string, double>? GroupWeights = null);

/// <summary>The score of one group.</summary>
/// <param name="Group">Its name.</param>
/// <param name="Weight">Its part of the whole, in percent.</param>
/// <param name="Score">The weighted share of its metrics that passed, 0–100.</param>
public sealed record GroupScore(string Group, double Weight, double Score);

/// <summary>What several metrics say together.</summary>
/// <param name="Verdict">Pass, Fail, or Inconclusive when marginal or undecided, NoData when there is nothing at all.</param>
/// <param name="Score">The weighted score, 0–100: only what passed counts.</param>
/// <param name="BestScore">What it would be if everything undecided were to pass.</param>
/// <param name="Marginal">Whether it lies between the two thresholds.</param>
/// <param name="Groups">The groups, in the order they came in.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record MetricScore(Verdict Verdict, double Score, double BestScore, bool Marginal, IReadOnlyList<GroupScore> Groups, string Reason);
