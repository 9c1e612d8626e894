using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Tests.JsonSchemas.Naive;

/// <summary>The plain evaluator is only worth something as far as the official suite agrees with it.</summary>
public sealed class NaiveEvaluatorTests
{
    [Fact]
    public void The_plain_evaluator_passes_all_required_tests_of_the_suite()
    {
        string suite = SuiteFolder.Find();
        List<string> wrong = [];
        int count = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(suite, "tests", "draft2020-12"), "*.json").Order(StringComparer.Ordinal))
        {
            using JsonDocument groups = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement group in groups.RootElement.EnumerateArray()) count += Run(group, Path.GetFileName(file), suite, wrong);
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count}:\n{string.Join('\n', wrong)}");
    }

    internal static byte[]? Find(string suite, string uri)
    {
        const string Remotes = "http://localhost:1234/";
        string file = uri.StartsWith(Remotes, StringComparison.Ordinal) ? Path.Combine(suite, "remotes", uri[Remotes.Length..]) : "";
        if (File.Exists(file)) return File.ReadAllBytes(file);
        string name = uri.Replace("https://json-schema.org/draft/", "ReadyOps.Metaschemas/draft", StringComparison.Ordinal).Replace("http://json-schema.org/", "ReadyOps.Metaschemas/", StringComparison.Ordinal);
        using Stream? stream = typeof(JsonSchema).Assembly.GetManifestResourceStream($"{name}.json");
        if (stream is null) return null;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static int Run(JsonElement group, string file, string suite, List<string> wrong)
    {
        int count = 0;
        foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
        {
            count++;
            string name = $"{file}: {group.GetProperty("description").GetString()}: {test.GetProperty("description").GetString()}";
            try
            {
                var store = new NaiveStore(uri => Find(suite, uri));
                NaiveSchema schema = store.Add(Encoding.UTF8.GetBytes(group.GetProperty("schema").GetRawText()), "urn:test", NaiveSchema.Draft202012);
                if (new NaiveEvaluator(store).IsValid(schema, test.GetProperty("data")) != test.GetProperty("valid").GetBoolean()) wrong.Add(name);
            }
            catch (Exception exception)
            {
                wrong.Add($"{name}: {exception.GetType().Name} {exception.Message}");
            }
        }

        return count;
    }
}
