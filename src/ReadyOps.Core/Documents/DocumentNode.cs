namespace ReadyOps.Core.Documents;

/// <summary>One value of a document, with the place it was written at. YAML and JSON both become this.</summary>
public sealed class DocumentNode
{
    /// <summary>What it is.</summary>
    public required NodeKind Kind { get; init; }

    /// <summary>Line in the source, from 1; 0 for a value that no file holds.</summary>
    public int Line { get; init; }

    /// <summary>Column in the source in characters, from 1; 0 for a value that no file holds.</summary>
    public int Column { get; init; }

    /// <summary>
    /// The scalar as text: a string's characters, a number exactly as written (in JSON's grammar), <c>true</c>,
    /// <c>false</c>, <c>null</c>; empty for objects and arrays.
    /// </summary>
    public string Text { get; init; } = "";

    /// <summary>Whether it is a YAML scalar without quotes, which takes its type from its text.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>The members of an object, in the order of the document; keys are unique.</summary>
    public IReadOnlyList<DocumentMember> Members { get; init; } = [];

    /// <summary>The items of an array.</summary>
    public IReadOnlyList<DocumentNode> Items { get; init; } = [];

    /// <summary>The member of that name, or <see langword="null"/>.</summary>
    public DocumentNode? this[string name]
    {
        get
        {
            foreach (DocumentMember member in Members)
                if (member.Name == name) return member.Value;
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Kind is NodeKind.Object or NodeKind.Array ? Kind.ToString() : Text;
}

/// <summary>One member of an object.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Line">Line of the key, from 1.</param>
/// <param name="Column">Column of the key, from 1.</param>
/// <param name="Value">Its value.</param>
public sealed record DocumentMember(string Name, int Line, int Column, DocumentNode Value);
