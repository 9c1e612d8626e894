using System.IO.Enumeration;

namespace ReadyOps.Core.Checks;

/// <summary>
/// Finds files by a path with wildcards: <c>*</c> and <c>?</c> within a name, <c>**</c> for any number of folders. Wildcards do not
/// enter linked folders, and a linked file that they find must lie within the folder they start from. What a document names without
/// wildcards is followed wherever it leads: its author chose it.
/// </summary>
internal static class FileGlob
{
    private static readonly bool IgnoreCase = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();
    private const int MaxLinks = 40;

    /// <summary>The files that fit, sorted by ordinal; none when the folder they would be in is not there.</summary>
    /// <param name="baseDirectory">The folder that a relative pattern starts from.</param>
    /// <param name="pattern">The pattern.</param>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be looked into: what is in it cannot be left out silently.</exception>
    /// <exception cref="ReadyOpsException"><c>LinkLeadsOut</c>: a linked file that the wildcards found lies elsewhere.</exception>
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
        string folder = Path.GetFullPath(start, baseDirectory);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        Collect(folder, parts[plain..], found);
        // Wildcards enter no linked folder, but a name behind one may be such a folder.
        bool named = parts[plain..^1].Any(part => !HasWildcard(part));
        foreach (string file in found) RefuseLinkOut(folder, file, named);
        return [.. found];
    }

    // Whoever may write into the folder could otherwise pass off any file as one of it. Left out silently, a report would be missing
    // without anyone knowing.
    private static void RefuseLinkOut(string folder, string file, bool through)
    {
        if (!through && new FileInfo(file).LinkTarget is null) return;
        string real = RealPath(folder);
        if (RealPath(file).StartsWith(real.EndsWith(Path.DirectorySeparatorChar) ? real : real + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return;
        throw new ReadyOpsException("LinkLeadsOut", $"{Judge.Cut(Path.GetRelativePath(folder, file))} leads by a link out of {Judge.Cut(folder)}, where the wildcards look.",
            "Name the file itself if it is meant: a path without wildcards is followed wherever it leads.");
    }

    // The path with every link in it resolved, those of its folders too.
    internal static string RealPath(string path)
    {
        string full = Path.GetFullPath(path);
        string real = Path.GetPathRoot(full)!;
        int links = 0;
        var parts = new Stack<string>(full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).AsEnumerable().Reverse());
        while (parts.TryPop(out string? part))
        {
            string next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks) throw new IOException($"{Judge.Cut(path)} is a link in a circle of links.");
            string resolved = Path.GetFullPath(target, real);
            real = Path.GetPathRoot(resolved)!;
            foreach (string piece in resolved[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).AsEnumerable().Reverse()) parts.Push(piece);
        }

        return real;
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
