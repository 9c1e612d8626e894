namespace ReadyOps.Core.Journal;

/// <summary>Tells folders that another machine serves.</summary>
internal static class NetworkFolder
{
    /// <summary>What kind of network file system a folder is on; <see langword="null"/> for a local disk and where the platform does not tell.</summary>
    public static string? Find(string folder)
    {
        if (folder.StartsWith(@"\\", StringComparison.Ordinal) && !folder.StartsWith(@"\\?\", StringComparison.Ordinal)) return "a share of Windows";
        try
        {
            // On Unix a drive is any path, and its type that of the file system that the path is on.
            DriveInfo drive = new(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder);
            return drive.DriveType == DriveType.Network ? drive.DriveFormat : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
