namespace ReadyOps.Core.Checks;

/// <summary>One backup.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Size">Its size in bytes.</param>
internal sealed record Backup(string Name, DateTimeOffset Time, long Size)
{
    /// <summary>Where it is; <see langword="null"/> when it is somewhere else.</summary>
    public string? Path { get; init; }

    /// <summary>Its SHA-256 in hex, when a manifest says it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What is wrong with it as the manifest tells it, behind its name; empty when nothing is.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Its name for sentences.</summary>
    public string Shown => Judge.Cut(Name);
}

/// <summary>Finds backups among files.</summary>
internal static class BackupFiles
{
    private static readonly StringComparer PathComparer = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>The files of patterns, checksums left out; a link and what it leads to are one backup.</summary>
    public static List<Backup> Find(string baseDirectory, IReadOnlyList<string> patterns)
    {
        var found = new Dictionary<string, Backup>(PathComparer);
        foreach (string file in patterns.SelectMany(pattern => FileGlob.Find(baseDirectory, pattern)))
        {
            if (BackupChecksum.IsChecksum(file) || !FileReading.TryFind(file, out FileInfo? info, out _)) continue;
            // Under its own name where both are there: checksums are written for that one.
            if (info.FullName != file && found.ContainsKey(info.FullName)) continue;
            found[info.FullName] = new Backup(System.IO.Path.GetRelativePath(baseDirectory, file), new DateTimeOffset(info.LastWriteTimeUtc, TimeSpan.Zero), info.Length) { Path = file };
        }

        return [.. found.Values];
    }
}
