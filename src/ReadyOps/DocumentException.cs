namespace ReadyOps;

/// <summary>A document that cannot be used; nothing of it was applied.</summary>
public sealed class DocumentException : Exception
{
    /// <summary>Makes the exception from everything that is wrong, in the order of the file.</summary>
    public DocumentException(IReadOnlyList<DocumentProblem> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>Everything that is wrong, in the order of the file.</summary>
    public IReadOnlyList<DocumentProblem> Problems { get; }
}
