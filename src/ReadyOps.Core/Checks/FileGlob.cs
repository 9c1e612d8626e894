using System.IO.Enumeration;

namespace ReadyOps.Core.Checks;

/// <summary>Finds files by a path with wildcards: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders.</summary>
internal static class FileGlob
{
    private static readonly bool IgnoreCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    /// <summary>The files that fit, sorted by ordinal; none when the folder they would be in is not there.</summary>
    /// <param name="baseDirectory">The folder that a relative pattern starts from.</param>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be looked into: what is in it cannot be left out silently.</exception>
    public static IReadOnlyList<string> Find(string baseDirectory, string pattern)
    {
        string[] parts = (OperatingSystem.IsWindows() ? pattern.Replace('\\', '/') : pattern).Split('/');
        // A last ** means every file below.
        if (parts[^1] == "**") parts = [.. parts, "*"];
        int plain = Array.FindIndex(parts, HasWildcard);
        if (plain < 0)
        {
            string file = Path.GetFullPath(pattern, baseDirectory);
            return FileReading.TryFind(file, out _, out _) ? [file] : [];
        }

        string start = plain == 0 ? "." : string.Join('/', parts[..plain]) + "/";
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Collect(Path.GetFullPath(start, baseDirectory), parts[plain..], found);
        return [.. found];
    }

    private static void Collect(string folder, string[] parts, SortedSet<string> found)
    {
        string part = parts[0];
        if (part == "**")
        {
            Collect(folder, parts[1..], found);
            foreach (string below in Folders(folder, "*")) Collect(below, parts, found);
            return;
        }

        if (parts.Length > 1)
        {
            foreach (string below in HasWildcard(part) ? Folders(folder, part) : [Path.Combine(folder, part)]) Collect(below, parts[1..], found);
            return;
        }

        found.UnionWith(Entries(folder, part, folders: false));
    }

    private static string[] Folders(string folder, string name) => Entries(folder, name, folders: true);

    private static string[] Entries(string folder, string name, bool folders)
    {
        var options = new EnumerationOptions
        {
            IgnoreInaccessible = false,
            // A linked folder may lead back up: following it would never end. A linked file is read like any other.
            AttributesToSkip = folders ? FileAttributes.ReparsePoint : FileAttributes.None,
        };
        try
        {
            return [.. new FileSystemEnumerable<string>(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), options)
            {
                ShouldIncludePredicate = (ref FileSystemEntry entry) =>
                    entry.IsDirectory == folders && FileSystemName.MatchesSimpleExpression(name, entry.FileName, IgnoreCase),
            }];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    private static bool HasWildcard(string part) => part.Contains('*') || part.Contains('?');
}
