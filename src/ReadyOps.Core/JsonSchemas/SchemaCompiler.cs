using System.Collections.Frozen;
using System.Text.RegularExpressions;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Turns a schema into evaluators: each place of it once, however many references lead there.</summary>
internal sealed class SchemaCompiler(DocumentNode root, IReadOnlyDictionary<string, SchemaFormat> formats)
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private readonly Dictionary<DocumentNode, Evaluator> _compiled = new(ReferenceEqualityComparer.Instance);

    public Evaluator Compile()
    {
        Evaluator compiled = Schema(root, "");
        var done = new HashSet<Evaluator>();
        foreach (Evaluator schema in _compiled.Values) RefuseCircles(schema, [], done);
        return compiled;
    }

    private Evaluator Schema(DocumentNode schema, string path)
    {
        if (_compiled.TryGetValue(schema, out Evaluator? known)) return known;
        if (schema.Kind == NodeKind.Boolean) return schema.Text == "true" ? BooleanEvaluator.True : BooleanEvaluator.False;
        if (schema.Kind != NodeKind.Object) throw Invalid(path, "a schema is an object, true or false");
        var evaluator = new SchemaEvaluator();
        _compiled.Add(schema, evaluator);
        // The cheap and telling ones first: a value of another type is refused before its members are looked at.
        evaluator.Keywords = [.. Keywords(schema, path).OrderBy(Cost)];
        return evaluator;
    }

    private static int Cost(Evaluator keyword) => keyword switch
    {
        TypeEvaluator => 0,
        EnumEvaluator => 1,
        RangeEvaluator or MultipleOfEvaluator or LengthEvaluator or CountEvaluator => 2,
        RequiredEvaluator or DependentRequiredEvaluator => 3,
        PatternEvaluator or FormatEvaluator or UniqueItemsEvaluator => 4,
        MembersEvaluator or ItemsEvaluator or PropertyNamesEvaluator => 5,
        _ => 6,
    };

    private IEnumerable<Evaluator> Keywords(DocumentNode schema, string path)
    {
        foreach (DocumentMember member in schema.Members)
            if (Keyword(schema, member.Name, member.Value, $"{path}/{member.Name}") is { } evaluator) yield return evaluator;

        if (schema["properties"] is not null || schema["patternProperties"] is not null || schema["additionalProperties"] is not null)
            yield return Members(schema, path);
        if (schema["prefixItems"] is not null || schema["items"] is not null)
            yield return new ItemsEvaluator(schema["prefixItems"] is { } prefix ? Schemas(prefix, $"{path}/prefixItems") : [], Optional(schema, "items", path));
        if (schema["if"] is { } condition)
            yield return new IfEvaluator(Schema(condition, $"{path}/if"), Optional(schema, "then", path), Optional(schema, "else", path));
    }

    // The evaluator of one keyword by itself; null for those that are compiled together and those that assert nothing.
    private Evaluator? Keyword(DocumentNode schema, string keyword, DocumentNode value, string path)
    {
        switch (keyword)
        {
            case "type":
                return new TypeEvaluator(Types(value, path));
            case "const":
                return new EnumEvaluator(keyword, [value]);
            case "enum":
                return new EnumEvaluator(keyword, List(value, path));
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
                return new RangeEvaluator(keyword, Number(value, path));
            case "multipleOf":
                return ExactNumber.Parse(Number(value, path).Text).IsPositive ? new MultipleOfEvaluator(value) : throw Invalid(path, "a divisor is more than 0");
            case "minLength" or "maxLength":
                return new LengthEvaluator(keyword, Limit(value, path), value.Text);
            case "minItems" or "maxItems" or "minProperties" or "maxProperties":
                return new CountEvaluator(keyword, Limit(value, path), value.Text);
            case "pattern":
                return new PatternEvaluator(Pattern(Text(value, path), path), value.Text);
            case "format" when formats.TryGetValue(value.Text, out SchemaFormat? format):
                return new FormatEvaluator(format);
            case "uniqueItems":
                if (value.Kind != NodeKind.Boolean) throw Invalid(path, "true or false is needed");
                return value.Text == "true" ? new UniqueItemsEvaluator() : null;
            case "required":
                return new RequiredEvaluator(Names(value, path));
            case "dependentRequired":
                return new DependentRequiredEvaluator([.. Object(value, path).Select(m => (m.Name, Names(m.Value, $"{path}/{m.Name}")))]);
            case "propertyNames":
                return new PropertyNamesEvaluator(Schema(value, path));
            case "allOf":
                return new AllOfEvaluator(Schemas(value, path));
            case "anyOf" or "oneOf":
                return new AnyOfEvaluator(keyword, Schemas(value, path));
            case "not":
                return new NotEvaluator(Schema(value, path));
            case "$ref":
                return new RefEvaluator(Resolve(Text(value, path), path));
            case "properties" or "patternProperties" or "additionalProperties" or "items" or "prefixItems" or "if" or "then" or "else":
                return null;
            case "$defs":
                foreach (DocumentMember member in Object(value, path)) Schema(member.Value, $"{path}/{member.Name}");
                return null;
            case "$schema" when value.Text.TrimEnd('#') == Dialect && ReferenceEquals(schema, root):
            case "$id" when ReferenceEquals(schema, root):
            case "title" or "description" or "default" or "examples" or "$comment" or "deprecated":
                return null;
            default:
                // Passing over a keyword would let values through that the schema refuses.
                throw new ReadyOpsException("SchemaUnsupported", $"{Place(path)} uses '{keyword}', which this validator does not know there.", "Write the schema without it.");
        }
    }

    private MembersEvaluator Members(DocumentNode schema, string path)
    {
        IReadOnlyList<DocumentMember> properties = schema["properties"] is { } named ? Object(named, $"{path}/properties") : [];
        IReadOnlyList<DocumentMember> patterns = schema["patternProperties"] is { } matched ? Object(matched, $"{path}/patternProperties") : [];
        return new MembersEvaluator(
            properties.ToFrozenDictionary(m => m.Name, m => Schema(m.Value, $"{path}/properties/{m.Name}"), StringComparer.Ordinal),
            [.. properties.Select(m => m.Name)],
            [.. patterns.Select(m => (m.Name, Pattern(m.Name, path), Schema(m.Value, $"{path}/patternProperties/{m.Name}")))],
            Optional(schema, "additionalProperties", path));
    }

    private Evaluator? Optional(DocumentNode schema, string keyword, string path) => schema[keyword] is { } value ? Schema(value, $"{path}/{keyword}") : null;

    private Evaluator[] Schemas(DocumentNode list, string path)
    {
        IReadOnlyList<DocumentNode> items = List(list, path);
        return items.Count > 0 ? [.. items.Select((item, i) => Schema(item, System.FormattableString.Invariant($"{path}/{i}")))] : throw Invalid(path, "the list is empty");
    }

    private Evaluator Resolve(string reference, string path)
    {
        if (reference is not "#" && !reference.StartsWith("#/", StringComparison.Ordinal))
            throw new ReadyOpsException("SchemaUnsupported", $"{Place(path)} refers to '{reference}', which is not in this schema.", "Refer to '#/$defs/…'.");
        DocumentNode target = root;
        foreach (string part in reference.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool isIndex = int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int index);
            DocumentNode? next = target.Kind == NodeKind.Array ? (isIndex && index < target.Items.Count ? target.Items[index] : null) : target[name];
            target = next ?? throw Invalid(path, $"'{reference}' leads nowhere");
        }

        return Schema(target, reference[1..]);
    }

    private static void RefuseCircles(Evaluator evaluator, HashSet<Evaluator> above, HashSet<Evaluator> done)
    {
        if (done.Contains(evaluator)) return;
        if (!above.Add(evaluator)) throw new ReadyOpsException("SchemaInvalid", "The schema refers to itself for the same value: checking would never end.", "Take the circle of '$ref' out.");
        foreach (Evaluator next in evaluator.InPlace) RefuseCircles(next, above, done);
        above.Remove(evaluator);
        done.Add(evaluator);
    }

    private static SchemaTypes Types(DocumentNode value, string path)
    {
        SchemaTypes types = SchemaTypes.None;
        foreach (string name in value.Kind == NodeKind.Array ? Names(value, path) : [Text(value, path)])
        {
            types |= name switch
            {
                "object" => SchemaTypes.Object,
                "array" => SchemaTypes.Array,
                "string" => SchemaTypes.String,
                "number" => SchemaTypes.Number,
                "integer" => SchemaTypes.Integer,
                "boolean" => SchemaTypes.Boolean,
                "null" => SchemaTypes.Null,
                _ => throw Invalid(path, $"there is no type '{name}'"),
            };
        }

        return types;
    }

    private static Regex Pattern(string pattern, string path)
    {
        try
        {
            return EcmaRegex.Compile(pattern);
        }
        catch (ArgumentException exception)
        {
            throw Invalid(path, $"'{pattern}' is no pattern: {exception.Message}");
        }
    }

    private static DocumentNode Number(DocumentNode value, string path) => value.Kind == NodeKind.Number ? value : throw Invalid(path, "a number is needed");

    private static ExactNumber Limit(DocumentNode value, string path)
    {
        ExactNumber number = ExactNumber.Parse(Number(value, path).Text);
        return number.IsInteger && number.CompareTo(default) >= 0 ? number : throw Invalid(path, "a whole number, 0 or more, is needed");
    }

    private static string Text(DocumentNode value, string path) => value.Kind == NodeKind.String ? value.Text : throw Invalid(path, "a text is needed");

    private static IReadOnlyList<DocumentNode> List(DocumentNode value, string path) => value.Kind == NodeKind.Array ? value.Items : throw Invalid(path, "a list is needed");

    private static IReadOnlyList<DocumentMember> Object(DocumentNode value, string path) => value.Kind == NodeKind.Object ? value.Members : throw Invalid(path, "an object is needed");

    private static IReadOnlyList<string> Names(DocumentNode value, string path) => [.. List(value, path).Select(item => Text(item, path))];

    private static ReadyOpsException Invalid(string path, string why) => new("SchemaInvalid", $"{Place(path)} is not a valid schema: {why}.", "Mend the schema.");

    private static string Place(string path) => path.Length == 0 ? "The root of the schema" : $"'{path}' of the schema";
}
