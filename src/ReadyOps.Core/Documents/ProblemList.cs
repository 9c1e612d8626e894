namespace ReadyOps.Core.Documents;

/// <summary>Gathers what is wrong with one file, so that all of it can be said at once.</summary>
/// <param name="file">The file, as the caller named it.</param>
public sealed class ProblemList(string file)
{
    // Nobody reads more at once, and a hostile file must not turn into a message many times its size.
    private const int Most = 100;

    private readonly List<DocumentProblem> _problems = [];
    private readonly HashSet<DocumentProblem> _known = [];
    private bool _more;

    /// <summary>The file, as the caller named it.</summary>
    public string File => file;

    /// <summary>Whether anything is wrong so far.</summary>
    public bool Any => _problems.Count > 0;

    /// <summary>Whether no more problems are kept: what costs time to word need not be worded any more.</summary>
    internal bool IsFull => _problems.Count >= Most;

    /// <summary>Whether anything is wrong at a place.</summary>
    internal bool AnyAt(int line, int column) => _problems.Exists(problem => problem.Line == line && problem.Column == column);

    /// <summary>Notes a problem at a value.</summary>
    /// <param name="node">The value.</param>
    /// <param name="path">Where it stands, as a JSON Pointer.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="expected">What would be right, as a noun; empty when the message says it all.</param>
    public void Add(DocumentNode node, string path, string message, string expected = "") => Add(node.Line, node.Column, path, message, expected);

    /// <summary>Notes a problem at a place.</summary>
    public void Add(int line, int column, string path, string message, string expected = "") => Add(new DocumentProblem
    {
        File = file,
        Line = line,
        Column = column,
        Path = path,
        Message = message,
        Expected = expected.Length > 0 ? $"expected {expected}" : "",
    });

    /// <summary>Notes a problem that was found elsewhere.</summary>
    internal void Add(DocumentProblem problem)
    {
        if (_known.Contains(problem)) return;
        _more = IsFull;
        if (_more) return;
        _known.Add(problem);
        _problems.Add(problem);
    }

    /// <summary>Throws everything that is wrong, in the order of the file (the first hundred problems), or returns.</summary>
    /// <exception cref="DocumentException">Something is.</exception>
    public void ThrowIfAny()
    {
        if (Any) throw ToException();
    }

    /// <summary>Notes a problem after which reading cannot go on; the exception to throw holds everything that is wrong.</summary>
    internal DocumentException Fatal(int line, int column, string message, string expected = "")
    {
        Add(line, column, "", message, expected);
        return ToException();
    }

    /// <summary>All that is wrong, in the order of the file (the first hundred problems).</summary>
    internal IReadOnlyList<DocumentProblem> Ordered
    {
        get
        {
            List<DocumentProblem> ordered = [.. _problems.OrderBy(p => p.Line).ThenBy(p => p.Column)];
            if (_more) ordered.Add(new DocumentProblem { File = file, Message = $"these are the first {Most} problems; there are more" });
            return ordered;
        }
    }

    private DocumentException ToException() => new(Ordered);
}
