using System.Diagnostics.CodeAnalysis;
using System.Globalization;

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

    /// <summary>The longest duration that is read: anything longer is a slip, and sums of such durations cannot overflow.</summary>
    public static readonly TimeSpan LongestDuration = TimeSpan.FromDays(3650);

    private const int LongestNumber = 100;

    private static readonly (string Name, long Ticks)[] DurationUnits =
    [
        ("w", 7 * TimeSpan.TicksPerDay), ("d", TimeSpan.TicksPerDay), ("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute),
        ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond),
    ];

    // A unit is a power of ten and a whole factor, so that 1% is read as the double nearest to 0.01 and not as 1 * 0.01.
    private static readonly Dictionary<string, (Unit Unit, int PowerOfTen, long Factor)> NumberUnits = new(StringComparer.Ordinal)
    {
        [""] = (Unit.None, 0, 1),
        ["%"] = (Unit.Ratio, -2, 1),
        ["ns"] = (Unit.Seconds, -9, 1),
        ["us"] = (Unit.Seconds, -6, 1),
        ["ms"] = (Unit.Seconds, -3, 1),
        ["s"] = (Unit.Seconds, 0, 1),
        ["m"] = (Unit.Seconds, 0, 60),
        ["h"] = (Unit.Seconds, 0, 3600),
        ["d"] = (Unit.Seconds, 0, 86400),
        ["w"] = (Unit.Seconds, 0, 604800),
        ["B"] = (Unit.Bytes, 0, 1),
        ["kB"] = (Unit.Bytes, 3, 1),
        ["KB"] = (Unit.Bytes, 3, 1),
        ["MB"] = (Unit.Bytes, 6, 1),
        ["GB"] = (Unit.Bytes, 9, 1),
        ["TB"] = (Unit.Bytes, 12, 1),
        ["KiB"] = (Unit.Bytes, 0, 1L << 10),
        ["MiB"] = (Unit.Bytes, 0, 1L << 20),
        ["GiB"] = (Unit.Bytes, 0, 1L << 30),
        ["TiB"] = (Unit.Bytes, 0, 1L << 40),
    };

    /// <summary>
    /// Reads a duration: <c>30s</c>, <c>500ms</c>, <c>1h30m</c>, <c>7d</c>, <c>0</c>. Each unit stands once, the larger
    /// first; only the last number may have a fraction; never negative, at most <see cref="LongestDuration"/>; exact to
    /// the 100 ns that a <see cref="TimeSpan"/> can hold.
    /// </summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0") return true;
        if (text.Length is 0 or > LongestNumber) return false;

        decimal ticks = 0;
        int at = 0, nextUnit = 0;
        while (at < text.Length)
        {
            int start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            ReadOnlySpan<char> digits = text.AsSpan(start, at - start);
            start = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            string name = text[start..at];
            int unit = Array.FindIndex(DurationUnits, nextUnit, candidate => candidate.Name == name);
            if (unit < 0 || !TryParsePlain(digits, out decimal count)) return false;
            if (at < text.Length && digits.Contains('.')) return false;
            if (count > LongestDuration.Ticks) return false;
            ticks += count * DurationUnits[unit].Ticks;
            if (ticks > LongestDuration.Ticks) return false;
            nextUnit = unit + 1;
        }

        if (ticks != decimal.Truncate(ticks)) return false;
        duration = new TimeSpan((long)ticks);
        return true;
    }

    /// <summary>
    /// Reads a share: <c>25%</c> or a ratio <c>0.25</c>; a bare <c>1</c> is refused because it may mean 1 % or 100 %.
    /// At most three decimals of a per cent.
    /// </summary>
    public static bool TryParsePercent(string text, out decimal percent)
    {
        percent = 0;
        if (text.Length is 0 or > LongestNumber) return false;
        bool written = text[^1] == '%';
        ReadOnlySpan<char> digits = written ? text.AsSpan(0, text.Length - 1).TrimEnd(' ') : text;
        if (!TryParsePlain(digits, out decimal value)) return false;
        if (!written && value >= 1) return false;
        if (!written) value *= 100;
        if (value > 100 || decimal.Round(value, 3) != value) return false;
        percent = value / 1.000000000000000000000000000m; // The same number without trailing zeros, so that 25.0% and 25% print alike.
        return true;
    }

    /// <summary>
    /// Reads a number with an optional unit into the base of that unit: <c>1%</c> is 0.01, <c>500ms</c> is 0.5,
    /// <c>10MB</c> is 10,000,000, <c>1KiB</c> is 1024; <c>1h30m</c> is 5400. The number must be finite.
    /// </summary>
    public static bool TryParseNumber(string text, out double value, out Unit unit)
    {
        value = 0;
        unit = Unit.None;
        if (text.Length is 0 or > LongestNumber) return false;
        int end = EndOfMantissa(text);
        if (end < 0) return false;
        string mantissa = text[..end];
        int exponent = 0, at = end;
        if (at + 1 < text.Length && text[at] is 'e' or 'E')
        {
            int start = ++at;
            if (text[at] is '+' or '-') at++;
            int firstDigit = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at == firstDigit || at - firstDigit > 4) return false;
            exponent = int.Parse(text.AsSpan(start, at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        if (NumberUnits.TryGetValue(text[at..].TrimStart(' '), out (Unit Unit, int PowerOfTen, long Factor) found) && !text.EndsWith(' '))
        {
            unit = found.Unit;
            value = Scale(mantissa, exponent + found.PowerOfTen, found.Factor);
            return double.IsFinite(value);
        }

        if (!TryParseDuration(text, out TimeSpan duration)) return false;
        unit = Unit.Seconds;
        value = duration.TotalSeconds;
        return true;
    }

    /// <summary>
    /// Reads a bound: an operator (<c>&lt; &lt;= &gt; &gt;= == != in between within</c>) and what it compares with. A
    /// tolerance in per cent (<c>within 10% of x</c>) is always relative to the value behind <c>of</c>. A bare 0 takes the unit of
    /// the other numbers.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="problem">What is wrong with it; empty when nothing is.</param>
    public static bool TryParseBound(string text, [NotNullWhen(true)] out Bound? bound, out string problem)
    {
        bound = BoundParser.Parse(text, out problem);
        return bound is not null;
    }

    /// <summary>
    /// Writes a value in the unit it counts, short enough for a sentence (five significant digits, more only for whole
    /// numbers): 0.0231 as a ratio is <c>2.31%</c>, 0.5 seconds are <c>500ms</c>.
    /// </summary>
    public static string Format(double value, Unit unit) => QuantityFormat.Format(value, unit);

    /// <summary>Writes a duration as a document would: <c>1h30m</c>. Exact: reading it again gives the same duration.</summary>
    public static string Format(TimeSpan duration) => QuantityFormat.Format(duration);

    private static double Scale(string mantissa, int exponent, long factor)
    {
        string digits = string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{exponent}");
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        double value = double.Parse(digits, Style, CultureInfo.InvariantCulture);
        if (factor == 1) return value;
        // 0.1m is exactly 6 s: multiply in decimal where the digits fit into one, in double (at most one rounding more) where not.
        return exponent == 0 && mantissa.Length <= 20 && decimal.TryParse(mantissa, Style, CultureInfo.InvariantCulture, out decimal exact)
            ? double.Parse((exact * factor).ToString(CultureInfo.InvariantCulture), Style, CultureInfo.InvariantCulture)
            : value * factor;
    }

    // The end of [+-]digits[.digits], or -1 when the text does not begin with one.
    private static int EndOfMantissa(string text)
    {
        int at = text[0] is '+' or '-' ? 1 : 0;
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (at == start) return -1;
        if (at == text.Length || text[at] != '.') return at;
        int fraction = ++at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return at > fraction ? at : -1;
    }

    // digits[.digits], no sign and no exponent, and few enough digits that a decimal holds them exactly.
    private static bool TryParsePlain(ReadOnlySpan<char> digits, out decimal value)
    {
        value = 0;
        return digits.Length is > 0 and <= 28 && digits[0] != '.' && digits[^1] != '.'
            && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);
    }
}
