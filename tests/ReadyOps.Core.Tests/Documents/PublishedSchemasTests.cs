using System.Text;
using System.Text.Json.Nodes;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.JsonSchemas;
using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals.Baselines;

namespace ReadyOps.Core.Tests.Documents;

/// <summary>The published schemas as an editor uses them: to complete, to explain and to suggest.</summary>
public sealed class PublishedSchemasTests
{
    public static TheoryData<string> Kinds => [.. DocumentSchemas.Kinds];

    public static TheoryData<string> Examples =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples"), "*.yaml", SearchOption.AllDirectories)
            .Where(file => File.ReadLines(file).Any(line => line.StartsWith("apiVersion: readyops/", StringComparison.Ordinal)))
            .Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_schema_keeps_its_meta_schema_and_has_no_keyword_that_nobody_knows(string kind) => Assert.Empty(DocumentSchemas.For(kind).Warnings);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_member_is_explained(string kind)
    {
        string[] silent = [.. Members(JsonNode.Parse(DocumentSchemas.Read(kind))!, "").Where(member => member.Schema["description"] is null).Select(member => member.Pointer)];
        Assert.Empty(silent);
    }

    // An editor offers both; what it offers must be right.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_default_and_every_example_fits_the_member_that_it_is_for(string kind)
    {
        JsonNode published = JsonNode.Parse(DocumentSchemas.Read(kind))!;
        string id = published["$id"]!.GetValue<string>();
        int offered = 0;
        foreach ((string pointer, JsonObject schema) in Members(published, ""))
        {
            List<JsonNode?> values = [.. schema["examples"]?.AsArray() ?? []];
            if (schema.ContainsKey("default")) values.Add(schema["default"]);
            if (values.Count == 0) continue;
            var only = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["$defs"] = new JsonObject { ["published"] = published.DeepClone() }, ["$ref"] = $"{id}#{pointer}" };
            JsonSchema member = JsonSchema.Compile(Encoding.UTF8.GetBytes(only.ToJsonString()), new SchemaOptions { Formats = DocumentSchemas.Formats });
            foreach (JsonNode? value in values)
            {
                offered++;
                Assert.True(member.IsValid(Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null")), $"{pointer}: {value?.ToJsonString()} does not fit");
            }
        }

        Assert.True(offered > 20, $"only {offered} defaults and examples were found");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_document_of_the_examples_can_be_used(string file)
    {
        // What the scripts of the examples give; whether it is there is not the question here.
        var given = new Dictionary<string, string> { ["release"] = "2.4.0", ["previous"] = "2.3.9", ["repository"] = Repository.Root, ["service"] = "http://127.0.0.1:9" };
        Document document = DocumentLoader.Load(Path.Combine(Repository.Root, file), null, given);
        if (document.Kind == "Gate") Assert.NotEmpty(GateReader.Read(document).AllChecks);
        else if (document.Kind == "Baseline") Assert.NotEmpty(BaselineReader.Read(document).Baseline.Metrics);
        else ReadRollout(document);
    }

    private static void ReadRollout(Document document)
    {
        var problems = new ProblemList(document.File);
        RolloutDefinition rollout = RolloutReader.Read(ObjectReader.For(document, problems), document.Name);
        problems.ThrowIfAny();
        Assert.NotEmpty(rollout.Steps);
    }

    private static IEnumerable<(string Pointer, JsonObject Schema)> Members(JsonNode? schema, string pointer)
    {
        if (schema is not JsonObject keywords) yield break;
        foreach ((string keyword, JsonNode? value) in keywords)
        {
            string at = $"{pointer}/{keyword}";
            IEnumerable<(string, JsonObject)> below = keyword switch
            {
                "properties" or "$defs" => value!.AsObject().SelectMany(member => Members(member.Value, $"{at}/{member.Key}").Prepend(($"{at}/{member.Key}", member.Value!.AsObject()))),
                "items" or "additionalProperties" or "then" => Members(value, at),
                "oneOf" or "anyOf" or "allOf" => value!.AsArray().SelectMany((part, i) => Members(part, $"{at}/{i}")),
                _ => [],
            };
            foreach ((string, JsonObject) member in below) yield return member;
        }
    }
}
