using System.Globalization;
using System.Numerics;

namespace ReadyOps.Core.Tests.JsonSchemas.Naive;

/// <summary>A number of JSON as a fraction of two whole numbers. Only for exponents of a sane size.</summary>
internal readonly record struct NaiveNumber(BigInteger Over, BigInteger Under)
{
    public bool IsInteger => Over % Under == 0;

    public static NaiveNumber Parse(string json)
    {
        int e = json.IndexOfAny(['e', 'E']);
        string mantissa = e < 0 ? json : json[..e];
        int exponent = e < 0 ? 0 : int.Parse(json[(e + 1)..], CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0) exponent -= mantissa.Length - point - 1;
        var digits = BigInteger.Parse(mantissa.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        return exponent >= 0 ? new(digits * BigInteger.Pow(10, exponent), 1) : new(digits, BigInteger.Pow(10, -exponent));
    }

    public int CompareTo(NaiveNumber other) => (Over * other.Under).CompareTo(other.Over * Under);

    public bool IsMultipleOf(NaiveNumber divisor) => Over * divisor.Under % (Under * divisor.Over) == 0;
}
