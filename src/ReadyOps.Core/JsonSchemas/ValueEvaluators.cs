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
internal sealed class TypeEvaluator(SchemaTypes types) : Evaluator
{
    private static readonly (SchemaTypes Type, string Name)[] Names =
    [
        (SchemaTypes.String, "a text"), (SchemaTypes.Number, "a number"), (SchemaTypes.Integer, "a whole number"),
        (SchemaTypes.Boolean, "true or false"), (SchemaTypes.Object, "an object"), (SchemaTypes.Array, "a list"), (SchemaTypes.Null, "null"),
    ];

    public SchemaTypes Types => types;

    public static string Expected(SchemaTypes types) => string.Join(" or ", Names.Where(name => types.HasFlag(name.Type)).Select(name => name.Name));

    public override bool IsValid(DocumentNode value) => value.Kind switch
    {
        NodeKind.Object => (types & SchemaTypes.Object) != 0,
        NodeKind.Array => (types & SchemaTypes.Array) != 0,
        NodeKind.String => (types & SchemaTypes.String) != 0,
        NodeKind.Boolean => (types & SchemaTypes.Boolean) != 0,
        NodeKind.Null => (types & SchemaTypes.Null) != 0,
        _ => (types & SchemaTypes.Number) != 0 || ((types & SchemaTypes.Integer) != 0 && ExactNumber.Parse(value.Text).IsInteger),
    };

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (!IsValid(value)) failures.Add(value, "type", $"this is {What(value)}", Expected(types));
    }

    public static string What(DocumentNode value) => value.Kind switch
    {
        NodeKind.String => $"the text {Show(value)}",
        NodeKind.Number => $"the number {Show(value)}",
        NodeKind.Boolean => value.Text,
        _ => value.Kind.WithArticle(),
    };
}

/// <summary><c>const</c> and <c>enum</c>: one of a few values.</summary>
internal sealed class EnumEvaluator(string keyword, IReadOnlyList<DocumentNode> values) : Evaluator
{
    private readonly HashSet<DocumentNode> _values = new(values, DeepEquality.Instance);

    public override bool IsValid(DocumentNode value) => _values.Contains(value);

    public override void Collect(DocumentNode value, FailureList failures)
    {
        if (IsValid(value)) return;
        string suggestion = value.Kind == NodeKind.String ? Suggestion.For(value.Text, values.Where(v => v.Kind == NodeKind.String).Select(v => v.Text)) : "";
        string expected = values.Count == 1 ? Show(values[0]) : $"one of {string.Join(", ", values.Select(v => v.Kind == NodeKind.String ? v.Text : Show(v)))}";
        failures.Add(value, keyword, $"{Show(value)} is not known here{suggestion}", expected);
    }
}
