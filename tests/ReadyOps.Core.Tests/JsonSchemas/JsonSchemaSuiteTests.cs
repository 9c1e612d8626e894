using ReadyOps.Core.Documents;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>
/// The official JSON-Schema-Test-Suite, draft 2020-12, required part. It is not part of this repository: it is looked for in the folder that
/// READYOPS_JSON_SCHEMA_SUITE names and in shared/json-schema-test-suite beside each folder above the tests.
/// Every group is either refused when its schema is compiled, and then it is listed here, or every test of it comes out right.
/// </summary>
public sealed class JsonSchemaSuiteTests
{
    /// <summary>Files of which each group uses a keyword that is not supported yet.</summary>
    private static readonly string[] FilesNotYet =
    [
        "anchor.json", "contains.json", "content.json", "defs.json", "dependentSchemas.json", "dynamicRef.json", "format.json",
        "maxContains.json", "minContains.json", "refRemote.json", "unevaluatedItems.json", "unevaluatedProperties.json",
        "vocabulary.json",
    ];

    /// <summary>Groups of the other files that are not supported yet: they use such a keyword too, or a reference to another schema.</summary>
    private static readonly string[] GroupsNotYet =
    [
        "additionalProperties.json: dependentSchemas with additionalProperties",
        "not.json: collect annotations inside a 'not', even if collection is disabled",
        "ref.json: remote ref, containing refs itself",
        "ref.json: Recursive references between schemas",
        "ref.json: ref creates new scope when adjacent to keywords",
        "ref.json: refs with relative uris and defs",
        "ref.json: relative refs with absolute uris and defs",
        "ref.json: $id must be resolved against nearest parent, not just immediate parent",
        "ref.json: order of evaluation: $id and $ref",
        "ref.json: order of evaluation: $id and $anchor and $ref",
        "ref.json: order of evaluation: $id and $ref on nested schema",
        "ref.json: simple URN base URI with $ref via the URN",
        "ref.json: URN base URI with URN and JSON pointer ref",
        "ref.json: URN base URI with URN and anchor ref",
        "ref.json: URN ref with nested pointer ref",
        "ref.json: ref to if",
        "ref.json: ref to then",
        "ref.json: ref to else",
        "ref.json: ref with absolute-path-reference",
    ];

    public static TheoryData<string> Files()
    {
        string[] files = Folder() is { } folder ? [.. Directory.GetFiles(folder, "*.json").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];
        return files.Length > 0 ? [.. files] : ["(none)"];
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_group_is_refused_by_name_or_right_in_all_of_its_tests(string file)
    {
        string folder = Folder() ?? "";
        if (folder.Length == 0) Assert.Skip("The JSON-Schema-Test-Suite is not here: set READYOPS_JSON_SCHEMA_SUITE to its folder.");
        List<string> wrong = [], refused = [];
        foreach (DocumentNode group in DocumentLoader.ReadTree(File.ReadAllBytes(Path.Combine(folder, file)), new ProblemList(file)).Items)
        {
            string name = $"{file}: {group["description"]!.Text}";
            JsonSchema schema;
            try
            {
                schema = JsonSchema.Compile(group["schema"]!);
            }
            catch (ReadyOpsException exception) when (exception.Id == "SchemaUnsupported")
            {
                refused.Add(name);
                continue;
            }

            foreach (DocumentNode test in group["tests"]!.Items)
            {
                bool expected = test["valid"]!.Text == "true";
                bool collected = schema.Collect(test["data"]!).Count == 0;
                if (schema.IsValid(test["data"]!) != expected || collected != expected) wrong.Add($"{name}: {test["description"]!.Text}");
            }
        }

        Assert.Empty(wrong);
        if (FilesNotYet.Contains(file)) Assert.NotEmpty(refused);
        Assert.Equal(FilesNotYet.Contains(file) ? refused.Order(StringComparer.Ordinal) : GroupsNotYet.Where(name => name.StartsWith($"{file}: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal), refused.Order(StringComparer.Ordinal));
    }

    private static string? Folder()
    {
        const string Draft = "tests/draft2020-12";
        if (Environment.GetEnvironmentVariable("READYOPS_JSON_SCHEMA_SUITE") is { Length: > 0 } named) return Path.Combine(named, Draft);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string suite = Path.Combine(folder.FullName, "shared", "json-schema-test-suite", Draft);
            if (Directory.Exists(suite)) return suite;
        }

        return null;
    }
}
