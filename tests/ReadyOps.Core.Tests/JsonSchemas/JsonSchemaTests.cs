using ReadyOps.Core.JsonSchemas;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.JsonSchemas;

public sealed class JsonSchemaTests
{
    private static string[] Failures(string schema, string value) => [.. JsonSchema.Compile(Tree(schema)).Validate(Tree(value)).Select(failure => failure.ToString())];

    [Theory]
    [InlineData("type: [number, string]", "[1]", ": this is a list; expected a text or a number (/type)")]
    [InlineData("type: integer", "1.5", ": this is the number 1.5; expected a whole number (/type)")]
    [InlineData("enum: [file, http, 3]", "htpt", ": 'htpt' is not known here; did you mean 'http'?; expected one of file, http, 3 (/enum)")]
    [InlineData("const: Gate", "Rollout", ": 'Rollout' is not known here; expected 'Gate' (/const)")]
    [InlineData("minimum: 1", "0", ": 0 is too small; expected at least 1 (/minimum)")]
    [InlineData("exclusiveMaximum: 1e2", "100.0", ": 100.0 is too large; expected less than 1e2 (/exclusiveMaximum)")]
    [InlineData("multipleOf: 0.01", "0.075", ": 0.075 is no multiple of 0.01; expected a multiple of 0.01 (/multipleOf)")]
    [InlineData("minLength: 1", "''", ": the text is empty; expected at least 1 (/minLength)")]
    [InlineData("maxLength: 1", "ab", ": the text has 2 characters; expected at most 1 (/maxLength)")]
    [InlineData("pattern: '^a$'", "b", ": 'b' does not have the right form; expected a text that matches ^a$ (/pattern)")]
    [InlineData("maxItems: 1", "[1, 2]", ": the list has 2 items; expected at most 1 (/maxItems)")]
    [InlineData("minProperties: 2", "{a: 1}", ": the object has 1 member; expected at least 2 (/minProperties)")]
    [InlineData("uniqueItems: true", "[a, 1, 1.0]", ": the items 2 and 3 are equal; expected items that differ from each other (/uniqueItems)")]
    [InlineData("required: [name]", "{}", ": 'name' is missing; expected a member named 'name' (/required)")]
    [InlineData("dependentRequired: {a: [b]}", "{a: 1}", ": 'a' needs 'b' beside it; expected a member named 'b' (/dependentRequired)")]
    [InlineData("{properties: {timeout: true, name: true}, additionalProperties: false}", "{tiemout: 1}", ": there is no member 'tiemout' here; did you mean 'timeout'?; expected one of timeout, name (/additionalProperties)")]
    [InlineData("propertyNames: {pattern: '^[a-z]+$'}", "{A: 1}", ": 'A' does not have the right form; expected a text that matches ^[a-z]+$ (/propertyNames/pattern)")]
    [InlineData("not: {type: string}", "a", ": 'a' is just what must not stand here (/not)")]
    [InlineData("false", "1", ": nothing may stand here ()")]
    [InlineData("properties: {a/b: {items: {$ref: '#/$defs/n'}}}\n$defs: {n: {type: number}}", "{a/b: [1, x]}", "/a~1b/1: this is the text 'x'; expected a number (/properties/a~1b/items/$ref/type)")]
    [InlineData("if: {required: [a]}\nthen: {required: [b]}\nelse: {required: [c]}", "{a: 1}", ": 'b' is missing; expected a member named 'b' (/then/required)")]
    [InlineData("prefixItems: [{type: string}]\nitems: {type: number}", "[a, b]", "/1: this is the text 'b'; expected a number (/items/type)")]
    public void A_failure_says_where_and_why(string schema, string value, string failure) => Assert.Equal([failure], Failures(schema, value));

    [Fact]
    public void All_failures_are_reported_each_at_its_place()
    {
        JsonSchema schema = JsonSchema.Compile(Tree("properties: {a: {type: number}, b: {type: number}}\nrequired: [c]\nadditionalProperties: false"));
        (int, int, string)[] places = [.. schema.Validate(Tree("a: x\nb: y\nz: 1\n")).Select(failure => (failure.Line, failure.Column, failure.Keyword))];
        Assert.Equal([(1, 1, "required"), (1, 4, "type"), (2, 4, "type"), (3, 1, "additionalProperties")], places);
    }

    [Fact]
    public void Of_alternatives_only_the_one_that_was_meant_is_reported()
    {
        const string Schema = """
            oneOf:
            - {type: string}
            - {type: object, properties: {type: {const: flag}, path: {type: string}}, required: [type, path], additionalProperties: false}
            - {type: object, properties: {type: {const: script}, set: {type: array}}, required: [type, set], additionalProperties: false}
            """;
        Assert.Equal([": 'set' is missing; expected a member named 'set' (/oneOf/2/required)", ": there is no member 'ste' here; did you mean 'set'?; expected one of type, set (/oneOf/2/additionalProperties)"],
            Failures(Schema, "{type: script, ste: []}"));
        Assert.Equal([": this is the number 1; expected a text or an object (/oneOf)"], Failures(Schema, "1"));
        Assert.Equal([], Failures(Schema, "{type: flag, path: x}"));
        Assert.Equal([": 1 fits more than one of the alternatives; expected a value that fits exactly one (/oneOf)"], Failures("oneOf: [{type: number}, {minimum: 0}]", "1"));
    }

    [Theory]
    [InlineData("$ref: 'https://example.org/other.json'", "/$ref: 'https://example.org/other.json' is not known")]
    [InlineData("$ref: '#/$defs/a'", "/$ref: '#/$defs/a' leads nowhere")]
    [InlineData("{$ref: '#nmae', $defs: {a: {$anchor: name}}}", "'#nmae' leads nowhere; did you mean 'name'?")]
    [InlineData("$ref: '#'", "never end")]
    [InlineData("{$ref: '#/$defs/a', $defs: {a: {allOf: [{$ref: '#/$defs/b'}]}, b: {$ref: '#/$defs/a'}}}", "never end")]
    [InlineData("type: text", "/type: 'text' is not known here")]
    [InlineData("type: 5", "/type: 5 is not known here; expected one of array")]
    [InlineData("minLength: -1", "/minLength: -1 is too small")]
    [InlineData("multipleOf: 0", "/multipleOf: 0 is too small")]
    [InlineData("pattern: '['", "/pattern: '[' is no pattern")]
    [InlineData("patternProperties: {'(?i)a': true}", "is no pattern")]
    [InlineData("allOf: []", "/allOf: the list has 0 items")]
    [InlineData("properties: [a]", "/properties: this is a list; expected an object")]
    [InlineData("items: 5", "/items: this is the number 5; expected")]
    public void A_schema_that_cannot_be_kept_to_is_refused_when_it_is_compiled(string schema, string message)
    {
        DocumentException exception = Assert.Throws<DocumentException>(() => JsonSchema.Compile(Tree(schema), new SchemaOptions { File = "s.yaml" }));
        Assert.StartsWith("s.yaml:1:", exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_with_a_schema_is_said_at_once_each_at_its_place()
    {
        string[] problems = Problems(() => JsonSchema.Compile(Utf8("{\n \"type\": \"strin\",\n \"minLength\": \"1\",\n \"properties\": {\"a\": {\"required\": \"b\"}}}"), new SchemaOptions { File = "s.json" }));
        Assert.Equal(
            [
                "s.json:2:10: /type: 'strin' is not known here; did you mean 'string'?; expected one of array, boolean, integer, null, number, object, string",
                "s.json:3:15: /minLength: this is the text '1'; expected a whole number",
                "s.json:4:35: /properties/a/required: this is the text 'b'; expected a list",
            ],
            problems);
    }

    [Fact]
    public void Keywords_that_are_not_known_are_warnings_that_say_what_was_probably_meant()
    {
        JsonSchema schema = JsonSchema.Compile(Tree("requierd: [a]\nx-team: a\nproperties: {b: {dependencies: {}, $recursiveRef: '#'}}"), new SchemaOptions { File = "s.yaml" });
        Assert.Equal(
            [
                "s.yaml:1:1: there is no keyword 'requierd'; did you mean 'required'?",
                "s.yaml:3:36: /properties/b: '$recursiveRef' is no keyword of 2020-12, by which this schema is read, and does nothing here",
            ],
            schema.Warnings.Select(warning => warning.ToString()));
    }

    [Fact]
    public void A_schema_may_refer_to_itself_one_level_down()
    {
        JsonSchema schema = JsonSchema.Compile(Tree("{type: object, additionalProperties: {$ref: '#'}}"));
        Assert.True(schema.IsValid(Tree("{a: {b: {}}}")));
        Assert.False(schema.IsValid(Tree("{a: {b: 1}}")));
    }

    [Fact]
    public void A_hostile_value_yields_no_more_than_a_thousand_failures() =>
        Assert.Equal(1000, JsonSchema.Compile(Tree("items: {type: string}")).Validate(Tree("[" + string.Concat(Enumerable.Repeat("1,", 50_000)) + "]")).Count);

    [Fact]
    public void A_verdict_costs_no_memory_whether_it_is_good_or_bad()
    {
        JsonSchema schema = JsonSchema.Compile(Utf8("""
            {"type": "object", "required": ["a"], "additionalProperties": false, "unevaluatedProperties": false, "properties": {
              "a": {"type": "string", "minLength": 1, "enum": ["x", "y"]},
              "b": {"type": "array", "uniqueItems": true, "contains": {"const": 1}, "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
              "c": {"not": {"required": ["d"]}, "unevaluatedProperties": false, "allOf": [{"properties": {"e": true}}]}}}
            """));
        byte[][] texts = [Utf8("""{"a": "x", "b": [1, 2, "\u0061"], "c": {"e": null}}"""), Utf8("""{"a": "x", "b": [1, 2, "a"], "c": {"f": null}}""")];
        Assert.Equal([true, false], texts.Select(text => schema.IsValid(text)));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
            foreach (byte[] text in texts) schema.IsValid(text);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
