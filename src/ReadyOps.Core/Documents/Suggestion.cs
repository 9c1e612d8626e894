namespace ReadyOps.Core.Documents;

/// <summary>Finds the name that somebody probably meant.</summary>
public static class Suggestion
{
    // Longer names and longer lists come from no person; the bound keeps a hostile document from costing time.
    private const int LongestName = 64;
    private const int MostCandidates = 1000;

    /// <summary><c>; did you mean 'x'?</c> to put behind a message, or nothing where no candidate is close.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="candidates">What could have been meant.</param>
    public static string For(string name, IEnumerable<string> candidates) => Nearest(name, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary>The candidate that is the fewest slips away, case aside, or <see langword="null"/> where none is close.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length is 0 or > LongestName) return null;
        string? nearest = null;
        int best = Math.Clamp(name.Length / 3, 1, 3) + 1;
        foreach (string candidate in candidates.Take(MostCandidates))
        {
            if (candidate.Length > LongestName || Math.Abs(candidate.Length - name.Length) >= best) continue;
            int distance = Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant());
            // One slip in a name of one or two letters makes any other such name.
            if (distance >= best || distance >= Math.Max(name.Length, candidate.Length)) continue;
            best = distance;
            nearest = candidate;
        }

        return nearest;
    }

    /// <summary>
    /// How many insertions, deletions, substitutions and swaps of neighbours lead from one text to the other
    /// (Damerau–Levenshtein, in the variant that edits no part twice).
    /// </summary>
    public static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1];
        int[] last = new int[b.Length + 1];
        int[] row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitute = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(substitute, Math.Min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}
