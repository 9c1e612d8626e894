namespace ReadyOps.Core.Tests.JsonSchemas;

/// <summary>
/// The official JSON-Schema-Test-Suite. It is not part of this repository: it is looked for in the folder that READYOPS_JSON_SCHEMA_SUITE
/// names and in shared/json-schema-test-suite beside each folder above the tests.
/// </summary>
internal static class SuiteFolder
{
    /// <summary>The folder of the suite; skips the test where there is none.</summary>
    public static string Find()
    {
        if (FindOrNull() is { } suite) return suite;
        Assert.Skip("The JSON-Schema-Test-Suite is not here: set READYOPS_JSON_SCHEMA_SUITE to its folder.");
        return "";
    }

    /// <summary>The folder of the suite, or <see langword="null"/>.</summary>
    public static string? FindOrNull()
    {
        if (Environment.GetEnvironmentVariable("READYOPS_JSON_SCHEMA_SUITE") is { Length: > 0 } named) return named;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string suite = Path.Combine(folder.FullName, "shared", "json-schema-test-suite");
            if (Directory.Exists(suite)) return suite;
        }

        return null;
    }
}
