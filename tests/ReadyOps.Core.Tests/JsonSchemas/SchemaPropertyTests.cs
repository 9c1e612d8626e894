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
        int valid = 0, all = 0;
        Gen<(string, List<string>)> cases = new SchemaGenerator(draft).Root().SelectMany(_ => SchemaGenerator.Value(3).ListOf(12), (schema, values) => (schema, values.ToList()));
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
