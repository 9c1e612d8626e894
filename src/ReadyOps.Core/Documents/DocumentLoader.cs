namespace ReadyOps.Core.Documents;

/// <summary>Reads documents: text to tree, variables put in, checked against the published schema of its kind.</summary>
public static class DocumentLoader
{
    /// <summary>Reads a file; YAML or JSON by its first character that means something, not by its name.</summary>
    /// <param name="file">The file.</param>
    /// <param name="kind">The kind it must be, or <see langword="null"/> for any.</param>
    /// <param name="variables">Values for <c>${name}</c> that go before those of the document; <c>READYOPS_*</c> of the environment come last.</param>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    public static Document Load(string file, string? kind, IReadOnlyDictionary<string, string>? variables = null) =>
        throw new NotImplementedException();

    /// <summary>Reads a text, as <see cref="Load"/> does a file.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="file">What to call it in messages.</param>
    /// <param name="baseDirectory">The folder that relative paths in it start from.</param>
    /// <param name="kind">The kind it must be, or <see langword="null"/> for any.</param>
    /// <param name="variables">Values for <c>${name}</c>.</param>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    public static Document Parse(ReadOnlyMemory<byte> utf8, string file, string baseDirectory, string? kind, IReadOnlyDictionary<string, string>? variables = null) =>
        throw new NotImplementedException();
}
