using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>
/// Holds a value against a bound: verdict, margin and the sentence that says both. Checks and the signals of a rollout all judge
/// here, so that the same value gets the same verdict and the same words everywhere.
/// </summary>
public static class Judge
{
    // From here on a double no longer holds every whole number.
    private const double LargestExactInteger = 9_007_199_254_740_992;
    private const int LongestText = 200;

    /// <summary>Judges a number that is already in the base unit of its bound, as PromQL values are.</summary>
    /// <param name="what">What was measured, as a sentence begins with it: <c>Error rate</c>.</param>
    /// <param name="value">The value in base units.</param>
    /// <param name="bound">What a healthy value looks like.</param>
    /// <param name="note">What to add behind the value, for example <c>49 of 50 tests</c>; empty for nothing.</param>
    public static Observation Number(string what, double value, Bound bound, string note = "") =>
        Number(what, value, bound.Unit, bound, note);

    /// <summary>Judges a number that has a unit of its own.</summary>
    /// <param name="what">What was measured, as a sentence begins with it.</param>
    /// <param name="value">The value in the base of <paramref name="unit"/>.</param>
    /// <param name="unit">What it counts. When the bound counts something else, the two cannot be compared: an error, never a pass.</param>
    /// <param name="bound">What a healthy value looks like.</param>
    /// <param name="note">What to add behind the value; empty for nothing.</param>
    public static Observation Number(string what, double value, Unit unit, Bound bound, string note = "")
    {
        var seen = new Observation { Verdict = Verdict.Error, Reason = "", Value = value, Bound = bound, Unit = unit };
        string behind = note.Length > 0 ? $" ({note})" : "";
        if (double.IsNaN(value))
        {
            return seen with
            {
                Verdict = Verdict.NoData,
                Reason = $"{what} is not a number{behind}: nothing was there to divide by or to measure.",
            };
        }

        if (bound.IsText)
            return seen with { Reason = $"{what} is the number {Quantities.Format(value, unit)}{behind}, which the bound {bound} on a text cannot be held against." };
        if (!Comparable(unit, bound))
            return seen with { Reason = $"{what} is {Quantities.Format(value, unit)}{behind}, {Kind(unit)}, and the bound {bound} is on {Kind(bound.Unit)}: they cannot be compared." };

        bool holds = bound.Holds(value);
        string shown = Show(value, unit, bound) + behind;
        if (holds && Doubtful(value, bound) is { } doubt)
            return seen with { Verdict = Verdict.Inconclusive, Reason = $"{what} is {shown}, {doubt}, so it does not pass the bound {bound}." };
        double? margin = double.IsInfinity(value) ? null : bound.Margin(value);
        return seen with
        {
            Verdict = holds ? Verdict.Pass : Verdict.Fail,
            Margin = margin,
            Reason = holds ? Kept(what, shown, unit, bound, margin) : Broken(what, value, shown, unit, bound, margin),
        };
    }

    /// <summary>Judges a text. One that is a number with its own unit, such as <c>98.28%</c>, is held against a bound on numbers.</summary>
    /// <param name="what">What was seen, as a sentence begins with it.</param>
    /// <param name="value">The text.</param>
    /// <param name="bound">What it must be.</param>
    public static Observation Text(string what, string value, Bound bound)
    {
        var seen = new Observation { Verdict = Verdict.Error, Reason = "", Value = Cut(value), Bound = bound };
        if (!bound.IsText)
        {
            return Quantities.TryParseNumber(value, out double number, out Unit unit)
                ? Number(what, number, unit, bound)
                : seen with { Reason = $"{what} is '{Cut(value)}', which is no number that the bound {bound} could be held against." };
        }

        bool holds = bound.Holds(value);
        return seen with
        {
            Verdict = holds ? Verdict.Pass : Verdict.Fail,
            Reason = $"{what} is '{Cut(value)}', which {(holds ? "keeps" : "breaks")} the bound {bound}.",
        };
    }

    /// <summary>A text from outside, short and on one line.</summary>
    internal static string Cut(string text)
    {
        string line = text.Length > LongestText ? string.Concat(text.AsSpan(0, LongestText), "…") : text;
        return line.Any(char.IsControl) ? new string([.. line.Select(c => char.IsControl(c) ? ' ' : c)]) : line;
    }

    // 0 is the same in every unit, and so is a comparison with nothing but zeros.
    private static bool Comparable(Unit unit, Bound bound) => unit == bound.Unit || bound.Numbers.All(number => number == 0);

    private static string? Doubtful(double value, Bound bound)
    {
        if (double.IsInfinity(value)) return "which is beyond any measurement";
        bool exact = bound.Operator is BoundOperator.Equal or BoundOperator.In;
        return exact && Math.Abs(value) >= LargestExactInteger ? "too large to be told apart from its neighbours" : null;
    }

    private static string Kept(string what, string shown, Unit unit, Bound bound, double? margin) => margin switch
    {
        null => $"{what} is {shown}, which keeps the bound {bound}.",
        0 => $"{what} is {shown}, exactly on the bound {bound}.",
        _ => $"{what} is {shown}, within the bound {bound} by {Quantities.Format(margin.Value, unit)}.",
    };

    private static string Broken(string what, double value, string shown, Unit unit, Bound bound, double? margin)
    {
        string side = bound.Operator switch
        {
            BoundOperator.Less or BoundOperator.LessOrEqual => "above",
            BoundOperator.Greater or BoundOperator.GreaterOrEqual => "below",
            BoundOperator.Between or BoundOperator.Within => value < bound.Numbers[0] ? "below" : "above",
            _ => "",
        };
        if (side.Length == 0) return $"{what} is {shown}, which breaks the bound {bound}.";
        return margin switch
        {
            null => $"{what} {shown} is {side} the bound {bound}.",
            0 => $"{what} {shown} is exactly on the bound {bound}, which leaves it out.",
            _ => $"{what} {shown} is {side} the bound {bound} by {Quantities.Format(-margin.Value, unit)}.",
        };
    }

    // Rounding must not turn the value, as it is told, to the other side of its bound: '100% is below the bound >= 100%'.
    internal static string Show(double value, Unit unit, Bound bound)
    {
        string shown = Quantities.Format(value, unit);
        if (!double.IsFinite(value) || !Quantities.TryParseNumber(shown, out double told, out _)) return shown;
        bool sameSide = bound.Holds(told) == bound.Holds(value) && bound.Margin(told) == 0 == (bound.Margin(value) == 0);
        if (sameSide) return shown;
        return unit switch
        {
            Unit.Ratio => string.Create(CultureInfo.InvariantCulture, $"{value * 100:R}%"),
            Unit.Seconds => string.Create(CultureInfo.InvariantCulture, $"{value:R}s"),
            Unit.Bytes => string.Create(CultureInfo.InvariantCulture, $"{value:R}B"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{value:R}"),
        };
    }

    private static string Kind(Unit unit) => unit switch
    {
        Unit.Ratio => "a share",
        Unit.Seconds => "a time span",
        Unit.Bytes => "a size",
        _ => "a plain number",
    };
}
