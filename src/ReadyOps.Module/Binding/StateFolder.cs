using System.Management.Automation;
using ReadyOps.Core.Journal;

namespace ReadyOps.Binding;

/// <summary>Where the journals of this session live.</summary>
internal static class StateFolder
{
    /// <summary>The folder or database: what the caller says, else <c>$env:READYOPS_STATE</c>, else <c>.readyops</c> where the session stands.</summary>
    /// <exception cref="ReadyOpsException">The path is not one of the file system.</exception>
    public static string Find(SessionState session, string? statePath)
    {
        if (statePath is not null && JournalStores.IsDatabase(statePath)) return statePath;
        return string.IsNullOrEmpty(statePath)
            ? JournalFolder.Default(session.Path.CurrentFileSystemLocation.ProviderPath)
            : Paths.Folder(session, statePath);
    }
}
