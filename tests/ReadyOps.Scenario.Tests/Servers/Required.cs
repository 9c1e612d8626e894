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
        // Debian keeps servers in sbin, which is not on everybody's PATH.
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/sbin", "/usr/sbin", "/sbin"]);
        string file = OperatingSystem.IsWindows() ? $"{name}.exe" : name;
        string? found = folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);
        if (found is not null) return found;

        string reason = $"'{name}' is not installed.";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("READYOPS_REQUIRE_SERVERS") == "1", reason);
        Assert.Fail(reason);
        throw new InvalidOperationException();
    }
}
