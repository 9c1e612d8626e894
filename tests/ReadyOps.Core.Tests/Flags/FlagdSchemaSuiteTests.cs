namespace ReadyOps.Core.Tests.Flags;

/// <summary>
/// The test files of flagd's published schemas (github.com/open-feature/flagd-schemas), which are not part of this repository: a clone is looked for
/// in the folder that READYOPS_FLAGD_SCHEMAS names.
/// </summary>
public sealed class FlagdSchemaSuiteTests(ITestOutputHelper output)
{
    [Fact]
    public void Our_schema_takes_and_refuses_what_flagds_schema_takes_and_refuses()
    {
        string? root = Environment.GetEnvironmentVariable("READYOPS_FLAGD_SCHEMAS");
        if (string.IsNullOrEmpty(root)) Assert.Skip("flagd's schemas are not here: set READYOPS_FLAGD_SCHEMAS to their folder.");
        var wrong = new List<string>();
        string[] files = Directory.GetFiles(Path.Combine(root, "json", "test"), "*.json", SearchOption.AllDirectories);
        foreach (string file in files)
        {
            // A list of flags is for the daemon, whose schema ours follows.
            bool good = file.Contains("positive", StringComparison.Ordinal) || Path.GetFileName(file) == "with-array-flags.json";
            string text = File.ReadAllText(file);
            if (file.Contains($"{Path.DirectorySeparatorChar}targeting{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                text = "{\"flags\":{\"f\":{\"state\":\"ENABLED\",\"variants\":{\"x\":1},\"targeting\":" + text + "}}}";
            using Core.JsonSchemas.JsonInstance instance = Core.JsonSchemas.JsonInstance.Parse(System.Text.Encoding.UTF8.GetBytes(text).AsSpan());
            bool valid = Core.Documents.DocumentSchemas.For("FlagSet").IsValid(instance);
            if (valid != good) wrong.Add($"{file}: {string.Join(" ", Core.Documents.DocumentSchemas.For("FlagSet").Validate(instance))}");
        }

        output.WriteLine($"schemas: {files.Length - wrong.Count} of {files.Length}");
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }
}
