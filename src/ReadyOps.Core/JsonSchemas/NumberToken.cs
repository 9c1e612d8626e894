using System.Numerics;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// A number of JSON taken apart without copying it: sign, significant digits and the power of ten of the last one. However it is written, one
/// value has one sign, one row of digits and one exponent, so values compare, at any size, digit by digit: 1, 1.0 and 10e-1 are one number,
/// 2^53 + 1 is not 2^53, and 1e999999999 costs no more than 1. Exponents beyond 10^18 count as 10^18.
/// </summary>
internal readonly ref struct NumberToken
{
    /// <summary>Numbers of up to this many digits are reckoned with in 64 bits.</summary>
    public const int SmallDigits = 18;

    private const long MostExponent = 1_000_000_000_000_000_000;

    private static readonly ulong[] Powers = [.. Enumerable.Range(0, SmallDigits + 1).Select(power => (ulong)BigInteger.Pow(10, power))];

    // From the first significant digit to the last one; a point may be among them.
    private readonly ReadOnlySpan<byte> _digits;
    private readonly ulong _small;

    /// <summary>Takes a number apart that is written in JSON's grammar.</summary>
    public NumberToken(ReadOnlySpan<byte> json)
    {
        (int at, int first, int last, int fraction, int zeros) = (0, -1, -1, 0, 0);
        bool afterPoint = false;
        if (!json.IsEmpty && json[0] == '-') at++;
        for (; at < json.Length; at++)
        {
            if (json[at] == '.')
            {
                afterPoint = true;
                continue;
            }

            uint digit = (uint)(json[at] - '0');
            if (digit > 9) break;
            if (afterPoint) fraction++;
            if (digit == 0)
            {
                // Zeros count only once another digit follows.
                if (first >= 0) zeros++;
                continue;
            }

            if (first < 0) first = at;
            last = at;
            Count += zeros + 1;
            if (Count <= SmallDigits) _small = (_small * Powers[zeros + 1]) + digit;
            zeros = 0;
        }

        if (first < 0) return;
        _digits = json[first..(last + 1)];
        Sign = json[0] == '-' ? -1 : 1;
        Exponent = (at < json.Length ? ReadExponent(json[(at + 1)..]) : 0) - fraction + zeros;
    }

    /// <summary>-1, 0 or 1.</summary>
    public int Sign { get; }

    /// <summary>How many digits there are from the first that is not zero to the last such.</summary>
    public int Count { get; }

    /// <summary>The power of ten of the last significant digit.</summary>
    public long Exponent { get; }

    /// <summary>Whether the value is a whole number, as 1.0 and 1e3 are.</summary>
    public bool IsInteger => Exponent >= 0;

    /// <summary>Whether <see cref="Small"/> holds all of the digits.</summary>
    public bool IsSmall => Count <= SmallDigits;

    /// <summary>The significant digits as a number.</summary>
    public ulong Small => _small;

    /// <summary>10 to a power from 0 to <see cref="SmallDigits"/>.</summary>
    public static ulong PowerOfTen(int power) => Powers[power];

    public int CompareTo(NumberToken other)
    {
        if (Sign != other.Sign || Sign == 0) return Sign.CompareTo(other.Sign);
        // Numbers of different length need no digits.
        int order = (Exponent + Count).CompareTo(other.Exponent + other.Count);
        return Sign * (order != 0 ? order : CompareDigits(other));
    }

    public bool Equals(NumberToken other) =>
        Sign == other.Sign && Exponent == other.Exponent && Count == other.Count && (IsSmall ? _small == other._small : CompareDigits(other) == 0);

    /// <summary>The same for all ways to write a value.</summary>
    public int Hash()
    {
        if (IsSmall) return HashCode.Combine(Sign, Exponent, _small);
        var hash = default(HashCode);
        hash.Add(Sign);
        hash.Add(Exponent);
        for (int at = 0; NextDigits(ref at, out ulong digits, out _);) hash.Add(digits);
        return hash.ToHashCode();
    }

    /// <summary>The rest of the significant digits divided by a number.</summary>
    public ulong Modulo(ulong divisor)
    {
        if (IsSmall) return _small % divisor;
        UInt128 rest = 0;
        for (int at = 0; NextDigits(ref at, out ulong digits, out int count);) rest = ((rest * Powers[count]) + digits) % divisor;
        return (ulong)rest;
    }

    /// <inheritdoc cref="Modulo(ulong)"/>
    public BigInteger Modulo(BigInteger divisor)
    {
        BigInteger rest = BigInteger.Zero;
        for (int at = 0; NextDigits(ref at, out ulong digits, out int count);) rest = ((rest * Powers[count]) + digits) % divisor;
        return rest;
    }

    /// <summary>The significant digits as a number.</summary>
    public BigInteger Digits()
    {
        BigInteger value = BigInteger.Zero;
        for (int at = 0; NextDigits(ref at, out ulong digits, out int count);) value = (value * Powers[count]) + digits;
        return value;
    }

    // The next 18 digits, or as many as there are.
    private bool NextDigits(ref int at, out ulong digits, out int count)
    {
        (digits, count) = (0, 0);
        for (; at < _digits.Length && count < SmallDigits; at++)
        {
            if (_digits[at] == '.') continue;
            digits = (digits * 10) + (ulong)(_digits[at] - '0');
            count++;
        }

        return count > 0;
    }

    // Of two rows of digits that begin at the same power of ten.
    private int CompareDigits(NumberToken other)
    {
        if (IsSmall && other.IsSmall)
        {
            int more = Math.Max(Count, other.Count);
            return (_small * Powers[more - Count]).CompareTo(other._small * Powers[more - other.Count]);
        }

        (int mine, int theirs) = (0, 0);
        while (mine < _digits.Length && theirs < other._digits.Length)
        {
            if (_digits[mine] == '.') mine++;
            if (other._digits[theirs] == '.') theirs++;
            if (_digits[mine] != other._digits[theirs]) return _digits[mine] < other._digits[theirs] ? -1 : 1;
            mine++;
            theirs++;
        }

        return Count.CompareTo(other.Count);
    }

    private static long ReadExponent(ReadOnlySpan<byte> json)
    {
        bool negative = !json.IsEmpty && json[0] == '-';
        if (!json.IsEmpty && json[0] is (byte)'+' or (byte)'-') json = json[1..];
        long value = 0;
        foreach (byte digit in json) value = value >= MostExponent / 10 ? MostExponent : (value * 10) + digit - '0';
        return negative ? -value : value;
    }
}
