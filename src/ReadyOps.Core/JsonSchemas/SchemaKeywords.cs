using System.Collections.Frozen;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>What the value of a keyword holds.</summary>
internal enum KeywordShape
{
    /// <summary>No schema.</summary>
    Plain,

    /// <summary>A schema.</summary>
    Schema,

    /// <summary>A list of schemas.</summary>
    List,

    /// <summary>An object of which each member is a schema.</summary>
    Map,

    /// <summary>A schema or a list of schemas.</summary>
    SchemaOrList,

    /// <summary>An object of which each member is a schema or a list of names.</summary>
    MapOrNames,
}

/// <summary>The keywords of the drafts: since when each is known, to which vocabulary it belongs, and where in it there are schemas.</summary>
internal sealed record SchemaKeyword(string Name, Vocabularies Vocabulary, KeywordShape Shape, SchemaDraft First = SchemaDraft.Draft7, SchemaDraft Last = SchemaDraft.Draft202012)
{
    private static readonly FrozenDictionary<string, SchemaKeyword> All = Table().ToFrozenDictionary(keyword => keyword.Name, StringComparer.Ordinal);

    public static SchemaKeyword? Find(string name) => All.GetValueOrDefault(name);

    public static IEnumerable<string> NamesOf(SchemaDraft draft) => All.Values.Where(keyword => keyword.IsOf(draft)).Select(keyword => keyword.Name);

    public bool IsOf(SchemaDraft draft) => draft >= First && draft <= Last;

    private static IEnumerable<SchemaKeyword> Table()
    {
        const SchemaDraft D7 = SchemaDraft.Draft7, D19 = SchemaDraft.Draft201909, D20 = SchemaDraft.Draft202012;
        foreach (string name in new[] { "$schema", "$id", "$ref", "$comment" }) yield return new(name, Vocabularies.Core, KeywordShape.Plain);
        foreach (string name in new[] { "$anchor", "$vocabulary" }) yield return new(name, Vocabularies.Core, KeywordShape.Plain, D19);
        foreach (string name in new[] { "$recursiveRef", "$recursiveAnchor" }) yield return new(name, Vocabularies.Core, KeywordShape.Plain, D19, D19);
        foreach (string name in new[] { "$dynamicRef", "$dynamicAnchor" }) yield return new(name, Vocabularies.Core, KeywordShape.Plain, D20);
        yield return new("$defs", Vocabularies.Core, KeywordShape.Map, D19);
        // Replaced by $defs and dependent* in 2019-09, whose meta-schemas keep both words free for what they meant.
        yield return new("definitions", Vocabularies.Core, KeywordShape.Map);
        yield return new("dependencies", Vocabularies.Applicator, KeywordShape.MapOrNames);

        foreach (string name in new[] { "not", "if", "then", "else", "contains", "propertyNames", "additionalProperties" })
            yield return new(name, Vocabularies.Applicator, KeywordShape.Schema);
        foreach (string name in new[] { "allOf", "anyOf", "oneOf" }) yield return new(name, Vocabularies.Applicator, KeywordShape.List);
        foreach (string name in new[] { "properties", "patternProperties" }) yield return new(name, Vocabularies.Applicator, KeywordShape.Map);
        yield return new("dependentSchemas", Vocabularies.Applicator, KeywordShape.Map, D19);
        yield return new("prefixItems", Vocabularies.Applicator, KeywordShape.List, D20);
        yield return new("items", Vocabularies.Applicator, KeywordShape.SchemaOrList);
        yield return new("additionalItems", Vocabularies.Applicator, KeywordShape.Schema, D7, D19);
        foreach (string name in new[] { "unevaluatedItems", "unevaluatedProperties" }) yield return new(name, Vocabularies.Unevaluated, KeywordShape.Schema, D19);

        string[] validation =
        [
            "type", "const", "enum", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern",
            "maxItems", "minItems", "uniqueItems", "maxProperties", "minProperties", "required",
        ];
        foreach (string name in validation) yield return new(name, Vocabularies.Validation, KeywordShape.Plain);
        foreach (string name in new[] { "minContains", "maxContains", "dependentRequired" }) yield return new(name, Vocabularies.Validation, KeywordShape.Plain, D19);

        foreach (string name in new[] { "title", "description", "default", "readOnly", "writeOnly", "examples" }) yield return new(name, Vocabularies.MetaData, KeywordShape.Plain);
        yield return new("deprecated", Vocabularies.MetaData, KeywordShape.Plain, D19);
        yield return new("format", Vocabularies.FormatAnnotation | Vocabularies.FormatAssertion, KeywordShape.Plain);
        foreach (string name in new[] { "contentEncoding", "contentMediaType" }) yield return new(name, Vocabularies.Content, KeywordShape.Plain);
        yield return new("contentSchema", Vocabularies.Content, KeywordShape.Schema, D19);
    }
}
