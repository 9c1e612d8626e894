using System.Management.Automation;
using ReadyOps.Core.Flags.Stores;

namespace ReadyOps.Binding;

/// <summary>Which flag document this session means.</summary>
internal static class FlagLocation
{
    private const string Variable = "READYOPS_FLAGS";

    private const string FileName = "flags.json";

    /// <summary>The document: what the caller says, else <c>$env:READYOPS_FLAGS</c>, else <c>flags.json</c> where the session stands.</summary>
    /// <exception cref="ReadyOpsException">The path is not one of the file system.</exception>
    public static string Find(SessionState session, string? given)
    {
        string location = Named(given);
        return FlagStores.IsRedis(location) ? location : Paths.Folder(session, location);
    }

    /// <summary>The same for who knows only where the session stands.</summary>
    public static string Find(string here, string? given)
    {
        string location = Named(given);
        return FlagStores.IsRedis(location) ? location : Path.GetFullPath(location, here);
    }

    private static string Named(string? given) =>
        !string.IsNullOrEmpty(given) ? given : Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : FileName;
}
