using ReadyOps.Core.JsonSchemas;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>What the drafts say differently, each case worked out by the specification of its draft.</summary>
public sealed class DraftTests
{
    // draft-07: JSON Schema, draft-handrews-json-schema-01, and its validation vocabulary.
    [Theory]
    [InlineData("{$ref: '#/definitions/a', maxLength: 1, definitions: {a: {type: string}}}", "abc", true)] // Section 8.3: beside $ref everything is ignored.
    [InlineData("{properties: {a: {$ref: '#/definitions/a', $id: 'http://x/y'}}, definitions: {a: {type: string}}}", "{a: 1}", false)] // … $id too.
    [InlineData("{items: [{type: string}, {type: number}], additionalItems: false}", "[a, 1]", true)]
    [InlineData("{items: [{type: string}, {type: number}], additionalItems: false}", "[a, 1, 2]", false)]
    [InlineData("{items: {type: string}, additionalItems: false}", "[a, b, c]", true)] // additionalItems without a list of schemas says nothing.
    [InlineData("{additionalItems: false}", "[1]", true)]
    [InlineData("{dependencies: {a: [b], c: {required: [d]}}}", "{a: 1}", false)]
    [InlineData("{dependencies: {a: [b], c: {required: [d]}}}", "{a: 1, b: 1, c: 1}", false)]
    [InlineData("{dependencies: {a: [b], c: {required: [d]}}}", "{a: 1, b: 1, c: 1, d: 1}", true)]
    [InlineData("{dependencies: {a: false}}", "{a: 1}", false)]
    [InlineData("{$ref: '#item', definitions: {a: {$id: '#item', type: string}}}", "1", false)] // Section 8.2.3: an $id that is only a fragment names the place.
    [InlineData("{$id: 'http://x/root.json', items: {$ref: 'a.json#b'}, definitions: {a: {$id: a.json, definitions: {b: {$id: '#b', type: string}}}}}", "[1]", false)]
    [InlineData("{contains: {const: 1}}", "[]", false)]
    [InlineData("{contains: {const: 1}, minContains: 2}", "[1]", true)] // Unknown in this draft, like all of the next line.
    [InlineData("{unevaluatedProperties: false, dependentRequired: {a: [b]}, prefixItems: [false], $dynamicRef: '#x'}", "{a: 1}", true)]
    [InlineData("{if: {type: string}, then: {minLength: 2}, else: {type: number}}", "a", false)]
    [InlineData("{if: {type: string}, then: {minLength: 2}, else: {type: number}}", "true", false)]
    [InlineData("{format: date}", "never", true)]
    public void Draft_07(string schema, string value, bool valid) => Check(SchemaDraft.Draft7, schema, value, valid);

    // 2019-09: draft-handrews-json-schema-02, and its validation vocabulary.
    [Theory]
    [InlineData("{$ref: '#/$defs/a', maxLength: 1, $defs: {a: {type: string}}}", "abc", false)] // Section 8.2.4.1: $ref stands beside other keywords.
    [InlineData("{items: [{type: string}], unevaluatedItems: false}", "[a, 1]", false)]
    [InlineData("{items: [{type: string}], additionalItems: true, unevaluatedItems: false}", "[a, 1]", true)]
    [InlineData("{contains: {const: 1}, unevaluatedItems: false}", "[1]", false)] // contains evaluates nothing before 2020-12.
    [InlineData("{prefixItems: [false]}", "[1]", true)]
    [InlineData("{contains: {const: 1}, minContains: 2}", "[1]", false)]
    [InlineData("{contains: {const: 1}, minContains: 0}", "[]", true)]
    [InlineData("{contains: {const: 1}, maxContains: 1}", "[1, 1]", false)]
    [InlineData("{maxContains: 0, minContains: 5}", "[1]", true)] // Without contains they say nothing.
    [InlineData("{dependentRequired: {a: [b]}, dependentSchemas: {b: {properties: {a: {const: 1}}}}}", "{a: 2, b: 0}", false)]
    [InlineData("{allOf: [{properties: {a: true}}], properties: {b: true}, unevaluatedProperties: false}", "{a: 1, b: 2}", true)]
    [InlineData("{allOf: [{properties: {a: true}}], properties: {b: true}, unevaluatedProperties: false}", "{a: 1, c: 2}", false)]
    [InlineData("{$ref: '#here', $defs: {a: {$anchor: here, type: string}}}", "1", false)]
    // A tree that another one extends: the reference means the outermost schema that says $recursiveAnchor (section 8.2.4.2).
    [InlineData("{$id: 'http://x/strict', $recursiveAnchor: true, $ref: tree, unevaluatedProperties: false, $defs: {t: {$id: tree, $recursiveAnchor: true, properties: {v: true, n: {items: {$recursiveRef: '#'}}}}}}", "{v: 1, n: [{v: 2}]}", true)]
    [InlineData("{$id: 'http://x/strict', $recursiveAnchor: true, $ref: tree, unevaluatedProperties: false, $defs: {t: {$id: tree, $recursiveAnchor: true, properties: {v: true, n: {items: {$recursiveRef: '#'}}}}}}", "{v: 1, n: [{w: 2}]}", false)]
    [InlineData("{$id: 'http://x/strict', $recursiveAnchor: true, $ref: tree, unevaluatedProperties: false, $defs: {t: {$id: tree, properties: {v: true, n: {items: {$recursiveRef: '#'}}}}}}", "{v: 1, n: [{w: 2}]}", true)]
    public void Draft_2019_09(string schema, string value, bool valid) => Check(SchemaDraft.Draft201909, schema, value, valid);

    // 2020-12: draft-bhutton-json-schema-01, and its validation vocabulary.
    [Theory]
    [InlineData("{prefixItems: [{type: string}], items: {type: number}}", "[a, 1, b]", false)]
    [InlineData("{prefixItems: [{type: string}], items: {type: number}}", "[a, 1, 2]", true)]
    [InlineData("{contains: {type: number}, unevaluatedItems: {type: string}}", "[1, a]", true)] // Section 11.2: contains evaluates what it contains.
    [InlineData("{contains: {type: number}, unevaluatedItems: {type: string}}", "[1, true]", false)]
    [InlineData("{additionalItems: false}", "[1]", true)]
    [InlineData("{anyOf: [{required: [a], properties: {a: true}}, {required: [b], properties: {b: true}}], unevaluatedProperties: false}", "{a: 1, b: 2}", true)]
    [InlineData("{anyOf: [{required: [a], properties: {a: true}}, {required: [b], properties: {b: true}}], unevaluatedProperties: false}", "{a: 1, c: 2}", false)]
    [InlineData("{oneOf: [true, {properties: {a: false}}], unevaluatedProperties: false}", "{a: 1}", false)] // A branch that fails evaluates nothing.
    [InlineData("{not: {not: {properties: {a: true}}}, unevaluatedProperties: false}", "{a: 1}", false)] // Nor does what a not drops.
    [InlineData("{if: {properties: {a: {const: 1}}, required: [a]}, unevaluatedProperties: false}", "{a: 1}", true)]
    [InlineData("{if: {properties: {a: {const: 1}}, required: [a]}, unevaluatedProperties: false}", "{a: 2}", false)]
    [InlineData("{patternProperties: {'^x': true}, additionalProperties: {type: number}, unevaluatedProperties: false}", "{xa: a, b: 1}", true)]
    [InlineData("{properties: {o: {properties: {a: true}}}, unevaluatedProperties: false}", "{o: {a: 1, b: 2}}", true)] // It is about this object only.
    [InlineData("{allOf: [{unevaluatedProperties: false}], properties: {a: true}}", "{a: 1}", false)] // It does not see what stands beside its own schema.
    [InlineData("{unevaluatedItems: false, prefixItems: [true]}", "[1]", true)]
    [InlineData("{$id: 'http://x/list', $ref: base, $defs: {strings: {$dynamicAnchor: item, type: string}, b: {$id: base, items: {$dynamicRef: '#item'}, $defs: {any: {$dynamicAnchor: item}}}}}", "[1]", false)]
    [InlineData("{$id: 'http://x/list', $ref: base, $defs: {strings: {$anchor: item, type: string}, b: {$id: base, items: {$dynamicRef: '#item'}, $defs: {any: {$dynamicAnchor: item}}}}}", "[1]", true)]
    [InlineData("{$id: 'http://x/list', $ref: base, $defs: {strings: {$dynamicAnchor: item, type: string}, b: {$id: base, items: {$dynamicRef: '#item'}, $defs: {any: {$anchor: item}}}}}", "[1]", true)] // The reference is static where it does not meet a dynamic anchor first.
    [InlineData("{dependencies: {a: [b]}}", "{a: 1}", false)]
    [InlineData("{const: {a: [1.0, false]}}", "{a: [1, false]}", true)]
    [InlineData("{const: {a: [1.0, false]}}", "{a: [1, 0]}", false)]
    [InlineData("{enum: [[], 1e400, ~]}", "null", true)]
    [InlineData("{enum: [[], 1e400, ~]}", "10e399", true)]
    [InlineData("{uniqueItems: true}", "[{a: 1, b: 2}, {b: 2, a: 1.0}]", false)]
    [InlineData("{uniqueItems: true}", "[1, '1', true, [1], {a: 1}, null, 0, false, []]", true)]
    [InlineData("{minLength: 2, maxLength: 2}", "💚é", true)]
    [InlineData("{properties: {'a/b': {type: string}}, items: {$ref: '#/properties/a~1b'}}", "[1]", false)]
    [InlineData("{$defs: {'a b%': {type: string}}, $ref: '#/$defs/a%20b%25'}", "1", false)]
    public void Draft_2020_12(string schema, string value, bool valid) => Check(SchemaDraft.Draft202012, schema, value, valid);

    [Fact]
    public void The_draft_that_a_schema_names_goes_before_the_default_and_a_bundled_schema_may_name_another()
    {
        JsonSchema schema = JsonSchema.Compile(Utf8("""
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://x/a", "prefixItems": [{"$ref": "https://x/old"}],
             "$defs": {"old": {"$id": "https://x/old", "$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}], "additionalItems": false}}}
            """), new SchemaOptions { DefaultDraft = SchemaDraft.Draft7 });
        Assert.Equal(SchemaDraft.Draft202012, schema.Draft);
        Assert.True(schema.IsValid("[[\"a\"]]"u8));
        Assert.False(schema.IsValid("[[\"a\", \"b\"]]"u8));
    }

    [Theory]
    [InlineData("http://json-schema.org/draft-04/schema#", "draft-04")]
    [InlineData("https://example.org/my-schema", "which is not known")]
    public void A_draft_that_is_not_known_is_refused(string draft, string message)
    {
        ReadyOpsException exception = Assert.Throws<ReadyOpsException>(() => JsonSchema.Compile(Utf8($$"""{"$schema": "{{draft}}"}""")));
        Assert.Equal("SchemaUnsupported", exception.Id);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://json-schema.org/draft/2020-12/vocab/validation", true, false)]
    [InlineData("https://json-schema.org/draft/2020-12/vocab/applicator", true, true)] // Without the validation vocabulary its keywords say nothing.
    [InlineData("https://example.org/vocab/color", false, true)]
    public void The_vocabularies_of_a_meta_schema_decide_which_keywords_count(string vocabulary, bool required, bool valid) =>
        Assert.Equal(valid, JsonSchema.Compile(Utf8("""{"$schema": "https://example.org/meta", "type": "string"}"""), With(vocabulary, required)).IsValid("1"u8));

    [Fact]
    public void A_vocabulary_that_is_required_and_not_known_is_refused()
    {
        ReadyOpsException exception = Assert.Throws<ReadyOpsException>(() => JsonSchema.Compile(Utf8("""{"$schema": "https://example.org/meta"}"""), With("https://example.org/vocab/color", true)));
        Assert.Equal("SchemaUnsupported", exception.Id);
        Assert.Contains("requires the vocabulary 'https://example.org/vocab/color'", exception.Message, StringComparison.Ordinal);
    }

    private static SchemaOptions With(string vocabulary, bool required)
    {
        var registry = new SchemaRegistry();
        registry.Add("https://example.org/meta", Utf8($$$"""
            {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "https://example.org/meta",
             "$vocabulary": {"https://json-schema.org/draft/2020-12/vocab/core": true, "{{{vocabulary}}}": {{{(required ? "true" : "false")}}}}}
            """));
        return new SchemaOptions { Registry = registry };
    }

    private static void Check(SchemaDraft draft, string schema, string value, bool valid)
    {
        JsonSchema compiled = JsonSchema.Compile(Tree(schema), new SchemaOptions { DefaultDraft = draft });
        using JsonInstance instance = JsonInstance.FromDocument(Tree(value));
        Assert.Equal(valid, compiled.IsValid(instance));
        Assert.Equal(valid, compiled.Explain(instance, 0, 10).Count == 0);
        Assert.Equal(valid, compiled.Output(instance, SchemaOutputFormat.Detailed).GetProperty("valid").GetBoolean());
    }
}
