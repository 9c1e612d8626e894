namespace ReadyOps;

/// <summary>One thing about a document that does not keep its contract.</summary>
public sealed record ContractError
{
    internal ContractError()
    {
    }

    /// <summary>Where in the document, as a JSON Pointer; empty for the document itself.</summary>
    public string InstanceLocation { get; internal init; } = "";

    /// <summary>The keyword that was not kept, as a JSON Pointer from the root of the schema, through each reference on the way.</summary>
    public string KeywordLocation { get; internal init; } = "";

    /// <summary>The same keyword as an absolute URI, no reference on the way.</summary>
    public string SchemaLocation { get; internal init; } = "";

    /// <summary>What is wrong.</summary>
    public string Message { get; internal init; } = "";

    /// <summary>What would be right; empty when the message says it all.</summary>
    public string Expected { get; internal init; } = "";

    /// <summary>What stands there, in JSON, cut short when it is long.</summary>
    public string Value { get; internal init; } = "";

    /// <summary>Line in the source of the document, from 1; 0 for a document without a source.</summary>
    public int Line { get; internal init; }

    /// <summary>Column in the source of the document, from 1; 0 for a document without a source.</summary>
    public int Column { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(InstanceLocation.Length > 0 ? InstanceLocation : "the document")}: {Message}{(Expected.Length > 0 ? $"; expected {Expected}" : "")}";
}
