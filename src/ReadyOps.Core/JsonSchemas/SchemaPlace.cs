namespace ReadyOps.Core.JsonSchemas;

/// <summary>A schema document: its values, and the schemas in it by the index of their value.</summary>
internal sealed class SchemaDocument(JsonInstance values, string uri)
{
    // Objects that references step into again and again, such as $defs of a large API.
    private readonly Dictionary<int, Dictionary<string, int>> _large = [];

    public JsonInstance Values => values;

    /// <summary>Where it was found; empty for a schema that has no name.</summary>
    public string Uri => uri;

    public Dictionary<int, SchemaPlace> Places { get; } = [];

    /// <summary>The value of the member of that name of an object, or -1.</summary>
    public int Member(int node, string name)
    {
        const int Large = 64;
        if (values.Nodes[node].Info < Large) return values.Member(node, name);
        if (!_large.TryGetValue(node, out Dictionary<string, int>? members))
            _large.Add(node, members = values.Names(node).ToDictionary(values.String, member => member + 1, StringComparer.Ordinal));
        return members.GetValueOrDefault(name, -1);
    }

    /// <summary>Objects of the schema with <c>$id</c> and, where it is not that already, the whole of it.</summary>
    public List<SchemaResource> Resources { get; } = [];
}

/// <summary>A schema with a name of its own (<c>$id</c>), to which references and anchors in it are relative.</summary>
internal sealed class SchemaResource(SchemaDocument document, int root, string uri, Dialect dialect)
{
    public SchemaDocument Document => document;

    public int Root => root;

    /// <summary>Without a fragment; empty for a schema that has no name.</summary>
    public string Uri => uri;

    public Dialect Dialect => dialect;

    public Dictionary<string, int> Anchors { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}

/// <summary>Where a schema stands: a value of a document, within a resource.</summary>
/// <param name="Resource">The innermost resource around it.</param>
/// <param name="Node">Its value.</param>
/// <param name="Pointer">The way from the root of the resource, as a JSON Pointer.</param>
internal sealed record SchemaPlace(SchemaResource Resource, int Node, string Pointer)
{
    public JsonInstance Values => Resource.Document.Values;

    /// <summary>The place as a URI with a JSON Pointer in its fragment.</summary>
    public string Location => $"{Resource.Uri}#{FragmentOf(Pointer)}";

    // Section 6 of RFC 6901: what a fragment may not hold is percent-encoded.
    private static string FragmentOf(string pointer)
    {
        foreach (char c in pointer)
            if (!char.IsAsciiLetterOrDigit(c) && !"-._~!$&'()*+,;=:@/?".Contains(c)) return string.Join('/', pointer.Split('/').Select(Uri.EscapeDataString)).Replace("%24", "$", StringComparison.Ordinal);
        return pointer;
    }
}
