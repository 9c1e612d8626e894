namespace ReadyOps;

/// <summary>
/// Lists as users receive them. To PowerShell, <c>$list[0]</c> of a list that the compiler made for a collection expression is the
/// whole list: it has no public indexer. An array has.
/// </summary>
internal static class Listing
{
    /// <summary>The same list as an array.</summary>
    public static T[] AsArray<T>(this IReadOnlyList<T> list) => list as T[] ?? [.. list];
}
