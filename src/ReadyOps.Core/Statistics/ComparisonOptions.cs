namespace ReadyOps.Core.Statistics;

/// <summary>How a canary is compared with its baseline. The defaults are those of Compare-MetricSample.</summary>
public sealed record ComparisonOptions
{
    /// <summary>Which change does harm.</summary>
    public ComparisonDirection Direction { get; init; } = ComparisonDirection.Either;

    /// <summary>By which test.</summary>
    public ComparisonMethod Method { get; init; } = ComparisonMethod.Auto;

    /// <summary>The relative change from which on a difference matters, above 0: 0.25 lets the ratio be between 1/1.25 and 1.25.</summary>
    public double Tolerance { get; init; } = 0.25;

    /// <summary>A difference in the unit of the data that never matters; 0 when every one does. The sequential test of counts fails none that is smaller, and still passes by the ratio alone.</summary>
    public double AbsoluteTolerance { get; init; }

    /// <summary>How sure a verdict has to be, from 0.5 to below 1.</summary>
    public double Confidence { get; init; } = 0.98;

    /// <summary>The fewest samples or trials of each side, where more are wanted than the test needs.</summary>
    public double MinimumN { get; init; }

    /// <summary>What becomes of NaN and infinite samples.</summary>
    public NonFinitePolicy NonFinite { get; init; }

    /// <summary>
    /// Leaves out samples that lie further than this many interquartile ranges outside the quartiles of their own side. Off when
    /// nothing is said: what looks like an outlier of a canary may be the very thing to find.
    /// </summary>
    public double? OutlierFence { get; init; }

    /// <summary>The share of false alarms that is put up with: 0.02 at a confidence of 0.98.</summary>
    // Rounded, so that 1 − 0.98 is the 0.02 that a p of 0.02 is compared with.
    internal double Alpha => Math.Round(1 - Confidence, 12);

    /// <summary>The share for one side: half of it when both directions do harm.</summary>
    internal double AlphaOfSide => Direction == ComparisonDirection.Either ? Alpha / 2 : Alpha;

    internal bool UpHarms => Direction != ComparisonDirection.Decrease;

    internal bool DownHarms => Direction != ComparisonDirection.Increase;

    /// <summary>Says what cannot be meant.</summary>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>.</exception>
    internal void Check()
    {
        if (!(Confidence is >= 0.5 and < 1)) throw Invalid($"A confidence of {Text.Of(Confidence)} cannot be kept.", "Give one from 0.5 to below 1, such as 0.98.");
        if (!(Tolerance > 0) || double.IsInfinity(Tolerance)) throw Invalid($"A tolerance of {Text.Of(Tolerance)} leaves no two sides alike.", "Give the relative change that matters, such as 0.25.");
        if (!(AbsoluteTolerance >= 0) || double.IsInfinity(AbsoluteTolerance)) throw Invalid($"An absolute tolerance of {Text.Of(AbsoluteTolerance)} is no size of a difference.", "Give 0 or more, in the unit of the data.");
        if (!(MinimumN >= 0)) throw Invalid($"A minimum of {Text.Of(MinimumN)} is no number of samples.", "Give 0 or more.");
        if (OutlierFence is { } fence && !(fence > 0)) throw Invalid($"A fence of {Text.Of(fence)} would leave no samples.", "Give how many interquartile ranges off the quartiles are too far, such as 3.");
    }

    internal static ReadyOpsException Invalid(string message, string nextStep) => new("ComparisonInvalid", message, nextStep);
}
