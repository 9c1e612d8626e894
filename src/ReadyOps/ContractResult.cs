namespace ReadyOps;

/// <summary>Whether one document keeps its contract, and everything about it that does not.</summary>
public sealed record ContractResult
{
    // Only the validator makes one: a result that anybody could make would prove nothing.
    internal ContractResult()
    {
    }

    /// <summary>Whether it keeps the contract.</summary>
    public bool Valid { get; internal init; }

    /// <summary>What the contract is called: the title of its schema, or the name of its file.</summary>
    public string Contract { get; internal init; } = "";

    /// <summary>The file the document came from; empty for one that came from no file.</summary>
    public string Path { get; internal init; } = "";

    /// <summary>The line of the file that the document stands in, from 1, for JSON Lines; 0 for a file that is one document.</summary>
    public long Line { get; internal init; }

    /// <summary>What does not fit, in the order of the document; at most 1000 entries.</summary>
    public IReadOnlyList<ContractError> Errors { get; internal init => field = value.AsArray(); } = [];

    /// <summary>What the schema's author may want to look at, for example a keyword that no draft knows.</summary>
    public IReadOnlyList<string> Warnings { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The result in an output format of JSON Schema 2020-12, section 12, where one was asked for.</summary>
    internal string Output { get; init; } = "";

    /// <inheritdoc/>
    public override string ToString()
    {
        string where = $"{(Path.Length > 0 ? Path : "input")}{(Line > 0 ? FormattableString.Invariant($":{Line}") : "")}";
        return Errors.Count switch
        {
            0 => $"{where}: {(Valid ? "valid" : "not valid")}",
            1 => $"{where}: {Errors[0]}",
            _ => FormattableString.Invariant($"{where}: {Errors[0]} (and {Errors.Count - 1} more)"),
        };
    }
}
