namespace ReadyOps.Core.Flags;

/// <summary>Texts by the order of their code points, which is that of their bytes in UTF-8. .NET's ordinal order differs beyond U+FFFF.</summary>
internal sealed class CodePointOrder : IComparer<string>
{
    public static readonly CodePointOrder Instance = new();

    public int Compare(string? x, string? y) => Compare(x.AsSpan(), y.AsSpan());

    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        int same = x.CommonPrefixLength(y);
        if (same == x.Length || same == y.Length) return x.Length.CompareTo(y.Length);
        return Weight(x[same]).CompareTo(Weight(y[same]));
    }

    // Surrogates stand for the code points behind all others.
    private static int Weight(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
