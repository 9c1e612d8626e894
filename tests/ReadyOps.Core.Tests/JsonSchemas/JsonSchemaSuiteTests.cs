using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas;

namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>
/// The official JSON-Schema-Test-Suite, for each draft of it that is there; see <see cref="SuiteFolder"/>. Every test is asked both ways: for the
/// verdict, and for everything that does not fit, which must be nothing exactly when the verdict is good.
/// </summary>
public sealed class JsonSchemaSuiteTests
{
    private const string Remotes = "http://localhost:1234/";

    /// <summary>Tests of <c>optional/</c> that do not pass, and why: docs/schemas.md.</summary>
    private static readonly string[] NotPassing =
    [
        // contentEncoding and contentMediaType say what a text holds and assert nothing, as all drafts since 2019-09 have it and draft-07 allows.
        "draft7/optional/content.json: validation of string-encoded content based on media type: an invalid JSON document",
        "draft7/optional/content.json: validation of binary string-encoding: an invalid base64 string (% is not a valid character)",
        "draft7/optional/content.json: validation of binary-encoded media type documents: a validly-encoded invalid JSON document",
        "draft7/optional/content.json: validation of binary-encoded media type documents: an invalid base64 string that is valid JSON",
    ];

    public static TheoryData<string, string> Required() => Files("*.json", SearchOption.TopDirectoryOnly, "");

    public static TheoryData<string, string> Optional() => Files("*.json", SearchOption.AllDirectories, "optional");

    [Theory]
    [MemberData(nameof(Required))]
    public void Every_required_test_comes_out_right(string draft, string file)
    {
        List<string> wrong = Wrong(draft, file, assertFormat: false);
        if (wrong.Count > 0) Assert.Fail(string.Join(Environment.NewLine, wrong));
    }

    [Theory]
    [MemberData(nameof(Optional))]
    public void Every_optional_test_comes_out_right_but_those_that_are_named(string draft, string file)
    {
        // What each file of optional/ is about is what its option turns on.
        bool assertFormat = file.Contains("/format/", StringComparison.Ordinal);
        IEnumerable<string> expected = NotPassing.Where(name => name.StartsWith($"{draft}/{file}: ", StringComparison.Ordinal));
        Assert.Equal(expected.Order(StringComparer.Ordinal), Wrong(draft, file, assertFormat).Order(StringComparer.Ordinal));
    }

    private static List<string> Wrong(string draft, string file, bool assertFormat)
    {
        if (file.Length == 0) Assert.Skip("The JSON-Schema-Test-Suite is not here: set READYOPS_JSON_SCHEMA_SUITE to its folder.");
        string suite = SuiteFolder.Find();
        var options = new SchemaOptions { DefaultDraft = DraftOf(draft), AssertFormat = assertFormat, Registry = new SchemaRegistry(resolver: uri => Remote(suite, uri)) };
        List<string> wrong = [];
        using JsonDocument groups = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(suite, "tests", draft, file)));
        foreach (JsonElement group in groups.RootElement.EnumerateArray())
        {
            string name = $"{draft}/{file}: {group.GetProperty("description").GetString()}";
            JsonSchema schema;
            try
            {
                schema = JsonSchema.Compile(Encoding.UTF8.GetBytes(group.GetProperty("schema").GetRawText()), options);
            }
            catch (Exception exception)
            {
                wrong.Add($"{name}: {exception.GetType().Name}: {exception.Message}");
                continue;
            }

            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                if (Problem(schema, test) is { } problem) wrong.Add($"{name}: {test.GetProperty("description").GetString()}{problem}");
        }

        return wrong;
    }

    private static string? Problem(JsonSchema schema, JsonElement test)
    {
        bool expected = test.GetProperty("valid").GetBoolean();
        using JsonInstance instance = JsonInstance.Parse(Encoding.UTF8.GetBytes(test.GetProperty("data").GetRawText()));
        if (schema.IsValid(instance) != expected) return "";
        if (schema.Explain(instance, 0, 1000).Count == 0 != expected) return " (when explained)";
        bool output = schema.Output(instance, SchemaOutputFormat.Basic).GetProperty("valid").GetBoolean();
        return output == expected ? null : " (in its output)";
    }

    private static ReadOnlyMemory<byte>? Remote(string suite, string uri)
    {
        if (!uri.StartsWith(Remotes, StringComparison.Ordinal)) return null;
        string path = Path.Combine(suite, "remotes", uri[Remotes.Length..]);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private static SchemaDraft DraftOf(string draft) => draft switch
    {
        "draft7" => SchemaDraft.Draft7,
        "draft2019-09" => SchemaDraft.Draft201909,
        _ => SchemaDraft.Draft202012,
    };

    private static TheoryData<string, string> Files(string pattern, SearchOption depth, string below)
    {
        var files = new TheoryData<string, string>();
        foreach (string draft in SuiteFolder.FindOrNull() is { } suite ? new[] { "draft7", "draft2019-09", "draft2020-12" } : [])
        {
            string folder = Path.Combine(SuiteFolder.FindOrNull()!, "tests", draft);
            if (!Directory.Exists(folder)) continue;
            foreach (string file in Directory.GetFiles(Path.Combine(folder, below), pattern, depth).Order(StringComparer.Ordinal))
                files.Add(draft, Path.GetRelativePath(folder, file).Replace('\\', '/'));
        }

        if (files.Count == 0) files.Add("", "");
        return files;
    }
}
