using System.Management.Automation;

namespace ReadyOps.Binding;

/// <summary>Where the journals of this session live.</summary>
internal static class StateFolder
{
    /// <summary>The folder: what the caller says, else <c>$env:READYOPS_STATE</c>, else <c>.readyops</c> where the session stands.</summary>
    /// <exception cref="ReadyOpsException">The path is not one of the file system.</exception>
    public static string Find(SessionState session, string? statePath)
    {
        if (!string.IsNullOrEmpty(statePath)) return Paths.Folder(session, statePath);
        string? fromEnvironment = Environment.GetEnvironmentVariable("READYOPS_STATE");
        string here = session.Path.CurrentFileSystemLocation.ProviderPath;
        return string.IsNullOrEmpty(fromEnvironment) ? Path.Combine(here, ".readyops") : Path.GetFullPath(fromEnvironment, here);
    }
}
