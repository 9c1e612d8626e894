namespace ReadyOps.Core.Tests;

/// <summary>The repository that these tests are in, for those that hold its own files against something.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ReadyOps.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("These tests read files of the repository that they are in.");
    }
}
