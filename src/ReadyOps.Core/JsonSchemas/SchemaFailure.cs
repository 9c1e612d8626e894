namespace ReadyOps.Core.JsonSchemas;

/// <summary>One thing about a value that does not fit a schema.</summary>
public sealed record SchemaFailure
{
    /// <summary>Where in the value, as a JSON Pointer.</summary>
    public required string InstancePath { get; init; }

    /// <summary>The keyword that was not kept, as a JSON Pointer from the root of the schema, through each <c>$ref</c> on the way.</summary>
    public required string KeywordLocation { get; init; }

    /// <summary>The keyword as it stands in its schema: the URI of that, and a JSON Pointer. Without a <c>$id</c> it is the pointer alone.</summary>
    public required string AbsoluteKeywordLocation { get; init; }

    /// <summary>The keyword by itself, for example <c>required</c>.</summary>
    public required string Keyword { get; init; }

    /// <summary>The value in JSON, cut off where it is long.</summary>
    public required string Value { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>What would be right, as a noun; empty when the message says it all.</summary>
    public required string Expected { get; init; }

    /// <summary>Line of the value in its source, from 1; 0 for a value that no file holds.</summary>
    public required int Line { get; init; }

    /// <summary>Column of the value in its source, from 1; 0 for a value that no file holds.</summary>
    public required int Column { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{InstancePath}: {Message}{(Expected.Length > 0 ? $"; expected {Expected}" : "")} ({KeywordLocation})";
}
