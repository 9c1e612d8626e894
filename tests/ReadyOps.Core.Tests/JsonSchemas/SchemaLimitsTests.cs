using ReadyOps.Core.JsonSchemas;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>Schemas and values that would never end, or take more than they should.</summary>
public sealed class SchemaLimitsTests
{
    [Fact]
    public void A_dynamic_reference_back_to_its_own_schema_ends_in_an_error()
    {
        JsonSchema schema = JsonSchema.Compile("""{"$dynamicAnchor": "self", "$dynamicRef": "#self"}"""u8.ToArray());
        using JsonInstance instance = JsonInstance.Parse("1"u8);
        Assert.Equal("SchemaEndless", Assert.Throws<ReadyOpsException>(() => schema.IsValid(instance)).Id);
        Assert.Equal("SchemaEndless", Assert.Throws<ReadyOpsException>(() => schema.Output(instance, SchemaOutputFormat.Basic)).Id);
    }

    [Fact]
    public void A_schema_that_forks_at_every_step_is_stopped()
    {
        string steps = string.Join(",", Enumerable.Range(0, 60).Select(i => $$"""
            "s{{i}}": {"oneOf": [{"$ref": "#/$defs/s{{i + 1}}", "not": {"const": 0} }, {"$ref": "#/$defs/s{{i + 1}}", "title": "b"}]}
            """));
        JsonSchema schema = JsonSchema.Compile(Utf8($$$"""{"$ref": "#/$defs/s0", "$defs": { {{{steps}}}, "s60": {"type": "string"} } }"""));
        Assert.Equal("SchemaTooCostly", Assert.Throws<ReadyOpsException>(() => schema.IsValid("1.5"u8)).Id);
    }

    [Fact]
    public void A_long_chain_of_references_is_followed()
    {
        string steps = string.Join(",", Enumerable.Range(0, 3000).Select(i => $$"""
            "s{{i}}": {"allOf": [{"$ref": "#/$defs/s{{i + 1}}"}, {"not": {"const": {{i}} } }]}
            """));
        JsonSchema schema = JsonSchema.Compile(Utf8($$$"""{"$ref": "#/$defs/s0", "$defs": { {{{steps}}}, "s3000": {"type": "string"} } }"""));
        Assert.True(schema.IsValid("\"a\""u8));
        Assert.False(schema.IsValid("1"u8));
    }

    [Fact]
    public void A_chain_that_is_too_long_is_refused_and_does_not_overflow_the_stack()
    {
        string steps = string.Join(",", Enumerable.Range(0, 10_000).Select(i => $$"""
            "s{{i}}": {"anyOf": [{"$ref": "#/$defs/s{{i + 1}}"}, {"const": "{{i}}"}]}
            """));
        JsonSchema schema = JsonSchema.Compile(Utf8($$$"""{"$ref": "#/$defs/s0", "$defs": { {{{steps}}}, "s10000": {"type": "string"} } }"""));
        Assert.Equal("SchemaEndless", Assert.Throws<ReadyOpsException>(() => schema.IsValid("\"a\""u8)).Id);
    }

    [Fact]
    public void The_deepest_value_is_checked_to_its_bottom()
    {
        JsonSchema schema = JsonSchema.Compile("""{"$ref": "#/$defs/n", "$defs": {"n": {"anyOf": [{"items": {"allOf": [{"$ref": "#/$defs/n"}]}, "type": "array"}, {"const": 1}]}}}"""u8.ToArray());
        Assert.True(schema.IsValid(Utf8(new string('[', 512) + "1" + new string(']', 512))));
        using JsonInstance wrong = JsonInstance.Parse(Utf8(new string('[', 511) + "2" + new string(']', 511)));
        Assert.False(schema.IsValid(wrong));
        Assert.NotEmpty(schema.Validate(wrong));
    }

    [Fact]
    public void A_value_full_of_slips_costs_no_more_than_its_size()
    {
        JsonSchema schema = JsonSchema.Compile("""{"properties": {"name": true, "value": true}, "additionalProperties": false}"""u8.ToArray());
        using JsonInstance instance = JsonInstance.Parse(Utf8($"{{{string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"nam{i}\":{i}"))}}}"));
        Assert.Equal(1000, schema.Validate(instance).Count);
        Assert.Equal(3, schema.Validate(instance, 3).Count);
    }

    [Fact]
    public void A_verdict_that_is_there_is_not_lost_because_telling_why_forks_at_every_level()
    {
        // Each member is looked at by two schemas, both of which look at its members again: 2^511 ways to the innermost.
        JsonSchema schema = JsonSchema.Compile("""
            {"allOf": [{"properties": {"a": {"$ref": "#"}}}], "then": {"additionalProperties": {"$ref": "#"}}, "if": {"type": "object"}, "type": "object"}
            """u8.ToArray());
        using JsonInstance deep = JsonInstance.Parse(Utf8(string.Concat(Enumerable.Repeat("{\"a\":", 511)) + "1" + new string('}', 511)));
        Assert.False(schema.IsValid(deep));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotEmpty(schema.Validate(deep));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 300_000_000);
    }

    [Fact]
    public void A_failure_is_told_even_where_finding_out_all_of_them_takes_too_long()
    {
        // Refused at once by its first keyword; the second applies 2^40 schemas.
        string forks = string.Join(",", Enumerable.Range(0, 40).Select(i => $$"""
            "s{{i}}": {"oneOf": [{"$ref": "#/$defs/s{{i + 1}}", "not": {"const": 0} }, {"$ref": "#/$defs/s{{i + 1}}", "title": "b"}]}
            """));
        JsonSchema schema = JsonSchema.Compile(Utf8($$$"""{"type": "object", "$ref": "#/$defs/s0", "$defs": { {{{forks}}}, "s40": {"type": "number"} } }"""));
        using JsonInstance instance = JsonInstance.Parse("1.5"u8);
        Assert.False(schema.IsValid(instance));
        SchemaFailure failure = Assert.Single(schema.Validate(instance));
        Assert.StartsWith("this does not fit, and not all that is wrong could be found out", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SchemaOutputFormat.Basic)]
    [InlineData(SchemaOutputFormat.Detailed)]
    public void Output_about_the_deepest_value_is_written(SchemaOutputFormat format)
    {
        JsonSchema schema = JsonSchema.Compile("""{"title": "list", "items": {"allOf": [{"$ref": "#"}, true], "title": "item"}}"""u8.ToArray());
        using JsonInstance deep = JsonInstance.Parse(Utf8(new string('[', 512) + new string(']', 512)));
        Assert.True(schema.Output(deep, format).GetProperty("valid").GetBoolean());
    }

    [Fact]
    public void Enums_of_many_values_are_looked_up_and_not_gone_through()
    {
        // One by one, these would be 4 * 10^9 comparisons.
        string values = string.Join(",", Enumerable.Range(0, 80_000).Select(i => $"[{i}]"));
        JsonSchema schema = JsonSchema.Compile(Utf8($$"""{"items": {"enum": [{{values}}, 1, 2.50, {"a": 1}]} }"""));
        Assert.True(schema.IsValid(Utf8($"[{values},1.0,25e-1,{{\"a\":1e0}}]")));
        Assert.False(schema.IsValid("[[80000]]"u8));
        Assert.False(schema.IsValid("[null]"u8));
        using JsonInstance wrong = JsonInstance.Parse("[-1]"u8);
        Assert.EndsWith(" and 79979 more", Assert.Single(schema.Validate(wrong)).Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_names_that_are_missing_many_times_cost_what_is_told_of_them()
    {
        JsonSchema schema = JsonSchema.Compile(Utf8($$"""{"items": {"required": [{{string.Join(",", Enumerable.Range(0, 10_000).Select(i => $"\"n{i}\""))}}]} }"""));
        using JsonInstance wrong = JsonInstance.Parse(Utf8($"[{string.Join(",", Enumerable.Repeat("{}", 1000))}]"));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(1000, schema.Validate(wrong).Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000_000);
    }

    [Fact]
    public void Patterns_that_take_longer_and_longer_are_stopped()
    {
        // Refers back, so it cannot be made linear: each text takes about twice as long as the one before. However fast the machine is,
        // either one of them takes longer than a text may, or all of them together longer than a value may.
        JsonSchema schema = JsonSchema.Compile("""{"items": {"pattern": "^(?:(a+)+)+\\1b$|."}}"""u8.ToArray());
        using JsonInstance values = JsonInstance.Parse(Utf8($"[{string.Join(",", Enumerable.Range(10, 50).Select(length => $"\"{new string('a', length)}\""))}]"));
        Assert.True(schema.IsValid("[\"ab\"]"u8));
        Assert.Contains(Assert.Throws<ReadyOpsException>(() => schema.IsValid(values)).Id, new[] { "SchemaTooCostly", "PatternTooSlow" });
    }

    [Fact]
    public void Ten_thousand_texts_that_were_json_once_never_do_anything_unexpected()
    {
        string[] seeds =
        [
            """{"$id": "https://x/y", "properties": {"a": {"$ref": "#/$defs/a"}, "b": {"type": ["string", "null"], "pattern": "^a+$"}}, "unevaluatedProperties": false, "$defs": {"a": {"minimum": 1e3, "multipleOf": 0.01}}}""",
            """{"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"enum": [1, "a", null, {}]}], "additionalItems": false, "dependencies": {"a": ["b"], "c": {"minLength": 2}}}""",
            """{"anyOf": [{"contains": {"const": 1}, "minContains": 2}, {"not": {"required": ["a"]}}], "if": {"maxItems": 1}, "then": true, "else": false, "$dynamicRef": "#m", "$dynamicAnchor": "m"}""",
        ];
        var random = new Random(20261121);
        for (int i = 0; i < 10_000; i++)
        {
            byte[] schema = Mutate(seeds[i % seeds.Length], random), value = Mutate(seeds[(i + 1) % seeds.Length], random);
            try
            {
                JsonSchema compiled = JsonSchema.Compile(schema);
                using JsonInstance instance = JsonInstance.Parse(value);
                bool valid = compiled.IsValid(instance);
                Assert.Equal(valid, compiled.Explain(instance, 0, 100).Count == 0);
                Assert.Equal(valid, compiled.Output(instance, SchemaOutputFormat.Detailed).GetProperty("valid").GetBoolean());
            }
            catch (Exception exception) when (exception is DocumentException or ReadyOpsException)
            {
            }
        }
    }

    // A few bytes of one text replaced by a piece of it from elsewhere: most of what comes out is still nearly JSON.
    private static byte[] Mutate(string text, Random random)
    {
        byte[] bytes = Utf8(text);
        for (int i = random.Next(3); i > 0; i--)
        {
            int length = random.Next(1, 12), from = random.Next(bytes.Length - length), to = random.Next(bytes.Length - length);
            if (random.Next(4) == 0) bytes[to] = (byte)random.Next(256);
            else bytes.AsSpan(from, length).ToArray().CopyTo(bytes, to);
        }

        return bytes;
    }
}
