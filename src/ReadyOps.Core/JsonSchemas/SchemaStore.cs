using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The schemas of one compilation: reads what is referred to, knows the resources and anchors in it, and finds what a reference names.</summary>
internal sealed class SchemaStore(SchemaOptions options)
{
    private static readonly Dictionary<string, string> Retired = new(StringComparer.Ordinal)
    {
        ["http://json-schema.org/draft-03/schema"] = "draft-03", ["http://json-schema.org/draft-04/schema"] = "draft-04",
    };

    // All that it has means the same in draft-07, which only adds to it.
    private const string Draft6 = "http://json-schema.org/draft-06/schema";

    private readonly Dictionary<string, SchemaResource> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dialect> _dialects = new(StringComparer.Ordinal);
    private readonly HashSet<string> _readingDialects = new(StringComparer.Ordinal);

    /// <summary>What a reader should know although the schema can be used.</summary>
    public List<DocumentProblem> Warnings { get; } = [];

    /// <summary>Whether a schema was looked for elsewhere, so that the outcome depends on what is there.</summary>
    public bool HasAsked { get; private set; }

    /// <summary>Called with each document that is read and each part of one that no keyword leads to, before it is used.</summary>
    public Action<SchemaDocument, int>? OnRead { get; init; }

    /// <summary>Takes a document in.</summary>
    /// <exception cref="ReadyOpsException"><c>SchemaUnsupported</c>: it is of a draft or needs a vocabulary that is not known.</exception>
    public SchemaDocument Add(JsonInstance values, string uri, Dialect dialect)
    {
        var document = new SchemaDocument(values, uri);
        if (values.TextOf(0, "$schema") is { } schema) dialect = DialectOf(schema, values, dialect);
        var root = new SchemaResource(document, 0, IdOf(document, 0, uri, dialect) ?? uri, dialect);
        Register(root);
        _resources.TryAdd(uri, root);
        Walk(document, 0, root, "");
        OnRead?.Invoke(document, 0);
        return document;
    }

    /// <summary>What a reference names, seen from a resource.</summary>
    /// <param name="from">The resource.</param>
    /// <param name="reference">The reference.</param>
    /// <param name="problem">Why there is nothing.</param>
    public SchemaPlace? Resolve(SchemaResource from, string reference, out string problem)
    {
        (string uri, string fragment) = SchemaUri.SplitFragment(SchemaUri.Resolve(from.Uri, reference));
        if (ResourceOf(uri, from) is not { } resource)
        {
            problem = $"'{reference}' is not known: no schema here is named '{uri}', and no folder of schemas that was given has it";
            return null;
        }

        SchemaPlace? found = fragment.Length == 0 ? resource.Document.Places.GetValueOrDefault(resource.Root)
            : fragment[0] == '/' ? Point(resource, fragment)
            : resource.Anchors.TryGetValue(fragment, out int anchored) ? resource.Document.Places[anchored] : null;
        problem = found is null ? $"'{reference}' leads nowhere{(fragment.StartsWith('/') ? "" : Suggestion.For(fragment, resource.Anchors.Keys))}" : "";
        return found;
    }

    /// <summary>A value of a document as a schema, also where no keyword leads to it.</summary>
    public SchemaPlace? PlaceOf(SchemaDocument document, int node, SchemaResource around, string pointer)
    {
        if (document.Places.TryGetValue(node, out SchemaPlace? known)) return known;
        Walk(document, node, around, pointer);
        if (!document.Places.TryGetValue(node, out known)) return null;
        OnRead?.Invoke(document, node);
        return known;
    }

    private SchemaResource? ResourceOf(string uri, SchemaResource from)
    {
        if (_resources.TryGetValue(uri, out SchemaResource? known)) return known;
        if (Read(uri, from) is not var (values, found)) return null;
        Add(values, found, from.Dialect);
        return _resources.GetValueOrDefault(uri);
    }

    private (JsonInstance Values, string Uri)? Read(string uri, SchemaResource? from)
    {
        if (Metaschemas.Find(uri) is { } published) return (published, uri);
        HasAsked = true;
        return options.Registry?.Find(uri, from);
    }

    private SchemaPlace? Point(SchemaResource resource, string pointer)
    {
        SchemaDocument document = resource.Document;
        JsonInstance values = document.Values;
        int node = resource.Root;
        SchemaPlace around = document.Places[node];
        string way = around.Pointer;
        foreach (string part in pointer[1..].Split('/'))
        {
            string name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            node = values.Nodes[node].Kind == TapeKind.Array ? ItemAt(values, node, name) : document.Member(node, name);
            if (node < 0) return null;
            way = $"{way}/{Unit.Escape(name)}";
            if (document.Places.TryGetValue(node, out SchemaPlace? place)) (around, way) = (place, place.Pointer);
        }

        return PlaceOf(document, node, around.Resource, way);
    }

    private static int ItemAt(JsonInstance values, int node, string index)
    {
        if (!int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) || (index.Length > 1 && index[0] == '0')) return -1;
        foreach (int item in values.Items(node))
            if (wanted-- == 0) return item;
        return -1;
    }

    private void Register(SchemaResource resource)
    {
        resource.Document.Resources.Add(resource);
        if (_resources.TryAdd(resource.Uri, resource) || _resources[resource.Uri].Document != resource.Document) return;
        (int line, int column) = resource.Document.Values.Place(resource.Root);
        throw new ProblemList(resource.Document.Values.File).Fatal(line, column, $"two schemas are named '{resource.Uri}'", "a '$id' of its own for each");
    }

    // Finds the schemas below a value, with their resources and anchors. What stands in an enum or under an unknown keyword is no schema.
    private void Walk(SchemaDocument document, int node, SchemaResource resource, string pointer)
    {
        JsonInstance values = document.Values;
        TapeKind kind = values.Nodes[node].Kind;
        if (kind is not (TapeKind.Object or TapeKind.True or TapeKind.False)) return;
        if (kind == TapeKind.Object) (resource, pointer) = EnterResource(document, node, resource, pointer);
        document.Places[node] = new SchemaPlace(resource, node, pointer);
        if (kind != TapeKind.Object) return;
        Dialect dialect = resource.Dialect;
        bool ignoresSiblings = dialect.Draft == SchemaDraft.Draft7 && values.TextOf(node, "$ref") is not null;
        if (!ignoresSiblings) AddAnchors(values, node, resource);
        foreach (int name in values.Names(node))
        {
            string keyword = values.String(name);
            if (SchemaKeyword.Find(keyword) is not { } known || !known.IsOf(dialect.Draft))
            {
                Warn(values, name, keyword, known: SchemaKeyword.Find(keyword), dialect, pointer);
                continue;
            }

            if (ignoresSiblings && known.Vocabulary is Vocabularies.Applicator or Vocabularies.Validation && keyword != "$ref")
                AddWarning(values, name, pointer, $"'{keyword}' does nothing here: in draft-07 everything beside '$ref' is ignored", "it in a schema of its own under 'allOf'");
            if (dialect.Has(known.Vocabulary)) WalkKeyword(document, name + 1, known.Shape, resource, $"{pointer}/{Unit.Escape(keyword)}");
        }
    }

    private void WalkKeyword(SchemaDocument document, int value, KeywordShape shape, SchemaResource resource, string pointer)
    {
        JsonInstance values = document.Values;
        bool isList = values.Nodes[value].Kind == TapeKind.Array;
        switch (shape)
        {
            case KeywordShape.Schema:
            case KeywordShape.SchemaOrList when !isList:
                Walk(document, value, resource, pointer);
                break;
            case KeywordShape.List or KeywordShape.SchemaOrList:
                int index = 0;
                foreach (int item in values.Items(value)) Walk(document, item, resource, string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index++}"));
                break;
            case KeywordShape.Map or KeywordShape.MapOrNames:
                foreach (int name in values.Names(value)) Walk(document, name + 1, resource, $"{pointer}/{Unit.Escape(values.String(name))}");
                break;
        }
    }

    private (SchemaResource Resource, string Pointer) EnterResource(SchemaDocument document, int node, SchemaResource around, string pointer)
    {
        if (node == around.Root && ReferenceEquals(document, around.Document)) return (around, pointer);
        JsonInstance values = document.Values;
        Dialect dialect = around.Dialect;
        if (values.TextOf(node, "$id") is not null && values.TextOf(node, "$schema") is { } schema) dialect = DialectOf(schema, values, dialect);
        if (IdOf(document, node, around.Uri, dialect) is not { } uri) return (around, pointer);
        var resource = new SchemaResource(document, node, uri, dialect);
        Register(resource);
        return (resource, "");
    }

    // The URI that $id gives to a schema, without fragment; null where it gives none.
    private static string? IdOf(SchemaDocument document, int node, string around, Dialect dialect)
    {
        JsonInstance values = document.Values;
        if (values.TextOf(node, "$id") is not { } id) return null;
        if (dialect.Draft == SchemaDraft.Draft7 && (values.TextOf(node, "$ref") is not null || id.StartsWith('#'))) return null;
        return SchemaUri.SplitFragment(SchemaUri.Resolve(around, id)).Uri;
    }

    private static void AddAnchors(JsonInstance values, int node, SchemaResource resource)
    {
        SchemaDraft draft = resource.Dialect.Draft;
        if (draft == SchemaDraft.Draft7)
        {
            if (values.TextOf(node, "$id") is { } id && SchemaUri.SplitFragment(id).Fragment is { Length: > 0 } fragment) resource.Anchors.TryAdd(fragment, node);
            return;
        }

        if (values.TextOf(node, "$anchor") is { } anchor) resource.Anchors.TryAdd(anchor, node);
        if (draft == SchemaDraft.Draft202012 && values.TextOf(node, "$dynamicAnchor") is { } dynamic)
        {
            resource.Anchors.TryAdd(dynamic, node);
            resource.DynamicAnchors.TryAdd(dynamic, node);
        }

        bool recursive = draft == SchemaDraft.Draft201909 && node == resource.Root && values.Member(node, "$recursiveAnchor") is var value && value >= 0 && values.Nodes[value].Kind == TapeKind.True;
        if (recursive) resource.DynamicAnchors.TryAdd("", node);
    }

    /// <summary>What <c>$schema</c> says the keywords mean.</summary>
    private Dialect DialectOf(string schema, JsonInstance values, Dialect fallback)
    {
        (string uri, string _) = SchemaUri.SplitFragment(schema);
        if (Dialect.Published(uri) is { } published) return published;
        if (_dialects.TryGetValue(uri, out Dialect? known)) return known;
        if (Retired.TryGetValue(uri, out string? retired))
            throw Unsupported(values, $"is a schema of {retired}, and the drafts that are understood are draft-07, 2019-09 and 2020-12", "Bring the schema up to draft-07 or later.");
        if (uri == Draft6)
        {
            AddWarning(values, 0, "", "this is a schema of draft-06, and is read by draft-07", "");
            return _dialects[uri] = Dialect.Draft7;
        }

        if (!_readingDialects.Add(uri)) return fallback; // A meta-schema that describes itself by itself.
        if (Read(uri, null) is not var (metaschema, _))
            throw Unsupported(values, $"names the meta-schema '{schema}', which is not known", "Put the meta-schema into a folder of schemas that is given, or write one of draft-07, 2019-09 and 2020-12 as '$schema'.");
        Dialect below = metaschema.TextOf(0, "$schema") is { } above ? DialectOf(above, metaschema, fallback) : fallback;
        return _dialects[uri] = new Dialect(uri, below.Draft, VocabulariesOf(metaschema, below));
    }

    private static Vocabularies VocabulariesOf(JsonInstance metaschema, Dialect below)
    {
        int listed = metaschema.Member(0, "$vocabulary");
        if (listed < 0 || below.Draft == SchemaDraft.Draft7) return below.Vocabularies;
        Vocabularies vocabularies = Vocabularies.Core;
        foreach (int name in metaschema.Names(listed))
        {
            string uri = metaschema.String(name);
            bool required = metaschema.Nodes[name + 1].Kind == TapeKind.True;
            Vocabularies known = Dialect.VocabularyOf(uri, below.Draft);
            if (known == Vocabularies.None && required) throw Unsupported(metaschema, $"requires the vocabulary '{uri}', which is not known", "Use a meta-schema without it.");
            // In 2019-09 it is the word "required" that turns the assertion on.
            if (known == Vocabularies.FormatAnnotation && below.Draft == SchemaDraft.Draft201909 && required) known |= Vocabularies.FormatAssertion;
            vocabularies |= known;
        }

        return vocabularies;
    }

    private void Warn(JsonInstance values, int name, string keyword, SchemaKeyword? known, Dialect dialect, string pointer)
    {
        if (keyword.StartsWith("x-", StringComparison.Ordinal) || keyword == "$defs") return;
        string message = known is null
            ? $"there is no keyword '{keyword}'{Suggestion.For(keyword, SchemaKeyword.NamesOf(dialect.Draft))}"
            : $"'{keyword}' is no keyword of {dialect.Name}, by which this schema is read, and does nothing here";
        AddWarning(values, name, pointer, message, "");
    }

    /// <summary>Notes what a reader should know.</summary>
    public void Warn(JsonInstance values, int node, string pointer, string message) => AddWarning(values, node, pointer, message, "");

    private void AddWarning(JsonInstance values, int node, string pointer, string message, string expected)
    {
        const int Most = 100;
        if (Warnings.Count >= Most) return;
        (int line, int column) = values.Place(node);
        Warnings.Add(new DocumentProblem { File = values.File, Line = line, Column = column, Path = pointer, Message = message, Expected = expected.Length > 0 ? $"expected {expected}" : "" });
    }

    private static ReadyOpsException Unsupported(JsonInstance values, string what, string nextStep) =>
        new("SchemaUnsupported", $"{(values.File.Length > 0 ? $"'{values.File}'" : "The schema")} {what}.", nextStep);
}
