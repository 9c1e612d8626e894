namespace ReadyOps.Core.Journal;

/// <summary>Where journals are when nobody says otherwise.</summary>
public static class JournalFolder
{
    /// <summary>The environment variable that names the folder or the database.</summary>
    public const string Variable = "READYOPS_STATE";

    /// <summary>
    /// <c>READYOPS_STATE</c>, or <c>.readyops</c>; relative paths are below <paramref name="currentDirectory"/>, and what names a
    /// database stays as it is.
    /// </summary>
    /// <param name="currentDirectory">The caller's folder: PowerShell's differs from the process's.</param>
    public static string Default(string currentDirectory)
    {
        string? chosen = Environment.GetEnvironmentVariable(Variable);
        if (chosen is not null && JournalStores.IsDatabase(chosen)) return chosen;
        return Path.GetFullPath(string.IsNullOrWhiteSpace(chosen) ? ".readyops" : chosen, Path.GetFullPath(currentDirectory));
    }
}
