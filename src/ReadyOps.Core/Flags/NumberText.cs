using System.Globalization;

namespace ReadyOps.Core.Flags;

/// <summary>
/// Numbers and texts into one another exactly as the engine of flagd's core does it (Go's <c>strconv</c> and <c>encoding/json</c>), because
/// what <c>cat</c> makes of a number is hashed, and what a rule comes to is compared with the names of variants.
/// </summary>
internal static class NumberText
{
    private const double MostSafe = 9007199254740991;

    /// <summary>Whether it is whole and every reader of JSON holds it exactly.</summary>
    public static bool IsSafeInteger(double value) => Math.Abs(value) <= MostSafe && value == Math.Truncate(value);

    /// <summary>The shortest text that reads back as the same number, without an exponent: <c>FormatFloat(v, 'f', -1, 64)</c>.</summary>
    public static string Plain(double value)
    {
        if (IsSafeInteger(value) && (value != 0 || !double.IsNegative(value))) return ((long)value).ToString(CultureInfo.InvariantCulture);
        if (!double.IsFinite(value)) return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        (string sign, string digits, int point) = Digits(value);
        if (point <= 0) return $"{sign}0.{new string('0', -point)}{digits}";
        return point >= digits.Length ? $"{sign}{digits}{new string('0', point - digits.Length)}" : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    /// <summary>A finite number as <c>encoding/json</c> writes it: with an exponent below 1e-6 and from 1e21 on.</summary>
    public static string Json(double value)
    {
        double size = Math.Abs(value);
        if (size == 0 || (size >= 1e-6 && size < 1e21)) return Plain(value);
        (string sign, string digits, int point) = Digits(value);
        int exponent = point - 1;
        string fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent)}");
    }

    /// <summary>A number as <c>%v</c> writes it: with an exponent below 1e-4 and from 1e6 on.</summary>
    public static string Verb(double value)
    {
        double size = Math.Abs(value);
        if (!double.IsFinite(value) || size == 0 || (size >= 1e-4 && size < 1e6)) return Plain(value);
        (string sign, string digits, int point) = Digits(value);
        string fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(point < 1 ? "-" : "+")}{Math.Abs(point - 1):00}");
    }

    /// <summary>Reads a number as <c>ParseFloat</c> does, without its hexadecimal floats: no blanks around it, no groups; too large is infinite.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        ReadOnlySpan<char> rest = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        if (rest.Length > 0 && (char.IsAsciiDigit(rest[0]) || rest[0] == '.'))
            return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
        bool infinite = rest.Equals("inf", StringComparison.OrdinalIgnoreCase) || rest.Equals("infinity", StringComparison.OrdinalIgnoreCase);
        value = infinite ? text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity : double.NaN;
        return infinite || text.Equals("nan", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The significant digits, and how many of them (or of zeros beyond them) stand before the point.</summary>
    private static (string Sign, string Digits, int Point) Digits(double value)
    {
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        string sign = shortest[0] == '-' ? "-" : "";
        int mark = shortest.IndexOf('E');
        string mantissa = (mark < 0 ? shortest : shortest[..mark]).TrimStart('-');
        int exponent = mark < 0 ? 0 : int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int dot = mantissa.IndexOf('.');
        int point = (dot < 0 ? mantissa.Length : dot) + exponent;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string significant = digits.TrimStart('0');
        if (significant.Length == 0) return (sign, "0", 1);
        point -= digits.Length - significant.Length;
        significant = significant.TrimEnd('0');
        return (sign, significant, point);
    }
}
