namespace ReadyOps.Core.Documents;

/// <summary>
/// How large a tree may become with every alias written out. Everything after the reader walks the tree that way, so this one
/// budget bounds the time and memory of all of it.
/// </summary>
internal sealed class TreeBudget(ProblemList problems)
{
    public const int MostDepth = 64;
    public const int MostNodes = 100_000;
    public const int MostCharacters = SourceText.MostBytes;

    public int Nodes { get; private set; }

    public long Characters { get; private set; }

    /// <summary>Takes nodes and characters off the budget.</summary>
    /// <exception cref="DocumentException">There are not as many left.</exception>
    public void Take(int nodes, long characters, int line, int column)
    {
        Nodes += nodes;
        Characters += characters;
        if (Nodes > MostNodes) throw problems.Fatal(line, column, $"the document has more than {MostNodes} values, aliases written out");
        if (Characters > MostCharacters) throw problems.Fatal(line, column, $"the document has more than {MostCharacters} characters, aliases written out");
    }

    /// <summary>Refuses what is nested too deep.</summary>
    /// <exception cref="DocumentException">It is.</exception>
    public void CheckDepth(int depth, int line, int column)
    {
        if (depth > MostDepth) throw problems.Fatal(line, column, $"values are nested deeper than {MostDepth} levels");
    }
}
