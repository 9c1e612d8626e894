using System.Globalization;
using System.Numerics;

namespace ReadyOps.Core.Documents;

/// <summary>
/// The type of a scalar without quotes by the core schema of YAML 1.2 (section 10.3.2): <c>yes</c>, <c>no</c>, <c>on</c> and
/// <c>off</c> are texts, <c>0o17</c> and <c>0x1F</c> are numbers.
/// </summary>
internal static class CoreScalar
{
    /// <summary>Longer numbers come from no person and cost more than they are worth.</summary>
    public const int LongestNumber = 400;

    /// <summary>The type and the text in JSON's grammar; a problem where the scalar cannot be taken for what it looks like.</summary>
    public static (NodeKind Kind, string Text, string Problem) Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return (NodeKind.Null, "null", "");
            case "true" or "True" or "TRUE":
                return (NodeKind.Boolean, "true", "");
            case "false" or "False" or "FALSE":
                return (NodeKind.Boolean, "false", "");
            case ".nan" or ".NaN" or ".NAN":
                return (NodeKind.String, text, $"'{text}' is no number that a document may hold; write it in quotes if a text is meant");
        }

        return LooksNumeric(text[0]) ? Number(text) : (NodeKind.String, text, "");
    }

    private static bool LooksNumeric(char first) => char.IsAsciiDigit(first) || first is '-' or '+' or '.';

    private static (NodeKind Kind, string Text, string Problem) Number(string text)
    {
        int at = text[0] is '-' or '+' ? 1 : 0;
        string sign = text[0] == '-' ? "-" : "";
        ReadOnlySpan<char> rest = text.AsSpan(at);
        if (rest is ".inf" or ".Inf" or ".INF")
            return (NodeKind.String, text, $"'{text}' is no number that a document may hold; write it in quotes if a text is meant");
        if (Radix(text) is { } whole) return whole;

        int digits = Digits(rest);
        int fraction = 0, end = digits;
        if (end < rest.Length && rest[end] == '.')
        {
            fraction = Digits(rest[(end + 1)..]);
            end += fraction + 1;
        }

        if (digits == 0 && fraction == 0) return (NodeKind.String, text, "");
        int mantissa = end;
        if (end < rest.Length && rest[end] is 'e' or 'E')
        {
            int signed = end + 1 < rest.Length && rest[end + 1] is '-' or '+' ? 1 : 0;
            int power = Digits(rest[(end + 1 + signed)..]);
            if (power > 0) end += 1 + signed + power;
        }

        if (end != rest.Length) return (NodeKind.String, text, "");
        if (text.Length > LongestNumber) return (NodeKind.String, "", $"a number of more than {LongestNumber} characters");
        if (digits > 1 && rest[0] == '0')
            return (NodeKind.String, text, $"'{text}' begins with a zero: write it in quotes if a text is meant, without the zero if a number is");

        string before = digits == 0 ? "0" : rest[..digits].ToString();
        string after = fraction == 0 ? "" : $".{rest.Slice(digits + 1, fraction)}";
        return (NodeKind.Number, $"{sign}{before}{after}{rest[mantissa..]}", "");
    }

    private static (NodeKind Kind, string Text, string Problem)? Radix(string text)
    {
        bool hex = text.StartsWith("0x", StringComparison.Ordinal);
        if (text.Length < 3 || (!hex && !text.StartsWith("0o", StringComparison.Ordinal))) return null;
        ReadOnlySpan<char> digits = text.AsSpan(2);
        foreach (char c in digits)
            if (!(hex ? char.IsAsciiHexDigit(c) : c is >= '0' and <= '7')) return null;
        if (text.Length > LongestNumber) return (NodeKind.String, "", $"a number of more than {LongestNumber} characters");
        BigInteger value = 0;
        foreach (char c in digits) value = (value * (hex ? 16 : 8)) + Convert.ToInt32(c.ToString(), 16);
        return (NodeKind.Number, value.ToString(CultureInfo.InvariantCulture), "");
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        int count = 0;
        while (count < text.Length && char.IsAsciiDigit(text[count])) count++;
        return count;
    }
}
