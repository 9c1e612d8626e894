using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>The types of JSON Schema as flags.</summary>
[Flags]
internal enum SchemaTypes
{
    None = 0,
    Object = 1,
    Array = 2,
    String = 4,
    Number = 8,
    Integer = 16,
    Boolean = 32,
    Null = 64,
}

/// <summary><c>type</c></summary>
internal sealed class TypeEvaluator(SchemaTypes types) : Evaluator("type")
{
    private static readonly (SchemaTypes Type, string Name)[] Names =
    [
        (SchemaTypes.String, "a text"), (SchemaTypes.Number, "a number"), (SchemaTypes.Integer, "a whole number"),
        (SchemaTypes.Boolean, "true or false"), (SchemaTypes.Object, "an object"), (SchemaTypes.Array, "a list"), (SchemaTypes.Null, "null"),
    ];

    public override int Cost => 0;

    public override bool AlwaysFits(TapeKind kind) => (types & TypesOf(kind)) != 0;

    public override bool NeverFits(TapeKind kind) => !AlwaysFits(kind) && !(kind == TapeKind.Number && (types & SchemaTypes.Integer) != 0);

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        TapeKind kind = evaluation.Nodes[node].Kind;
        return AlwaysFits(kind) || (!NeverFits(kind) && new NumberToken(evaluation.Bytes(node)).IsInteger);
    }

    public static string What(JsonInstance instance, int node) => instance.Nodes[node].Kind switch
    {
        TapeKind.String => $"the text {Show(instance, node)}",
        TapeKind.Integer or TapeKind.Number => $"the number {Show(instance, node)}",
        TapeKind.True => "true",
        TapeKind.False => "false",
        TapeKind kind => WithArticle(kind),
    };

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node) =>
        ($"this is {What(evaluation.Instance, node)}", string.Join(" or ", Names.Where(name => (types & name.Type) != 0).Select(name => name.Name)));

    private static SchemaTypes TypesOf(TapeKind kind) => kind switch
    {
        TapeKind.Object => SchemaTypes.Object,
        TapeKind.Array => SchemaTypes.Array,
        TapeKind.String => SchemaTypes.String,
        TapeKind.Integer => SchemaTypes.Integer | SchemaTypes.Number,
        TapeKind.Number => SchemaTypes.Number,
        TapeKind.Null => SchemaTypes.Null,
        _ => SchemaTypes.Boolean,
    };
}

/// <summary><c>const</c> and <c>enum</c>: one of a few values.</summary>
internal sealed class EnumEvaluator : Evaluator
{
    // More are looked up by their hash, and fewer are named when none of them is there.
    private const int FewValues = 16;
    private const int MostNamed = 24;

    private readonly JsonInstance _schema;
    private readonly int[] _values;
    private readonly int[][] _byKind = new int[Kinds.Count][];
    private readonly Dictionary<int, int[]>?[] _byHash = new Dictionary<int, int[]>?[Kinds.Count];
    private readonly NameTable _texts;

    public EnumEvaluator(string keyword, JsonInstance schema, int[] values)
        : base(keyword)
    {
        _schema = schema;
        _values = values;
        _texts = new NameTable([.. values.Where(value => schema.Nodes[value].Kind == TapeKind.String).Select(value => schema.Bytes(value).ToArray())]);
        for (int kind = 0; kind < Kinds.Count; kind++)
        {
            _byKind[kind] = [.. values.Where(value => Group(schema.Nodes[value].Kind) == Group((TapeKind)kind))];
            if ((TapeKind)kind != TapeKind.String && _byKind[kind].Length > FewValues)
                _byHash[kind] = _byKind[kind].GroupBy(value => DeepEquality.Hash(schema, value)).ToDictionary(same => same.Key, same => same.ToArray());
        }
    }

    public override int Cost => 10;

    public override bool NeverFits(TapeKind kind) => _byKind[(int)kind].Length == 0;

    public override bool IsValid(ref Evaluation evaluation, int node)
    {
        TapeKind kind = evaluation.Nodes[node].Kind;
        if (kind == TapeKind.String)
        {
            ReadOnlySpan<byte> text = evaluation.Bytes(node);
            return _texts.Find(NameHash.Of(text), text) >= 0;
        }

        int[]? candidates = _byKind[(int)kind];
        if (_byHash[(int)kind] is { } byHash && !byHash.TryGetValue(DeepEquality.Hash(evaluation.Instance, node), out candidates)) return false;
        foreach (int value in candidates)
            if (DeepEquality.Equal(_schema, value, evaluation.Instance, node)) return true;
        return false;
    }

    /// <summary>The texts that fit, where nothing else does.</summary>
    public byte[][]? Texts => Array.TrueForAll(_values, value => _schema.Nodes[value].Kind == TapeKind.String) ? [.. _values.Select(value => _schema.Bytes(value).ToArray())] : null;

    protected override (string Message, string Expected) Describe(ref Evaluation evaluation, int node)
    {
        IEnumerable<string> texts = _values.Where(value => _schema.Nodes[value].Kind == TapeKind.String).Select(_schema.String);
        string suggestion = evaluation.Nodes[node].Kind == TapeKind.String ? Suggestion.For(evaluation.String(node), texts) : "";
        string more = _values.Length > MostNamed ? System.FormattableString.Invariant($" and {_values.Length - MostNamed} more") : "";
        string expected = _values.Length switch
        {
            0 => "",
            1 => Show(_schema, _values[0]),
            _ => $"one of {string.Join(", ", _values.Take(MostNamed).Select(value => _schema.Nodes[value].Kind == TapeKind.String ? _schema.String(value) : Show(_schema, value)))}{more}",
        };
        return ($"{Show(evaluation.Instance, node)} is not known here{suggestion}", expected);
    }

    private static TapeKind Group(TapeKind kind) => kind == TapeKind.Integer ? TapeKind.Number : kind;
}
