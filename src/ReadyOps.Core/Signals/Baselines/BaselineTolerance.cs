using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>How much a value may differ from its baseline.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Size">The share of the baseline, or the distance in base units.</param>
/// <param name="IsRelative">Whether it is a share.</param>
/// <param name="Unit">What a distance counts; none where it counts what the metric does.</param>
internal readonly record struct BaselineTolerance(string Text, double Size, bool IsRelative, Unit Unit)
{
    /// <summary>What one looks like, for a message.</summary>
    public const string Expected = "a tolerance such as 10%, 5ms or 'abs 0.001'";

    private const string Absolute = "abs ";

    /// <summary>Reads one. A bare number below 1 is a share, as everywhere; one above may mean anything and is refused.</summary>
    public static bool TryParse(string text, out BaselineTolerance tolerance)
    {
        string trimmed = text.Trim();
        bool isAbsolute = trimmed.StartsWith(Absolute, StringComparison.Ordinal);
        tolerance = default;
        if (!Quantities.TryParseNumber(isAbsolute ? trimmed[Absolute.Length..].Trim() : trimmed, out double size, out Unit unit) || size < 0) return false;
        bool isRelative = !isAbsolute && unit is Unit.None or Unit.Ratio && !isAbsolute;
        if (isRelative && unit == Unit.None && size >= 1) return false;
        tolerance = new BaselineTolerance(trimmed, size, isRelative, isRelative ? Unit.None : unit);
        return true;
    }

    /// <summary>Whether it can be held against values of a unit.</summary>
    public bool Fits(Unit unit) => IsRelative || Unit == Unit.None || Unit == unit;

    /// <summary>What a value may be, given what it was.</summary>
    /// <param name="was">The baseline, finite.</param>
    /// <param name="unit">What it counts.</param>
    /// <param name="direction">Which change does harm.</param>
    public Bound Around(double was, Unit unit, ComparisonDirection direction)
    {
        (double low, double high) = BoundParser.Around(was, Size, IsRelative);
        string share = Quantities.Format(Size, IsRelative ? Unit.Ratio : unit);
        return direction switch
        {
            ComparisonDirection.Increase => new Bound($"<= {Quantities.Format(high, unit)}", BoundOperator.LessOrEqual, unit, [high]),
            ComparisonDirection.Decrease => new Bound($">= {Quantities.Format(low, unit)}", BoundOperator.GreaterOrEqual, unit, [low]),
            _ => new Bound($"within {share} of {Quantities.Format(was, unit)}", BoundOperator.Within, unit, [low, high]),
        };
    }
}
