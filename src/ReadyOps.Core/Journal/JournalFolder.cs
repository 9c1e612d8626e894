namespace ReadyOps.Core.Journal;

/// <summary>Where journals are when nobody says otherwise.</summary>
public static class JournalFolder
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "READYOPS_STATE";

    /// <summary><c>READYOPS_STATE</c>, or <c>.readyops</c>; relative paths are below <paramref name="currentDirectory"/>.</summary>
    /// <param name="currentDirectory">The caller's folder: PowerShell's differs from the process's.</param>
    public static string Default(string currentDirectory)
    {
        string? chosen = Environment.GetEnvironmentVariable(Variable);
        return Path.GetFullPath(string.IsNullOrWhiteSpace(chosen) ? ".readyops" : chosen, Path.GetFullPath(currentDirectory));
    }
}
