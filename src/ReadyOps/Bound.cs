using System.Globalization;

namespace ReadyOps;

/// <summary>
/// What a healthy value looks like: <c>&lt; 1%</c>, <c>&lt;= 500ms</c>, <c>&gt;= 98%</c>, <c>== compliant</c>,
/// <c>in [aws, gcp, azure]</c>, <c>between 0.9 and 1.1</c>, <c>within 10% of 131.57ms</c>.
/// Numbers are held in the base of their <see cref="Unit"/> (seconds, bytes, 0–1).
/// </summary>
public sealed class Bound : IEquatable<Bound>
{
    internal Bound(string text, BoundOperator op, Unit unit, IReadOnlyList<double> numbers, IReadOnlyList<string>? words = null)
    {
        Text = text;
        Operator = op;
        Unit = unit;
        Numbers = numbers.AsArray();
        Words = words?.AsArray() ?? [];
    }

    /// <summary>The bound as it was written.</summary>
    public string Text { get; }

    /// <summary>How it compares.</summary>
    public BoundOperator Operator { get; }

    /// <summary>The unit it was written in.</summary>
    public Unit Unit { get; }

    /// <summary>
    /// The numbers it compares with, in base units: one for an inequality, low and high for <c>between</c> and
    /// <c>within</c>, all of them for <c>in</c>, none for a bound on text.
    /// </summary>
    public IReadOnlyList<double> Numbers { get; }

    /// <summary>The texts it compares with; empty for a bound on numbers.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Whether the bound is on text and not on a number.</summary>
    public bool IsText => Words.Count > 0;

    /// <summary>Whether a number keeps the bound. NaN keeps none, not even <c>!=</c>.</summary>
    /// <param name="value">The value in base units.</param>
    public bool Holds(double value)
    {
        if (double.IsNaN(value) || IsText) return false;
        return Operator switch
        {
            BoundOperator.Less => value < Numbers[0],
            BoundOperator.LessOrEqual => value <= Numbers[0],
            BoundOperator.Greater => value > Numbers[0],
            BoundOperator.GreaterOrEqual => value >= Numbers[0],
            BoundOperator.Equal or BoundOperator.In => Numbers.Contains(value),
            BoundOperator.NotEqual => !Numbers.Contains(value),
            _ => value >= Numbers[0] && value <= Numbers[1],
        };
    }

    /// <summary>Whether a text keeps the bound. Compared by ordinal, case and all.</summary>
    public bool Holds(string value)
    {
        if (!IsText)
            return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Holds(number);
        bool found = Words.Contains(value, StringComparer.Ordinal);
        return Operator == BoundOperator.NotEqual ? !found : found;
    }

    /// <summary>
    /// How far inside the bound a value is, in base units: positive inside, negative outside, 0 on the edge;
    /// <see langword="null"/> where the bound has no distance (text, <c>==</c>, <c>in</c>).
    /// </summary>
    public double? Margin(double value) => Operator switch
    {
        _ when IsText || double.IsNaN(value) => null,
        BoundOperator.Less or BoundOperator.LessOrEqual => Numbers[0] - value,
        BoundOperator.Greater or BoundOperator.GreaterOrEqual => value - Numbers[0],
        BoundOperator.Between or BoundOperator.Within => Math.Min(value - Numbers[0], Numbers[1] - value),
        _ => null,
    };

    /// <inheritdoc/>
    public bool Equals(Bound? other) =>
        other is not null && Operator == other.Operator && Unit == other.Unit
        && Numbers.SequenceEqual(other.Numbers) && Words.SequenceEqual(other.Words);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Bound);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Operator, Unit, Numbers.Count, Words.Count);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
