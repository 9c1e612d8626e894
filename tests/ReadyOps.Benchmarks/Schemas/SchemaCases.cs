using System.Text.Json.Nodes;

namespace ReadyOps.Benchmarks.Schemas;

/// <summary>Schemas of the corpus with their documents, and documents made up for schemas that have none.</summary>
internal static class SchemaCases
{
    public const string Source = "https://github.com/sourcemeta-research/jsonschema-benchmark";
    private const int Seed = 20261121;

    /// <summary>Those that are shown one by one: descriptions of an API, maps, package manifests, CI configuration, and documents of our own.</summary>
    public static readonly string[] Shown = ["openapi", "openapi by $ref", "geojson", "pulumi", "deno", "code-climate", "dependabot", "readyops-gate", "readyops-rollout"];

    public static IReadOnlyList<SchemaCase> Write(string? corpus, string repository, string folder)
    {
        List<SchemaCase> cases = [];
        Made("readyops-gate", Path.Combine(repository, "module", "schemas", "readyops-gate.schema.json"), 2000, OwnSamples.Gate);
        Made("readyops-rollout", Path.Combine(repository, "module", "schemas", "readyops-rollout.schema.json"), 2000, OwnSamples.Rollout);
        if (corpus is not null)
        {
            Made("geojson", Path.Combine(corpus, "schemas", "geojson", "schema.json"), 4000, GeoJsonSamples.Next);
            string openApi = Path.Combine(corpus, "schemas", "openapi", "schema.json"), plain = Path.Combine(folder, "openapi.schema.json");
            Made("openapi", openApi, 1500, OpenApiSamples.Next);
            // ajv takes the dynamic references of this schema for something else, so it also runs with plain ones, which mean the same in it.
            File.WriteAllText(plain, File.ReadAllText(openApi).Replace("\"$dynamicRef\": \"#meta\"", "\"$ref\": \"#/$defs/schema\"", StringComparison.Ordinal));
            Made("openapi by $ref", plain, 1500, OpenApiSamples.Next);
            foreach (string path in Directory.EnumerateDirectories(Path.Combine(corpus, "schemas")).Order(StringComparer.Ordinal))
            {
                string documents = Path.Combine(path, "instances.jsonl");
                if (File.Exists(documents)) Add(Path.GetFileName(path), Path.Combine(path, "schema.json"), File.ReadAllLines(documents));
            }
        }

        return cases;

        void Made(string name, string schema, int count, Func<Random, JsonNode> next)
        {
            var random = new Random(Seed);
            Add(name, schema, [.. Enumerable.Range(0, count).Select(_ => next(random).ToJsonString())]);
        }

        void Add(string name, string schema, string[] documents)
        {
            documents = [.. documents.Where(document => document.Length > 0)];
            string file = Path.Combine(folder, $"{name}.jsonl"), broken = Path.Combine(folder, $"{name}.broken.jsonl");
            File.WriteAllLines(file, documents);
            var random = new Random(Seed);
            File.WriteAllLines(broken, documents.Select(document => Break(JsonNode.Parse(document), random)));
            cases.Add(new SchemaCase(name, schema, file, broken));
        }
    }

    // One value of the document, wherever it is, becomes another, goes away, or gets a name that nobody knows.
    private static string Break(JsonNode? document, Random random)
    {
        List<(JsonNode Parent, object Key)> places = [];
        Collect(document, places);
        if (places.Count == 0) return "[null]";
        (JsonNode parent, object key) = places[random.Next(places.Count)];
        JsonNode? other = random.Next(5) switch { 0 => null, 1 => JsonValue.Create(random.Next(-5, 5)), 2 => JsonValue.Create("?"), 3 => new JsonArray(1), _ => new JsonObject { ["?"] = true } };
        switch (parent)
        {
            case JsonObject members when random.Next(3) == 0:
                members.Remove((string)key);
                break;
            case JsonObject members when random.Next(2) == 0:
                members["nobody knows this"] = other;
                break;
            case JsonObject members:
                members[(string)key] = other;
                break;
            default:
                parent.AsArray()[(int)key] = other;
                break;
        }

        return document!.ToJsonString();
    }

    private static void Collect(JsonNode? node, List<(JsonNode, object)> places)
    {
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members)
            {
                places.Add((members, name));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (int i = 0; i < items.Count; i++)
            {
                places.Add((items, i));
                Collect(items[i], places);
            }
        }
    }
}
