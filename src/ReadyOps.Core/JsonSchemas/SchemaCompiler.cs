using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Turns a schema into evaluators: each place of it once, however many references lead there.</summary>
internal sealed class SchemaCompiler
{
    // Enough for what a schema says of itself through references to show everywhere; a further pass would only spare time.
    private const int LinkPasses = 4;

    private readonly SchemaOptions _options;
    private readonly bool _isTrusted;
    private readonly SchemaStore _store;
    private readonly ProblemList _problems;
    private readonly Dictionary<(SchemaDocument, int), SchemaNode> _nodes = [];
    private readonly Queue<SchemaNode> _empty = new();
    private readonly List<DynamicRefEvaluator> _dynamic = [];
    private readonly HashSet<SchemaResource> _entered = [];

    private SchemaCompiler(SchemaOptions options, bool isTrusted)
    {
        _options = options;
        _isTrusted = isTrusted;
        _store = new SchemaStore(options) { OnRead = CheckByMetaschema };
        _problems = new ProblemList(options.File);
    }

    public SchemaOptions Options => _options;

    public SchemaStore Store => _store;

    /// <summary>Compiles a schema.</summary>
    /// <param name="values">The schema.</param>
    /// <param name="uri">Where it was found; empty for one without a name.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="isTrusted">Whether it needs no check by its meta-schema: it is one.</param>
    /// <exception cref="DocumentException">It is no valid schema.</exception>
    /// <exception cref="ReadyOpsException"><c>SchemaUnsupported</c>.</exception>
    public static JsonSchema Compile(JsonInstance values, string uri, SchemaOptions options, bool isTrusted = false)
    {
        var compiler = new SchemaCompiler(options, isTrusted);
        SchemaDocument document = compiler._store.Add(values, uri, Dialect.Of(options.DefaultDraft ?? SchemaDraft.Draft202012));
        compiler._problems.ThrowIfAny();
        if (!document.Places.TryGetValue(0, out SchemaPlace? place)) throw compiler._problems.Fatal(1, 1, "a schema is an object, true or false");
        SchemaNode root = compiler.NodeOf(place);
        compiler.FillAll();
        compiler.RefuseCircles();
        compiler._problems.ThrowIfAny();
        compiler.Link();
        return new JsonSchema(root, [.. compiler._store.Warnings]) { StandsAlone = !compiler._store.HasAsked };
    }

    /// <summary>The evaluator of a schema, which is filled later.</summary>
    public SchemaNode NodeOf(SchemaPlace place)
    {
        (SchemaDocument Document, int Node) key = (place.Resource.Document, place.Node);
        if (_nodes.TryGetValue(key, out SchemaNode? known)) return known;
        var node = new SchemaNode(place);
        _nodes.Add(key, node);
        _empty.Enqueue(node);
        return node;
    }

    /// <summary>The schema at a value below another.</summary>
    public SchemaNode Child(SchemaPlace around, int value, string pointer)
    {
        if (_store.PlaceOf(around.Resource.Document, value, around.Resource, $"{around.Pointer}{pointer}") is { } place) return NodeOf(place);
        Add(around, value, pointer, "this is no schema", "an object, true or false");
        return NodeOf(around);
    }

    /// <summary>What a reference leads to; where it leads nowhere, that is a problem.</summary>
    public SchemaPlace? Resolve(SchemaPlace from, int value, string keyword, string reference)
    {
        if (_store.Resolve(from.Resource, reference, out string problem) is { } place) return place;
        Add(from, value, $"/{keyword}", problem);
        return null;
    }

    public DynamicRefEvaluator Dynamic(string keyword, string anchor, SchemaNode target)
    {
        var evaluator = new DynamicRefEvaluator(keyword, anchor, target);
        _dynamic.Add(evaluator);
        return evaluator;
    }

    public void Add(SchemaPlace place, int value, string pointer, string message, string expected = "")
    {
        (int line, int column) = place.Values.Place(value);
        // A schema that others refer to may be in another file.
        string where = ReferenceEquals(place.Values, _nodes.Keys.First().Item1.Values) || place.Values.File == _options.File ? "" : $"in {place.Values.File}: ";
        _problems.Add(line, column, place.Pointer + pointer, where + message, expected);
    }

    private void FillAll()
    {
        do
        {
            while (_empty.TryDequeue(out SchemaNode? node))
            {
                _entered.Add(node.Place.Resource);
                node.Fill(new KeywordCompiler(this, node.Place).Compile());
            }

            FindDynamicTargets();
        }
        while (_empty.Count > 0);
    }

    private void FindDynamicTargets()
    {
        foreach (DynamicRefEvaluator reference in _dynamic)
        {
            foreach (SchemaResource resource in _entered)
            {
                if (reference.Targets.ContainsKey(resource) || !resource.DynamicAnchors.TryGetValue(reference.Anchor, out int node)) continue;
                reference.Targets.Add(resource, NodeOf(resource.Document.Places[node]));
            }
        }
    }

    private void Link()
    {
        bool marks = _nodes.Values.Any(node => node.AsksForMarks);
        bool scope = _dynamic.Exists(reference => reference.NeedsScope);
        foreach (SchemaNode node in _nodes.Values) node.TracksScope = scope;
        for (int pass = 0; pass < LinkPasses; pass++)
            foreach (SchemaNode node in _nodes.Values) node.Link(marks);
        foreach (SchemaNode node in _nodes.Values) node.Inline();
    }

    // A schema that is bundled in another with a dialect of its own is judged by that alone.
    private void CheckByMetaschema(SchemaDocument document, int node)
    {
        if (_isTrusted || Metaschemas.Find(document.Uri) is not null) return;
        JsonInstance values = document.Values;
        SchemaResource[] inner = [.. document.Resources.Where(resource => resource.Root > node && resource.Root < values.Nodes[node].Next)];
        Check(document.Places.TryGetValue(node, out SchemaPlace? place) ? place.Resource.Dialect : Dialect.Of(_options.DefaultDraft ?? SchemaDraft.Draft202012), node);
        foreach (SchemaResource resource in inner)
            if (resource.Dialect != document.Places[node].Resource.Dialect) Check(resource.Dialect, resource.Root);

        void Check(Dialect dialect, int root)
        {
            JsonSchema metaschema = MetaschemaOf(dialect);
            if (metaschema.IsValid(values, root)) return;
            var problems = new ProblemList(values.File);
            foreach (SchemaFailure failure in metaschema.Explain(values, root, JsonSchema.MostFailures, at => inner.Any(r => r.Root != root && r.Dialect != dialect && at >= r.Root && at < values.Nodes[r.Root].Next)))
                problems.Add(failure.Line, failure.Column, failure.InstancePath, failure.Message, failure.Expected);
            problems.ThrowIfAny();
        }
    }

    private JsonSchema MetaschemaOf(Dialect dialect)
    {
        if (Dialect.Published(dialect.MetaschemaUri) is not null) return Metaschemas.For(dialect.Draft);
        (JsonInstance Values, string Uri) metaschema = _options.Registry!.Find(dialect.MetaschemaUri, null)!.Value;
        // One that is described by none of the published ones, perhaps by itself, has nothing to be held against.
        bool isTrusted = metaschema.Values.TextOf(0, "$schema") is { } above && Dialect.Published(SchemaUri.SplitFragment(above).Uri) is null;
        return Compile(metaschema.Values, metaschema.Uri, _options with { AssertFormat = false }, isTrusted);
    }

    // Schemas that apply each other to the very same value, with no step into a member or an item between: checking would never end.
    private void RefuseCircles()
    {
        var done = new HashSet<SchemaNode>();
        var above = new HashSet<SchemaNode>();
        var way = new Stack<(SchemaNode Node, IEnumerator<SchemaNode> Next)>();
        foreach (SchemaNode start in _nodes.Values)
        {
            if (!Begin(start)) continue;
            while (way.TryPeek(out (SchemaNode Node, IEnumerator<SchemaNode> Next) last))
            {
                if (!last.Next.MoveNext())
                {
                    way.Pop();
                    above.Remove(last.Node);
                    done.Add(last.Node);
                }
                else if (above.Contains(last.Next.Current))
                {
                    Add(last.Node.Place, last.Node.Place.Node, "", "the schema refers to itself for the same value: checking would never end", "a reference to it from a member or an item");
                }
                else
                {
                    Begin(last.Next.Current);
                }
            }
        }

        bool Begin(SchemaNode node)
        {
            if (done.Contains(node)) return false;
            above.Add(node);
            way.Push((node, node.Keywords.SelectMany(keyword => keyword.InPlace).GetEnumerator()));
            return true;
        }
    }
}
