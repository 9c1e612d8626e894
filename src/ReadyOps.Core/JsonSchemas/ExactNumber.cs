using System.Text;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>A number of a schema, kept as it is written and compared by its mathematical value; see <see cref="NumberToken"/>.</summary>
internal sealed class ExactNumber
{
    private readonly byte[] _json;
    private readonly long _whole;
    private readonly bool _isWhole;

    private ExactNumber(byte[] json)
    {
        _json = json;
        _isWhole = TryWhole(json, out _whole);
    }

    /// <summary>Keeps a number in JSON's grammar.</summary>
    public static ExactNumber Parse(string json) => new(Encoding.ASCII.GetBytes(json));

    /// <inheritdoc cref="Parse(string)"/>
    public static ExactNumber Parse(ReadOnlySpan<byte> json) => new(json.ToArray());

    /// <summary>Whether two numbers in JSON's grammar have one value.</summary>
    public static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.SequenceEqual(b) || new NumberToken(a).Equals(new NumberToken(b));

    /// <summary>A hash that is the same for all ways to write a value.</summary>
    public static int Hash(ReadOnlySpan<byte> json) => new NumberToken(json).Hash();

    /// <summary>How a number in JSON's grammar compares to this one: below 0 if it is less. Allocates nothing.</summary>
    public int Compare(ReadOnlySpan<byte> json) =>
        _isWhole && TryWhole(json, out long whole) ? whole.CompareTo(_whole) : new NumberToken(json).CompareTo(new NumberToken(_json));

    /// <summary>A count or a length that this number limits, as an integer: what is beyond is <see cref="int.MaxValue"/>, since nothing is as long.</summary>
    public int ToCount()
    {
        var token = new NumberToken(_json);
        if (token.Sign <= 0) return 0;
        bool fits = token.IsSmall && token.Exponent <= NumberToken.SmallDigits - token.Count;
        return fits ? (int)Math.Min(token.Small * NumberToken.PowerOfTen((int)token.Exponent), int.MaxValue) : int.MaxValue;
    }

    // Nearly all numbers are short and have neither point nor exponent.
    private static bool TryWhole(ReadOnlySpan<byte> json, out long value)
    {
        value = 0;
        bool negative = !json.IsEmpty && json[0] == '-';
        if (negative) json = json[1..];
        if (json.Length is 0 or > NumberToken.SmallDigits) return false;
        foreach (byte digit in json)
        {
            if ((uint)(digit - '0') > 9) return false;
            value = (value * 10) + digit - '0';
        }

        if (negative) value = -value;
        return true;
    }
}
