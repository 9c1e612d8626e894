namespace ReadyOps;

/// <summary>What a comparison of a canary with its baseline says, and everything it says it by.</summary>
public sealed record MetricComparison
{
    internal MetricComparison()
    {
    }

    /// <summary>
    /// <see cref="Verdict.Fail"/>: a significant change for the worse, and larger than the tolerance. <see cref="Verdict.Pass"/>: the
    /// interval rules such a change out. Everything between is <see cref="Verdict.Inconclusive"/>, a side without data
    /// <see cref="Verdict.NoData"/>.
    /// </summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>One sentence: what was seen, how sure it is, against what, and therefore what.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>What would settle it; empty when it is settled.</summary>
    public string NextStep { get; internal init; } = "";

    /// <summary>The test that was used, in words: <c>exact Mann-Whitney</c>, <c>Mann-Whitney, normal approximation</c>.</summary>
    public string Method { get; internal init; } = "";

    /// <summary>Which change does harm.</summary>
    public ComparisonDirection Direction { get; internal init; }

    /// <summary>
    /// The probability of a difference at least as large if there were none: two-sided for <see cref="ComparisonDirection.Either"/>,
    /// else one-sided for that direction. Nothing where no test was made.
    /// </summary>
    public double? PValue { get; internal init; }

    /// <summary>How much more the canary has, in the unit of the data: the Hodges-Lehmann shift of samples, the difference of two rates.</summary>
    public double? Shift { get; internal init; }

    /// <summary>The lower limit of <see cref="Shift"/>.</summary>
    public double? Low { get; internal init; }

    /// <summary>The upper limit of <see cref="Shift"/>.</summary>
    public double? High { get; internal init; }

    /// <summary>The canary as a multiple of the baseline: 2 is doubled. Infinite when the baseline has nothing and the canary something.</summary>
    public double? Ratio { get; internal init; }

    /// <summary>The lower limit of <see cref="Ratio"/>.</summary>
    public double? RatioLow { get; internal init; }

    /// <summary>The upper limit of <see cref="Ratio"/>.</summary>
    public double? RatioHigh { get; internal init; }

    /// <summary>The common-language effect size, 0–1: how often a sample of the canary exceeds one of the baseline, ties counted half.</summary>
    public double? Cles { get; internal init; }

    /// <summary>Cliff's delta, −1 to 1: twice <see cref="Cles"/> less one.</summary>
    public double? CliffsDelta => 2 * Cles - 1;

    /// <summary>How many samples, trials or units of exposure the baseline has.</summary>
    public double BaselineN { get; internal init; }

    /// <summary>How many samples, trials or units of exposure the canary has.</summary>
    public double CanaryN { get; internal init; }

    /// <summary>The fewest samples or trials of each side by which this test can decide at this confidence.</summary>
    public double MinimumN { get; internal init; }

    /// <summary>The baseline itself: the median of its samples, or its rate.</summary>
    public double? Baseline { get; internal init; }

    /// <summary>The canary itself: the median of its samples, or its rate.</summary>
    public double? Canary { get; internal init; }

    /// <summary>How sure the intervals and the verdict are, 0–1.</summary>
    public double Confidence { get; internal init; }

    /// <summary>The relative change from which on a difference matters: 0.25 lets the ratio be between 0.8 and 1.25.</summary>
    public double Tolerance { get; internal init; }

    /// <summary>What was left out of the data and why.</summary>
    public IReadOnlyList<string> Notes { get; internal init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Verdict}: {Reason}";
}
