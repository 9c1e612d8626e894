using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas;
using ReadyOps.Core.Tests.JsonSchemas.Naive;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>Cases of our own, in the format of the official suite, for what draft-07 and 2019-09 have otherwise; each names the section it is from.</summary>
public sealed class SchemaCasesTests
{
    [Theory]
    [InlineData("draft7")]
    [InlineData("draft2019-09")]
    public void A_case_comes_out_as_its_draft_says(string draft)
    {
        using Stream stream = typeof(SchemaCasesTests).Assembly.GetManifestResourceStream($"cases/{draft}.json")!;
        using JsonDocument groups = JsonDocument.Parse(stream);
        List<string> wrong = [];
        foreach (JsonElement group in groups.RootElement.EnumerateArray())
        {
            byte[] json = Encoding.UTF8.GetBytes(group.GetProperty("schema").GetRawText());
            JsonSchema compiled = JsonSchema.Compile(json);
            var store = new NaiveStore(uri => NaiveEvaluatorTests.Find("", uri));
            NaiveSchema naive = store.Add(json, "urn:test", NaiveSchema.Draft202012);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                string name = $"{group.GetProperty("description").GetString()}: {test.GetProperty("description").GetString()}";
                bool expected = test.GetProperty("valid").GetBoolean();
                using JsonInstance instance = JsonInstance.Parse(Encoding.UTF8.GetBytes(test.GetProperty("data").GetRawText()));
                if (compiled.IsValid(instance) != expected) wrong.Add(name);
                if (compiled.Explain(instance, 0, 1000).Count == 0 != expected) wrong.Add($"{name} (when explained)");
                if (new NaiveEvaluator(store).IsValid(naive, test.GetProperty("data")) != expected) wrong.Add($"{name} (by the plain evaluator)");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
