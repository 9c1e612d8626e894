using System.Text;
using System.Text.Json;
using ReadyOps.Core.JsonSchemas.Formats;

namespace ReadyOps.Core.Tests.JsonSchemas.Formats;

/// <summary>The format tests of the official suite, asserted, without the validator around them.</summary>
public sealed class JsonFormatsSuiteTests
{
    /// <summary>What does not pass, by name; docs/schemas.md gives the reasons.</summary>
    private static readonly string[] NotPassing = [];

    [Fact]
    public void Every_text_of_the_format_tests_is_told_right()
    {
        string folder = Path.Combine(SuiteFolder.Find(), "tests", "draft2020-12", "optional", "format");
        List<string> wrong = [];
        int count = 0;
        foreach (string file in Directory.GetFiles(folder, "*.json"))
        {
            using JsonDocument groups = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement group in groups.RootElement.EnumerateArray())
            {
                bool known = JsonFormats.TryFind(group.GetProperty("schema").GetProperty("format").GetString()!, out JsonFormat? format);
                foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
                {
                    count++;
                    JsonElement data = test.GetProperty("data");
                    bool valid = !known || data.ValueKind != JsonValueKind.String || format!.IsValid(Encoding.UTF8.GetBytes(data.GetString()!));
                    if (valid != test.GetProperty("valid").GetBoolean())
                        wrong.Add($"{Path.GetFileName(file)}: {group.GetProperty("description").GetString()}: {test.GetProperty("description").GetString()}");
                }
            }
        }

        Assert.True(count > 0, $"There are no tests in {folder}.");
        Assert.Equal(NotPassing, wrong.Order(StringComparer.Ordinal));
    }
}
