namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// Hashes that are the same in every process, to recognise a name without keeping it. FNV-1a, 64 bits, over UTF-16 code units (Fowler,
/// Noll, Vo; draft-eastlake-fnv). No protection against someone who looks for collisions, who could write any report anyway.
/// </summary>
internal static class StableHash
{
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>The hash of some texts; where one ends and the next begins counts.</summary>
    public static ulong Of(params ReadOnlySpan<string?> texts)
    {
        ulong hash = Basis;
        foreach (string? text in texts)
        {
            foreach (char c in text ?? "") hash = (hash ^ c) * Prime;
            hash = (hash ^ 0xFFFF) * Prime;
        }

        return hash;
    }
}
