using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using ReadyOps.Core.JsonSchemas;
using ReadyOps.Core.Tests.JsonSchemas.Naive;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>Generated schemas and values: the engine says what the plain evaluator says, in each of its ways to run.</summary>
public sealed class SchemaPropertyTests
{
    [Theory]
    [InlineData(NaiveSchema.Draft202012)]
    [InlineData(NaiveSchema.Draft201909)]
    [InlineData(NaiveSchema.Draft7)]
    public void The_engine_agrees_with_the_plain_evaluator(string draft)
    {
        int schemas = int.TryParse(Environment.GetEnvironmentVariable("READYOPS_SCHEMAS"), out int asked) ? asked : 300;
        Gen<(string, List<string>)> cases = new SchemaGenerator(draft).Root().SelectMany(_ => SchemaGenerator.Value(3).ListOf(12), (schema, values) => (schema, values.ToList()));
        Agree(draft, cases, schemas);
    }

    /// <summary>What depends on the text of one member is looked up instead of tried one after the other: with and without that member, and beside others.</summary>
    [Theory]
    [InlineData(NaiveSchema.Draft202012)]
    [InlineData(NaiveSchema.Draft7)]
    public void Conditions_on_the_text_of_one_member_agree_with_the_plain_evaluator(string draft)
    {
        Gen<string> text = Gen.Elements("\"x\"", "\"y\"", "\"z\"");
        Gen<string> asked = Gen.OneOf(text.Select(one => $"\"const\":{one}"), text.ListOf(2).Select(two => $"\"enum\":[{string.Join(',', two.Distinct())}]"), text.Select(one => $"\"type\":\"string\",\"const\":{one}"));
        Gen<string> then = Gen.Elements("{\"required\":[\"a\"]}", "{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "{\"maxProperties\":2}", "false", "true", "{\"additionalProperties\":{\"type\":\"string\"}}");
        Gen<string> condition =
            from name in Gen.Elements("t", "t", "t", "u")
            from what in asked
            from required in Gen.Elements("", $",\"required\":[\"{name}\"]", ",\"type\":\"object\"")
            from holds in then
            from otherwise in Gen.Frequency((6, Gen.Constant("")), (1, then.Select(schema => $",\"else\":{schema}")))
            select $"{{\"if\":{{\"properties\":{{\"{name}\":{{{what}}}}}{required}}},\"then\":{holds}{otherwise}}}";
        string unevaluated = draft == NaiveSchema.Draft7 ? "" : ",\"unevaluatedProperties\":false";
        Gen<string> schema = condition.ListOf(4).SelectMany(_ => Gen.Elements("", "", unevaluated), (all, last) => $"{{\"allOf\":[{string.Join(',', all)}]{last}}}");
        Gen<string> member = Gen.OneOf(text, Gen.Elements("1", "null", "[]"));
        Gen<string> value = Gen.Elements("t", "u", "a", "b").ListOf(3).SelectMany(_ => member.ListOf(3), (names, values) => $"{{{string.Join(',', names.Distinct().Select((name, i) => $"\"{name}\":{values[i]}"))}}}");
        Agree(draft, schema.SelectMany(_ => value.ListOf(12), (one, values) => (one, values.ToList())), 500);
    }

    private static void Agree(string draft, Gen<(string, List<string>)> cases, int schemas)
    {
        int valid = 0, all = 0;
        Prop.ForAll(cases.ToArbitrary(), pair =>
        {
            (string schema, List<string> values) = pair;
            JsonSchema compiled = JsonSchema.Compile(Encoding.UTF8.GetBytes(schema));
            var store = new NaiveStore(_ => null);
            NaiveSchema naive = store.Add(Encoding.UTF8.GetBytes(schema), "http://example.com/root", draft);
            foreach (string value in values)
            {
                using JsonDocument document = JsonDocument.Parse(value);
                bool expected = new NaiveEvaluator(store).IsValid(naive, document.RootElement);
                all++;
                if (expected) valid++;
                string? wrong = Wrong(compiled, value, expected);
                Assert.True(wrong is null, $"{wrong} should be {(expected ? "valid" : "invalid")}:\n{schema}\n{value}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(schemas));
        Assert.True(valid > all / 20 && valid < all * 19 / 20, $"{valid} of {all} valid: too one-sided to say much.");
    }

    private static string? Wrong(JsonSchema schema, string value, bool expected)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        if (schema.IsValid(utf8) != expected) return "IsValid";
        using JsonInstance instance = JsonInstance.Parse(utf8);
        if (schema.Explain(instance, 0, 1000).Count == 0 != expected) return "Validate";
        return schema.Output(instance, SchemaOutputFormat.Detailed).GetProperty("valid").GetBoolean() == expected ? null : "Output";
    }
}
