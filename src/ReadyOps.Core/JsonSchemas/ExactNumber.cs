using System.Globalization;
using System.Numerics;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// A number of JSON as what it is: whole digits times a power of ten. 1, 1.0 and 10e-1 are one number, 2^53 + 1 is not 2^53, and
/// no operation costs more for 1e999999999 than for 1.
/// </summary>
internal readonly record struct ExactNumber : IComparable<ExactNumber>
{
    // Far beyond what any comparison can tell apart; keeps sums of exponents within a long.
    private const long MostExponent = 1_000_000_000_000_000;

    private readonly BigInteger _digits;
    private readonly long _exponent;

    private ExactNumber(BigInteger digits, long exponent) => (_digits, _exponent) = (digits, exponent);

    public bool IsInteger => _exponent >= 0;

    public bool IsPositive => _digits.Sign > 0;

    /// <summary>Reads a number in JSON's grammar.</summary>
    public static ExactNumber Parse(string json)
    {
        int e = json.AsSpan().IndexOfAny('e', 'E');
        ReadOnlySpan<char> mantissa = e < 0 ? json : json.AsSpan(0, e);
        long exponent = 0;
        if (e >= 0 && !long.TryParse(json.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            exponent = json[e + 1] == '-' ? -MostExponent : MostExponent;
        exponent = Math.Clamp(exponent, -MostExponent, MostExponent);

        int point = mantissa.IndexOf('.');
        if (point >= 0) exponent -= mantissa.Length - point - 1;
        string digits = mantissa.ToString().Replace(".", "", StringComparison.Ordinal);
        string stripped = digits.TrimEnd('0');
        if (stripped is "" or "-") return default;
        exponent += digits.Length - stripped.Length;
        return new ExactNumber(BigInteger.Parse(stripped, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent);
    }

    public int CompareTo(ExactNumber other)
    {
        if (_digits.Sign != other._digits.Sign || _digits.Sign == 0) return _digits.Sign.CompareTo(other._digits.Sign);
        // Numbers of different order need no digits; those of the same differ in exponent by no more than they have digits.
        int order = Order().CompareTo(other.Order());
        if (order != 0) return order * _digits.Sign;
        long common = Math.Min(_exponent, other._exponent);
        return Scaled(common).CompareTo(other.Scaled(common));
    }

    public bool IsMultipleOf(ExactNumber divisor)
    {
        if (_digits.IsZero) return true;
        long power = _exponent - divisor._exponent;
        // The digits end in no zero, so no power of ten divides them.
        return power >= 0 && (_digits * BigInteger.ModPow(10, power, BigInteger.Abs(divisor._digits)) % divisor._digits).IsZero;
    }

    private long Order() => BigInteger.Abs(_digits).ToString(CultureInfo.InvariantCulture).Length + _exponent;

    private BigInteger Scaled(long exponent) => _digits * BigInteger.Pow(10, (int)(_exponent - exponent));
}
