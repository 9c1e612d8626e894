namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>What a scenario needs of the machine.</summary>
internal static class Required
{
    /// <summary>
    /// The executable of a server. Where it is not installed the test is skipped with the reason, or fails when
    /// READYOPS_REQUIRE_SERVERS=1 says that this machine must have it.
    /// </summary>
    public static string Server(string name)
    {
        if (Find(name) is { } found) return found;
        string reason = $"'{name}' is not installed.";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("READYOPS_REQUIRE_SERVERS") == "1", reason);
        Assert.Fail(reason);
        throw new InvalidOperationException();
    }

    /// <summary>
    /// Whether a server is installed. For a fixture of a whole class, which cannot skip: it stays empty, and each test of the class
    /// asks for the server itself.
    /// </summary>
    public static bool Has(string name) => Find(name) is not null;

    private static string? Find(string name)
    {
        // Debian keeps servers in sbin, which is not on everybody's PATH.
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"]);
        string file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        return folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
    }
}
