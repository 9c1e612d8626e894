using System.Management.Automation;
using DriveNotFoundException = System.Management.Automation.DriveNotFoundException;

namespace ReadyOps.Binding;

/// <summary>Paths as PowerShell means them (drives, wildcards, the current location) to files as .NET opens them.</summary>
internal static class Paths
{
    /// <summary>The files that a path leads to; an error is written for a path that leads to none.</summary>
    /// <param name="cmdlet">Whose session the path is meant in.</param>
    /// <param name="path">The path.</param>
    /// <param name="literal">Whether wildcards are plain characters.</param>
    public static IReadOnlyList<string> Resolve(PSCmdlet cmdlet, string path, bool literal)
    {
        try
        {
            ProviderInfo provider;
            string[] files = literal
                ? [cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _)]
                : [.. cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider)];
            string? problem = provider.Name != "FileSystem" ? $"it is on the provider {provider.Name}, not in the file system."
                : files.Length == 0 ? "nothing matches it."
                : files.Length == 1 && Directory.Exists(files[0]) ? "it is a folder."
                : files.Length == 1 && !File.Exists(files[0]) ? "there is none."
                : !Array.Exists(files, File.Exists) ? "only folders match it."
                : null;
            if (problem is null) return [.. files.Where(File.Exists)];
            cmdlet.WriteError(Errors.PathNotFound(path, problem));
        }
        catch (Exception e) when (e is ItemNotFoundException or DriveNotFoundException or ProviderNotFoundException or WildcardPatternException or NotSupportedException)
        {
            cmdlet.WriteError(Errors.PathNotFound(path, e is ItemNotFoundException ? "there is none." : e.Message));
        }

        return [];
    }

    /// <summary>A file or folder of the file system, which need not exist yet.</summary>
    /// <exception cref="ReadyOpsException">It is on another provider.</exception>
    public static string Folder(SessionState session, string path)
    {
        string folder;
        ProviderInfo provider;
        try
        {
            folder = session.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (DriveNotFoundException e)
        {
            throw new ReadyOpsException("PathNotFound", $"'{path}' leads nowhere: {e.Message}", "Give a path of the file system.", e);
        }

        return provider.Name == "FileSystem" ? folder
            : throw new ReadyOpsException("PathNotFound", $"'{path}' is on the provider {provider.Name}, not in the file system.", "Give a path of the file system.");
    }
}
