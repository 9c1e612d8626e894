namespace ReadyOps.Core.Documents;

/// <summary>Gathers what is wrong with one file, so that all of it can be said at once.</summary>
/// <param name="file">The file, as the caller named it.</param>
public sealed class ProblemList(string file)
{
    private readonly List<DocumentProblem> _problems = [];

    /// <summary>The file, as the caller named it.</summary>
    public string File => file;

    /// <summary>Whether anything is wrong so far.</summary>
    public bool Any => _problems.Count > 0;

    /// <summary>Notes a problem at a value.</summary>
    /// <param name="node">The value.</param>
    /// <param name="path">Where it stands, as a JSON Pointer.</param>
    /// <param name="message">What is wrong.</param>
    /// <param name="expected">What would be right, as a noun; empty when the message says it all.</param>
    public void Add(DocumentNode node, string path, string message, string expected = "") => Add(node.Line, node.Column, path, message, expected);

    /// <summary>Notes a problem at a place.</summary>
    public void Add(int line, int column, string path, string message, string expected = "") =>
        _problems.Add(new DocumentProblem
        {
            File = file,
            Line = line,
            Column = column,
            Path = path,
            Message = message,
            Expected = expected.Length > 0 ? $"expected {expected}" : "",
        });

    /// <summary>Throws everything that is wrong, in the order of the file, or returns.</summary>
    /// <exception cref="DocumentException">Something is.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count > 0) throw new DocumentException([.. _problems.OrderBy(p => p.Line).ThenBy(p => p.Column).Distinct()]);
    }
}
