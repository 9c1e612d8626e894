using System.Diagnostics.CodeAnalysis;

namespace ReadyOps.Core.Documents;

/// <summary>Texts with units to typed values and back: durations, shares, sizes, bounds.</summary>
public static class Quantities
{
    /// <summary>What a duration looks like, for a message.</summary>
    public const string DurationExpected = "a duration such as 30s, 500ms, 1h30m or 7d";

    /// <summary>What a share looks like, for a message.</summary>
    public const string PercentExpected = "a share from 0% to 100%, written 25% or 0.25";

    /// <summary>What a bound looks like, for a message.</summary>
    public const string BoundExpected = "a bound such as '< 1%', '>= 98%', '== compliant', 'in [a, b]', 'between 0.9 and 1.1' or 'within 10% of 131.57ms'";

    /// <summary>Reads a duration: <c>30s</c>, <c>500ms</c>, <c>1h30m</c>, <c>7d</c>, <c>0</c>.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration) => throw new NotImplementedException();

    /// <summary>Reads a share: <c>25%</c> or a ratio <c>0.25</c>; a bare <c>1</c> is refused because it may mean 1 % or 100 %.</summary>
    public static bool TryParsePercent(string text, out decimal percent) => throw new NotImplementedException();

    /// <summary>Reads a number with an optional unit into the base of that unit: <c>1%</c> is 0.01, <c>500ms</c> is 0.5, <c>10MB</c> is 10,000,000.</summary>
    public static bool TryParseNumber(string text, out double value, out Unit unit) => throw new NotImplementedException();

    /// <summary>Reads a bound.</summary>
    public static bool TryParseBound(string text, [NotNullWhen(true)] out Bound? bound, out string problem) => throw new NotImplementedException();

    /// <summary>Writes a value in the unit it counts, short enough for a sentence: 0.0231 as a ratio is <c>2.31%</c>, 0.5 seconds are <c>500ms</c>.</summary>
    public static string Format(double value, Unit unit) => throw new NotImplementedException();

    /// <summary>Writes a duration as a document would: <c>1h30m</c>.</summary>
    public static string Format(TimeSpan duration) => throw new NotImplementedException();
}
