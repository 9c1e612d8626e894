using System.Globalization;
using System.Numerics;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Which of two releases is newer, where their names say so: numbers with dots, as in <c>2.4.0</c>, <c>v2.4.0-rc.1</c> or
/// <c>2026.11.21</c>, by the precedence of Semantic Versioning 2.0.0 §11, with any number of numbers.
/// </summary>
internal static class ReleaseVersion
{
    /// <summary>Above 0 when <paramref name="a"/> is newer, below 0 when it is older, 0 when they are equal; <see langword="null"/> where the names do not say.</summary>
    public static int? Compare(string a, string b)
    {
        if (Parse(a) is not { } left || Parse(b) is not { } right) return null;
        for (int i = 0; i < Math.Max(left.Numbers.Length, right.Numbers.Length); i++)
        {
            int order = left.Numbers.ElementAtOrDefault(i).CompareTo(right.Numbers.ElementAtOrDefault(i));
            if (order != 0) return order;
        }

        return ComparePrereleases(left.Prerelease, right.Prerelease);
    }

    private static int ComparePrereleases(string[] a, string[] b)
    {
        // What comes before a release is older than it.
        if (a.Length == 0 || b.Length == 0) return b.Length.CompareTo(a.Length);
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            bool numberA = TryNumber(a[i], out BigInteger x);
            bool numberB = TryNumber(b[i], out BigInteger y);
            int order = numberA && numberB ? x.CompareTo(y) : numberA != numberB ? (numberA ? -1 : 1) : string.CompareOrdinal(a[i], b[i]);
            if (order != 0) return order;
        }

        return a.Length.CompareTo(b.Length);
    }

    private static (BigInteger[] Numbers, string[] Prerelease)? Parse(string name)
    {
        string text = name.StartsWith('v') || name.StartsWith('V') ? name[1..] : name;
        string[] parts = text.Split('+')[0].Split('-', 2);
        var numbers = new List<BigInteger>();
        foreach (string part in parts[0].Split('.'))
        {
            if (!TryNumber(part, out BigInteger number)) return null;
            numbers.Add(number);
        }

        // One number alone may be a build, a date or the beginning of a hash.
        if (numbers.Count < 2) return null;
        return ([.. numbers], parts.Length == 1 ? [] : parts[1].Split('.'));
    }

    private static bool TryNumber(string text, out BigInteger number) => BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
