using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas;
using static ReadyOps.Core.Tests.Documents.Texts;

namespace ReadyOps.Core.Tests.JsonSchemas;

public sealed class SchemaOutputTests
{
    /// <summary>The schema and the instance of section 12.4 of JSON Schema 2020-12.</summary>
    private const string Polygon = """
        {"$id": "https://example.com/polygon", "$schema": "https://json-schema.org/draft/2020-12/schema",
         "$defs": {"point": {"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "number"}}, "additionalProperties": false, "required": ["x", "y"]}},
         "type": "array", "items": {"$ref": "#/$defs/point"}, "minItems": 3}
        """;

    private const string Points = """[{"x": 2.5, "y": 1.3}, {"x": 1, "z": 6.7}]""";

    [Theory]
    [InlineData(Points, "false")]
    [InlineData("""[{"x": 1, "y": 1}, {"x": 1, "y": 2}, {"x": 2, "y": 1}]""", "true")]
    public void Flag_says_whether_it_is_valid_and_no_more(string value, string valid) => Assert.Equal($$"""{"valid":{{valid}}}""", Output(Polygon, value, SchemaOutputFormat.Flag).GetRawText());

    [Fact]
    public void Basic_is_the_flat_list_of_the_specification()
    {
        JsonElement output = Output(Polygon, Points, SchemaOutputFormat.Basic);
        Assert.False(output.GetProperty("valid").GetBoolean());
        // Of the four errors of the example the one that only says that there are others is left out.
        Assert.Equal(
            [
                "/items/$ref/additionalProperties https://example.com/polygon#/$defs/point/additionalProperties /1",
                "/items/$ref/required https://example.com/polygon#/$defs/point/required /1",
                "/minItems https://example.com/polygon#/minItems ",
            ],
            output.GetProperty("errors").EnumerateArray().Select(Place).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Detailed_has_the_form_of_the_schema_without_nodes_that_say_nothing()
    {
        JsonElement output = Output(Polygon, Points, SchemaOutputFormat.Detailed);
        Assert.Equal(" https://example.com/polygon# ", Place(output));
        JsonElement[] errors = [.. output.GetProperty("errors").EnumerateArray()];
        Assert.Equal(["/items/$ref https://example.com/polygon#/$defs/point /1", "/minItems https://example.com/polygon#/minItems "], errors.Select(Place));
        Assert.Equal(["/items/$ref/additionalProperties", "/items/$ref/required"], errors[0].GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("keywordLocation").GetString()!).Order(StringComparer.Ordinal));
        Assert.True(errors[1].TryGetProperty("error", out _));
    }

    [Fact]
    public void Annotations_of_a_valid_value_are_listed_and_those_of_schemas_that_failed_are_not()
    {
        JsonElement output = Output("""{"title": "T", "anyOf": [{"type": "string", "title": "no"}, {"properties": {"a": {"default": {"b": [1.50]}}}}], "x-own": 1}""", """{"a": 0}""", SchemaOutputFormat.Basic);
        Assert.Equal(
            ["/anyOf/1/properties/a/default={\"b\":[1.50]}@/a", "/anyOf/1/properties=[\"a\"]@", "/title=\"T\"@", "/x-own=1@"],
            output.GetProperty("annotations").EnumerateArray().Select(a => $"{a.GetProperty("keywordLocation")}={a.GetProperty("annotation").GetRawText()}@{a.GetProperty("instanceLocation")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_failure_tells_its_place_through_references_its_place_in_the_schema_and_the_value()
    {
        using JsonInstance instance = JsonInstance.Parse(Utf8(Points));
        SchemaFailure failure = JsonSchema.Compile(Utf8(Polygon)).Validate(instance).Single(f => f.Keyword == "required");
        Assert.Equal(("/1", "/items/$ref/required", "https://example.com/polygon#/$defs/point/required", """{"x":1,"z":6.7}""", 1, 24),
            (failure.InstancePath, failure.KeywordLocation, failure.AbsoluteKeywordLocation, failure.Value, failure.Line, failure.Column));
    }

    public static TheoryData<string> AnnotationFiles() => SuiteFiles("annotations/tests");

    [Theory]
    [MemberData(nameof(AnnotationFiles))]
    public void Every_annotation_test_of_the_official_suite_comes_out_right(string file)
    {
        if (file.Length == 0) Assert.Skip("The annotation tests of the JSON-Schema-Test-Suite are not here.");
        var wrong = new List<string>();
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (JsonElement group in document.RootElement.GetProperty("suite").EnumerateArray())
        {
            string compatibility = group.TryGetProperty("compatibility", out JsonElement given) ? given.GetString()! : "";
            foreach ((SchemaDraft draft, int year) in new[] { (SchemaDraft.Draft7, 7), (SchemaDraft.Draft201909, 2019), (SchemaDraft.Draft202012, 2020) })
                if (Array.TrueForAll(compatibility.Split(',', StringSplitOptions.RemoveEmptyEntries), rule => Fits(rule, year))) CheckAnnotations(group, draft, wrong);
        }

        if (wrong.Count > 0) Assert.Fail(string.Join(Environment.NewLine, wrong));
    }

    public static TheoryData<string> OutputFiles() => SuiteFiles("output-tests/draft2020-12/content", "output-tests/draft2019-09/content");

    [Theory]
    [MemberData(nameof(OutputFiles))]
    public void Every_output_test_of_the_official_suite_comes_out_right(string file)
    {
        if (file.Length == 0) Assert.Skip("The output tests of the JSON-Schema-Test-Suite are not here.");
        bool is2019 = file.Contains("2019-09", StringComparison.Ordinal);
        var registry = new SchemaRegistry();
        registry.Add($"https://json-schema.org/draft/{(is2019 ? "2019-09" : "2020-12")}/output/schema", File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(file)!, "..", "output-schema.json")));
        var options = new SchemaOptions { DefaultDraft = is2019 ? SchemaDraft.Draft201909 : SchemaDraft.Draft202012, Registry = registry };
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
        foreach (JsonElement group in document.RootElement.EnumerateArray())
        {
            JsonSchema schema = JsonSchema.Compile(Encoding.UTF8.GetBytes(group.GetProperty("schema").GetRawText()), options);
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                using JsonInstance value = JsonInstance.FromElement(test.GetProperty("data"));
                using JsonInstance output = JsonInstance.FromElement(schema.Output(value, SchemaOutputFormat.Basic));
                JsonSchema expected = JsonSchema.Compile(Encoding.UTF8.GetBytes(test.GetProperty("output").GetProperty("basic").GetRawText()), options);
                Assert.Equal([], expected.Validate(output).Select(failure => failure.ToString()));
            }
        }
    }

    private static void CheckAnnotations(JsonElement group, SchemaDraft draft, List<string> wrong)
    {
        JsonSchema schema = JsonSchema.Compile(Encoding.UTF8.GetBytes(group.GetProperty("schema").GetRawText()), new SchemaOptions { DefaultDraft = draft });
        foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
        {
            using JsonInstance value = JsonInstance.FromElement(test.GetProperty("instance"));
            JsonElement output = schema.Output(value, SchemaOutputFormat.Basic);
            foreach (JsonElement assertion in test.GetProperty("assertions").EnumerateArray())
            {
                string location = assertion.GetProperty("location").GetString()!, keyword = assertion.GetProperty("keyword").GetString()!;
                string[] found = !output.TryGetProperty("annotations", out JsonElement annotations) ? [] :
                [
                    .. annotations.EnumerateArray().Where(a => a.GetProperty("instanceLocation").GetString() == location && a.GetProperty("keywordLocation").GetString()!.EndsWith($"/{keyword}", StringComparison.Ordinal))
                        .Select(a => $"{a.GetProperty("absoluteKeywordLocation").GetString()![..^(keyword.Length + 1)]} = {JsonSerializer.Serialize(a.GetProperty("annotation"))}").Order(StringComparer.Ordinal),
                ];
                string[] expected = [.. assertion.GetProperty("expected").EnumerateObject().Select(e => $"{e.Name} = {JsonSerializer.Serialize(e.Value)}").Order(StringComparer.Ordinal)];
                if (!found.SequenceEqual(expected) && !(found.Length == expected.Length && found.Zip(expected).All(pair => IsSamePlace(pair.First, pair.Second)))) wrong.Add($"{draft} {group.GetProperty("description")} {keyword} at '{location}': found {string.Join(", ", found)}, expected {string.Join(", ", expected)}");
            }
        }
    }

    // The suite counts from the root of the document, a location from the schema with an $id that is nearest.
    private static bool IsSamePlace(string found, string expected) => found[0] != '#' && expected.EndsWith(found[(found.IndexOf('#', StringComparison.Ordinal) + 1)..], StringComparison.Ordinal);

    private static bool Fits(string rule, int year) => rule switch
    {
        ['<', '=', ..] => year <= int.Parse(rule[2..], System.Globalization.CultureInfo.InvariantCulture),
        ['=', ..] => year == int.Parse(rule[1..], System.Globalization.CultureInfo.InvariantCulture),
        _ => year >= int.Parse(rule, System.Globalization.CultureInfo.InvariantCulture),
    };

    private static TheoryData<string> SuiteFiles(params string[] folders)
    {
        var files = new TheoryData<string>();
        foreach (string folder in folders.Select(folder => Path.Combine(SuiteFolder.FindOrNull() ?? "", folder)).Where(Directory.Exists))
            foreach (string file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)) files.Add(file);
        if (files.Count == 0) files.Add("");
        return files;
    }

    private static string Place(JsonElement unit) => $"{unit.GetProperty("keywordLocation")} {unit.GetProperty("absoluteKeywordLocation")} {unit.GetProperty("instanceLocation")}";

    private static JsonElement Output(string schema, string value, SchemaOutputFormat format)
    {
        using JsonInstance instance = JsonInstance.Parse(Utf8(value));
        return JsonSchema.Compile(Utf8(schema)).Output(instance, format);
    }
}
