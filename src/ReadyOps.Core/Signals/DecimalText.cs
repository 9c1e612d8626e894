using System.Numerics;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Finds the double nearest to a short decimal number, as IEEE 754 wants it rounded, without a detour through the framework's
/// parser: D. Lemire, Number Parsing at a Gigabyte per Second (Software: Practice and Experience 51(8), 2021), within the powers
/// of ten where that paper proves 128 bits to be always enough, and W. D. Clinger's exact case before it.
/// </summary>
internal static class DecimalText
{
    private const int LeastPower = -27;
    private const int GreatestPower = 55;

    // 10^0 to 10^22 are doubles without an error, and so is a whole number up to 2^53: one product or quotient of the two is rounded
    // once, which makes it the nearest double (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990).
    private static readonly double[] ExactPowers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    private static readonly (ulong High, ulong Low)[] PowersOfFive = [.. Enumerable.Range(LeastPower, GreatestPower - LeastPower + 1).Select(PowerOfFive)];

    /// <summary>
    /// Reads digits with an optional sign in front, an optional point between them, and an optional exponent.
    /// </summary>
    /// <param name="text">The bytes from the first of the number on; whatever ends it may follow.</param>
    /// <param name="value">The nearest double.</param>
    /// <returns>
    /// How many bytes the number has; 0 when it is none, or has more than 19 digits or an unusual exponent: then it is left to a
    /// parser that knows everything.
    /// </returns>
    public static int Read(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        int i = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative) i++;
        int begin = i;
        ulong digits = 0;
        i = Digits(text, i, ref digits);
        int count = i - begin, power = 0;
        if (count == 0) return 0;
        if (i < text.Length && text[i] == '.')
        {
            int behind = i + 1;
            i = Digits(text, behind, ref digits);
            if (i == behind) return 0;
            count += i - behind;
            power = behind - i;
        }

        // 10^19 - 1 still fits into 64 bits; zeros in front, as in 0.00012, add nothing to it.
        if (count > 19)
        {
            ReadOnlySpan<byte> zeros = text[begin..i];
            if (zeros.IndexOfAnyExcept((byte)'0', (byte)'.') is > 0 and int first) count -= zeros[..first].Count((byte)'0');
            if (count > 19) return 0;
        }

        if (i < text.Length && (text[i] | 0x20) == 'e')
        {
            int e = i + 1, exponent = 0;
            bool down = e < text.Length && text[e] == '-';
            if (e < text.Length && text[e] is (byte)'-' or (byte)'+') e++;
            int first = e;
            while (e < text.Length && e - first < 3 && (uint)(text[e] - '0') <= 9) exponent = (exponent * 10) + (text[e++] - '0');
            if (e == first) return 0;
            power += down ? -exponent : exponent;
            i = e;
        }

        if (!TryRound(digits, power, out value)) return 0;
        if (negative) value = -value;
        return i;
    }

    private static int Digits(ReadOnlySpan<byte> text, int i, ref ulong digits)
    {
        ulong all = digits;
        for (; i < text.Length; i++)
        {
            uint digit = (uint)(text[i] - '0');
            if (digit > 9) break;
            all = (all * 10) + digit;
        }

        digits = all;
        return i;
    }

    /// <summary>The double nearest to <paramref name="digits"/> × 10^<paramref name="power"/>; ties go to the even one.</summary>
    private static bool TryRound(ulong digits, int power, out double value)
    {
        if (digits <= 1UL << 53 && power is >= -22 and <= 22)
        {
            value = power < 0 ? digits / ExactPowers[-power] : digits * ExactPowers[power];
            return true;
        }

        value = 0;
        if (digits == 0) return true;
        if (power is < LeastPower or > GreatestPower) return false;

        // Names follow the paper's algorithm 1.
        int zeros = BitOperations.LeadingZeroCount(digits);
        digits <<= zeros;
        (ulong fiveHigh, ulong fiveLow) = PowersOfFive[power - LeastPower];
        ulong high = Math.BigMul(digits, fiveHigh, out ulong low);
        if ((high & 0x1FF) == 0x1FF)
        {
            ulong carry = Math.BigMul(digits, fiveLow, out _);
            low += carry;
            if (low < carry) high++;
        }

        int upper = (int)(high >> 63);
        int shift = upper + 9;
        ulong mantissa = high >> shift;
        int exponent = ((217706 * power) >> 16) + 63 + upper - zeros + 1023;

        // Exactly in the middle between two doubles, which only these powers can be.
        if (low <= 1 && power is >= -4 and <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~1UL;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        if (mantissa >= 1UL << 53)
        {
            mantissa = 1UL << 52;
            exponent++;
        }

        // No 19 digits with one of these powers of ten leave the range of normal doubles.
        value = BitConverter.UInt64BitsToDouble((mantissa & ~(1UL << 52)) | ((ulong)exponent << 52));
        return true;
    }

    // The first 128 bits of 5^power: cut off above zero, where they are all there are up to 5^55, and rounded up below, as the paper has it.
    private static (ulong High, ulong Low) PowerOfFive(int power)
    {
        BigInteger five = BigInteger.Pow(5, Math.Abs(power));
        int bits = (int)five.GetBitLength();
        BigInteger top = power >= 0 ? five << (128 - bits) : ((BigInteger.One << (bits + 127)) / five) + 1;
        return ((ulong)(top >> 64), (ulong)(top & ulong.MaxValue));
    }
}
