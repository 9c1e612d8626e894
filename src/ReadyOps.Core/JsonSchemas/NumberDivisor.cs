using System.Numerics;

namespace ReadyOps.Core.JsonSchemas;

/// <summary><c>multipleOf</c>, exact for decimals of any size. The time it takes grows with the digits of the value and not with its exponent.</summary>
internal sealed class NumberDivisor
{
    /// <summary>The most significant digits that a divisor may have, so that long values by long divisors take no time to speak of.</summary>
    public const int MostDigits = 10_000;

    private readonly long _exponent;
    private readonly ulong _small;
    private readonly BigInteger _large;

    /// <summary>Makes the divisor from a number in JSON's grammar.</summary>
    /// <exception cref="ArgumentException">It is 0 or less, or has too many digits; the message says so.</exception>
    public NumberDivisor(ReadOnlySpan<byte> json)
    {
        var token = new NumberToken(json);
        if (token.Sign <= 0) throw new ArgumentException("a divisor is more than 0");
        if (token.Count > MostDigits) throw new ArgumentException("a divisor has at most 10,000 digits");
        _exponent = token.Exponent;
        if (token.IsSmall) _small = token.Small;
        else _large = token.Digits();
    }

    /// <summary>Whether a number in JSON's grammar is a multiple. Allocates nothing where the divisor has 18 digits or fewer.</summary>
    public bool Divides(ReadOnlySpan<byte> json)
    {
        var value = new NumberToken(json);
        if (value.Sign == 0) return true;
        // The digits end in no zero, so no power of ten divides them.
        long power = value.Exponent - _exponent;
        if (power < 0) return false;
        if (_small == 0) return (value.Modulo(_large) * BigInteger.ModPow(10, power, _large) % _large).IsZero;
        ulong rest = value.Modulo(_small);
        return rest == 0 || (power > 0 && (UInt128)rest * PowerOfTen(power) % _small == 0);
    }

    // 10 to a power, modulo the divisor: by squaring.
    private ulong PowerOfTen(long power)
    {
        if (power <= NumberToken.SmallDigits) return NumberToken.PowerOfTen((int)power) % _small;
        (ulong result, ulong square) = (1 % _small, 10 % _small);
        for (; power > 0; power >>= 1)
        {
            if ((power & 1) != 0) result = (ulong)((UInt128)result * square % _small);
            square = (ulong)((UInt128)square * square % _small);
        }

        return result;
    }
}
