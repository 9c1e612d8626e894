using System.Globalization;
using System.Text;
using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas.Formats;
using ReadyOps.Core.JsonSchemas.Patterns;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>Turns the keywords of one schema into evaluators, in the order of the schema; keywords that belong together become one.</summary>
internal sealed class KeywordCompiler(SchemaCompiler compiler, SchemaPlace place)
{
    private readonly JsonInstance _values = place.Values;
    private readonly Dialect _dialect = place.Resource.Dialect;
    private bool _hasMembers;
    private bool _hasItems;

    public IEnumerable<Evaluator> Compile()
    {
        TapeKind kind = _values.Nodes[place.Node].Kind;
        if (kind == TapeKind.False) return [new FalseEvaluator()];
        if (kind != TapeKind.Object) return [];
        bool onlyRef = _dialect.Draft == SchemaDraft.Draft7 && _values.TextOf(place.Node, "$ref") is not null;
        var evaluators = new List<Evaluator>();
        foreach (int name in _values.Names(place.Node))
        {
            string keyword = _values.String(name);
            if (onlyRef && keyword != "$ref") continue;
            if (Keyword(keyword, name + 1) is { } evaluator) evaluators.Add(evaluator);
        }

        return evaluators;
    }

    private Evaluator? Keyword(string keyword, int value)
    {
        SchemaKeyword? known = SchemaKeyword.Find(keyword);
        if (known is null || !known.IsOf(_dialect.Draft)) return Annotation(keyword, value);
        if (!_dialect.Has(known.Vocabulary)) return null;
        return known.Vocabulary switch
        {
            Vocabularies.Core => Reference(keyword, value),
            Vocabularies.Applicator or Vocabularies.Unevaluated => Applicator(keyword, value),
            Vocabularies.Validation => Assertion(keyword, value),
            // A schema of the content means something only beside the type of the content.
            Vocabularies.Content => keyword != "contentSchema" || _values.Member(place.Node, "contentMediaType") >= 0 ? Annotation(keyword, value, Kinds.String) : null,
            Vocabularies.MetaData => Annotation(keyword, value),
            _ => Format(value),
        };
    }

    private Evaluator? Reference(string keyword, int value)
    {
        if (keyword is not ("$ref" or "$dynamicRef" or "$recursiveRef") || Text(value) is not { } reference) return null;
        if (compiler.Resolve(place, value, keyword, reference) is not { } target) return null;
        SchemaNode node = compiler.NodeOf(target);
        if (keyword == "$ref") return new RefEvaluator(keyword, node);
        string anchor = keyword == "$recursiveRef" ? "" : SchemaUri.SplitFragment(reference).Fragment;
        // Only a reference that leads to a dynamic anchor by its name is dynamic.
        bool isDynamic = target.Resource.DynamicAnchors.TryGetValue(anchor, out int anchored) && anchored == target.Node;
        return isDynamic ? compiler.Dynamic(keyword, anchor, node) : new RefEvaluator(keyword, node);
    }

    private Evaluator? Applicator(string keyword, int value)
    {
        switch (keyword)
        {
            case "properties" or "patternProperties" or "additionalProperties":
                return Members();
            case "items" or "prefixItems" or "additionalItems":
                return Items();
            case "allOf":
                return new AllOfEvaluator(List(keyword, value));
            case "anyOf" or "oneOf":
                return new AnyOfEvaluator(keyword, List(keyword, value));
            case "not":
                return new NotEvaluator(Schema(keyword, value));
            case "if":
                return new IfEvaluator(Schema(keyword, value), Optional("then"), Optional("else"));
            case "contains":
                return Contains(value);
            case "propertyNames":
                return new PropertyNamesEvaluator(Schema(keyword, value));
            case "dependentSchemas":
                return new DependentSchemasEvaluator(keyword, [.. Dependent(keyword, value)]);
            case "dependencies":
                return Dependencies(value);
            case "unevaluatedItems":
                return new UnevaluatedItemsEvaluator(Schema(keyword, value));
            case "unevaluatedProperties":
                return new UnevaluatedPropertiesEvaluator(Schema(keyword, value));
            default:
                return null;
        }
    }

    private Evaluator? Assertion(string keyword, int value)
    {
        switch (keyword)
        {
            case "type":
                return new TypeEvaluator(Types(value));
            case "const":
                return new EnumEvaluator(keyword, _values, [value]);
            case "enum":
                return new EnumEvaluator(keyword, _values, [.. _values.Items(value)]);
            case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum":
                return new RangeEvaluator(keyword, _values.String(value));
            case "multipleOf":
                return MultipleOf(value);
            case "minLength" or "maxLength":
                return new LengthEvaluator(keyword, Limit(value), _values.String(value));
            case "minItems" or "maxItems" or "minProperties" or "maxProperties":
                return new CountEvaluator(keyword, Limit(value), _values.String(value));
            case "pattern":
                return Text(value) is { } pattern && Pattern(pattern, value, "/pattern") is { } compiled ? new PatternEvaluator(compiled) : null;
            case "uniqueItems":
                return _values.Nodes[value].Kind == TapeKind.True ? new UniqueItemsEvaluator() : null;
            case "required":
                return Members();
            case "dependentRequired":
                return new DependentRequiredEvaluator(keyword, [.. _values.Names(value).Select(name => (Bytes(name), Names(name + 1)))]);
            default:
                return null;
        }
    }

    private Evaluator? Format(int value)
    {
        if (Text(value) is not { } name) return null;
        if (compiler.Options.Formats?.TryGetValue(name, out SchemaFormat? own) == true) return new OwnFormatEvaluator(own);
        if (!compiler.Options.AssertFormat && !_dialect.Has(Vocabularies.FormatAssertion)) return Annotation("format", value);
        if (JsonFormats.TryFind(name, out JsonFormat? format)) return new FormatEvaluator(format, _values.Json(value));
        compiler.Store.Warn(_values, value, $"{place.Pointer}/format", $"there is no format '{name}', so it asserts nothing{Suggestion.For(name, JsonFormats.Names)}");
        return Annotation("format", value);
    }

    private MembersEvaluator? Members()
    {
        if (_hasMembers) return null;
        _hasMembers = true;
        bool applies = _dialect.Has(Vocabularies.Applicator);
        var members = new Dictionary<string, NamedMember>(StringComparer.Ordinal);
        if (applies && _values.Member(place.Node, "properties") is var properties && properties >= 0)
            foreach (int name in _values.Names(properties)) members[_values.String(name)] = new(Bytes(name), Schema("properties", name + 1, _values.String(name)), false);
        if (_dialect.Has(Vocabularies.Validation) && _values.Member(place.Node, "required") is var required && required >= 0)
            foreach (byte[] name in Names(required)) members[Encoding.UTF8.GetString(name)] = new(name, members.GetValueOrDefault(Encoding.UTF8.GetString(name))?.Schema, true);

        var patterns = new List<PatternMember>();
        if (applies && _values.Member(place.Node, "patternProperties") is var matched && matched >= 0)
        {
            foreach (int name in _values.Names(matched))
            {
                string pattern = _values.String(name);
                if (Pattern(pattern, name, $"/patternProperties/{Unit.Escape(pattern)}") is { } compiled) patterns.Add(new(compiled, Schema("patternProperties", name + 1, pattern)));
            }
        }

        return new MembersEvaluator([.. members.Values], [.. patterns], applies ? Optional("additionalProperties") : null);
    }

    private ItemsEvaluator? Items()
    {
        if (_hasItems) return null;
        _hasItems = true;
        int items = _values.Member(place.Node, "items");
        if (_dialect.Draft == SchemaDraft.Draft202012)
        {
            int prefix = _values.Member(place.Node, "prefixItems");
            return new ItemsEvaluator("prefixItems", prefix < 0 ? [] : List("prefixItems", prefix), "items", items < 0 ? null : Schema("items", items));
        }

        // additionalItems is about what a list of schemas leaves over; without such a list it says nothing.
        if (items < 0) return null;
        if (_values.Nodes[items].Kind != TapeKind.Array) return new ItemsEvaluator("items", [], "items", Schema("items", items));
        return new ItemsEvaluator("items", List("items", items), "additionalItems", Optional("additionalItems"));
    }

    private ContainsEvaluator Contains(int value)
    {
        bool counts = _dialect.Draft >= SchemaDraft.Draft201909 && _dialect.Has(Vocabularies.Validation);
        int least = counts ? _values.Member(place.Node, "minContains") : -1, most = counts ? _values.Member(place.Node, "maxContains") : -1;
        return new ContainsEvaluator(Schema("contains", value), least < 0 ? 1 : Limit(least), most < 0 ? int.MaxValue : Limit(most), _dialect.Draft == SchemaDraft.Draft202012);
    }

    private DependenciesEvaluator Dependencies(int value)
    {
        var names = new DependentRequiredEvaluator("dependencies", [.. _values.Names(value).Where(name => _values.Nodes[name + 1].Kind == TapeKind.Array).Select(name => (Bytes(name), Names(name + 1)))]);
        return new DependenciesEvaluator(names, new DependentSchemasEvaluator("dependencies", [.. Dependent("dependencies", value)]));
    }

    private IEnumerable<(byte[] Name, SchemaNode Schema)> Dependent(string keyword, int value) =>
        _values.Names(value).Where(name => _values.Nodes[name + 1].Kind != TapeKind.Array).Select(name => (Bytes(name), Schema(keyword, name + 1, _values.String(name))));

    private MultipleOfEvaluator? MultipleOf(int value)
    {
        try
        {
            return new MultipleOfEvaluator(new NumberDivisor(_values.Bytes(value)), _values.String(value));
        }
        catch (ArgumentException exception)
        {
            compiler.Add(place, value, "/multipleOf", exception.Message);
            return null;
        }
    }

    private AnnotationEvaluator Annotation(string keyword, int value, int appliesTo = Kinds.All) => new(keyword, _values.Json(value), appliesTo);

    private SchemaNode Schema(string keyword, int value) => compiler.Child(place, value, $"/{keyword}");

    private SchemaNode Schema(string keyword, int value, string name) => compiler.Child(place, value, $"/{keyword}/{Unit.Escape(name)}");

    private SchemaNode? Optional(string keyword) => _values.Member(place.Node, keyword) is var value && value >= 0 ? Schema(keyword, value) : null;

    private SchemaNode[] List(string keyword, int value) => [.. _values.Items(value).Select((item, index) => Schema(keyword, item, index.ToString(CultureInfo.InvariantCulture)))];

    private SchemaTypes Types(int value)
    {
        SchemaTypes types = SchemaTypes.None;
        foreach (string? name in _values.Nodes[value].Kind == TapeKind.Array ? _values.Items(value).Select(Text) : [Text(value)])
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
                _ => SchemaTypes.None,
            };
        }

        return types;
    }

    private EcmaPattern? Pattern(string pattern, int value, string pointer)
    {
        try
        {
            return EcmaPattern.Compile(pattern);
        }
        catch (ArgumentException exception)
        {
            compiler.Add(place, value, pointer, $"'{pattern}' is no pattern: {exception.Message}", "a regular expression of ECMA-262");
            return null;
        }
    }

    private int Limit(int value) => ExactNumber.Parse(_values.Bytes(value)).ToCount();

    private string? Text(int value) => _values.Nodes[value].Kind == TapeKind.String ? _values.String(value) : null;

    private byte[] Bytes(int value) => _values.Bytes(value).ToArray();

    private byte[][] Names(int value) => [.. _values.Items(value).Where(item => _values.Nodes[item].Kind == TapeKind.String).Select(Bytes)];
}
