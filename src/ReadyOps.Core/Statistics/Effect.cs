namespace ReadyOps.Core.Statistics;

/// <summary>How far the canary is from the baseline, with limits, on the scale that the verdict is made on.</summary>
internal sealed record Effect
{
    // Room for rounding: data in another unit must not get another verdict by the last bit of a quotient.
    private const double Slack = 1e-9;

    /// <summary>The estimate: a ratio, or a shift where ratios mean nothing.</summary>
    public required double Estimate { get; init; }

    public required double Low { get; init; }

    public required double High { get; init; }

    /// <summary>From where on a change up matters.</summary>
    public required double Upper { get; init; }

    /// <summary>From where on a change down matters.</summary>
    public required double Lower { get; init; }

    /// <summary>Whether the scale is that of ratios.</summary>
    public required bool IsRatio { get; init; }

    public required double Shift { get; init; }

    public required double ShiftLow { get; init; }

    public required double ShiftHigh { get; init; }

    public bool BeyondUp(double absolute) => Estimate > Upper + Margin(Upper) && (absolute == 0 || Shift > absolute);

    public bool BeyondDown(double absolute) => Estimate < Lower - Margin(Lower) && (absolute == 0 || -Shift > absolute);

    public bool WithinUp(double absolute) => High <= Upper + Margin(Upper) || (absolute > 0 && ShiftHigh <= absolute * (1 + Slack));

    public bool WithinDown(double absolute) => Low >= Lower - Margin(Lower) || (absolute > 0 && -ShiftLow <= absolute * (1 + Slack));

    /// <summary>
    /// How many times as many samples would settle it, when the estimate stays: the limits close in by the square root of the number.
    /// Nothing when no number would.
    /// </summary>
    public double? MoreNeeded(ComparisonOptions options)
    {
        double? up = options.UpHarms ? Factor(High, Upper) : null, down = options.DownHarms ? Factor(Low, Lower) : null;
        double? factor = up is null || down > up ? down ?? up : up;
        return factor is > 1 and < 1e6 ? factor : null;
    }

    private double? Factor(double limit, double bound)
    {
        double estimate = OnScale(Estimate), distance = Math.Abs(OnScale(bound) - estimate), width = Math.Abs(OnScale(limit) - estimate);
        // On the wrong side it takes the other limit to come clear of no change at all.
        if (limit >= Estimate ? Estimate > bound : Estimate < bound)
            (distance, width) = (Math.Abs(estimate), Math.Abs(estimate - OnScale(limit == High ? Low : High)));
        double factor = width / distance;
        return double.IsFinite(factor) ? factor * factor : null;
    }

    private double OnScale(double value) => IsRatio ? Math.Log(value) : value;

    private static double Margin(double bound) => Math.Abs(bound) * Slack;
}
