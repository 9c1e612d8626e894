namespace ReadyOps.Core.Documents;

/// <summary>
/// Reads a document that does not keep its schema for what else is wrong with it, so that a person sees everything at once. Readers go on
/// with stand-ins where something is wrong, so only what they say of parts that are sound is told: no false alarm follows from another fault.
/// </summary>
internal static class SoundParts
{
    // Parts that are weighed against others: with those unsound, nothing that is said of them is certain.
    private static readonly (string Part, string[] Against)[] Weighed =
    [
        ("/rollback", ["/steps", "/strategy", "/share"]),
        ("/deadline", ["/steps", "/strategy", "/bake"]),
        ("/before", ["/strategy"]),
        ("/steps", ["/strategy"]),
        ("/targets", ["/steps", "/rollback"]),
    ];

    /// <summary>Adds what is wrong with the sound parts of a document to what is known to be wrong.</summary>
    /// <param name="document">The document, whose header is sound.</param>
    /// <param name="read">Reads what it means, and throws what is wrong with that.</param>
    /// <param name="problems">What is known to be wrong; takes the rest.</param>
    public static void Read(Document document, Action<Document> read, ProblemList problems)
    {
        IReadOnlyList<DocumentProblem> known = problems.Ordered;
        try
        {
            read(document);
        }
        catch (DocumentException e)
        {
            foreach (DocumentProblem one in e.Problems.Where(one => known.All(fault => IsApart(one, fault)))) problems.Add(one);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Nobody promised to be able to read what is not sound, and what is wrong with it is known.
        }
    }

    /// <summary>Whether a problem stands whatever becomes of a fault.</summary>
    private static bool IsApart(DocumentProblem one, DocumentProblem fault)
    {
        string unsound = PartOf(fault.Path);
        return !Within(one.Path, unsound) && !Within(fault.Path, one.Path)
            && !Weighed.Any(pair => Within(one.Path, pair.Part) && pair.Against.Any(other => Within(fault.Path, other)));
    }

    /// <summary>The item of a list that a place is in, or its member at the top where it is in none; the root is a part by itself.</summary>
    private static string PartOf(string path)
    {
        string[] segments = path.Split('/');
        int item = Array.FindLastIndex(segments, segment => segment.Length > 0 && segment.All(char.IsAsciiDigit));
        return string.Join('/', segments.Take(item < 0 ? 2 : item + 1));
    }

    private static bool Within(string path, string part) =>
        path == part || (part.Length > 0 && path.StartsWith(part, StringComparison.Ordinal) && path[part.Length] == '/');
}
