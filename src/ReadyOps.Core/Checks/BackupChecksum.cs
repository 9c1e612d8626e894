using System.Security.Cryptography;
using System.Text;

namespace ReadyOps.Core.Checks;

/// <summary>Verifies a backup by the checksum that was written with it, as sha256sum and shasum write them.</summary>
internal static class BackupChecksum
{
    private const int MaxBytes = 4 * 1024 * 1024;
    private static readonly string[] Endings = [".sha256", ".sha512", ".sha256sum", ".sha512sum"];
    private static readonly string[] Lists = ["SHA256SUMS", "SHA512SUMS", "sha256sum.txt", "SHA256SUMS.txt"];

    /// <summary>Whether a file holds checksums.</summary>
    public static bool IsChecksum(string path) => Lists.Contains(Path.GetFileName(path), StringComparer.OrdinalIgnoreCase) || Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Verifies.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="wanted"><c>required</c>, <c>present</c> or <c>none</c>.</param>
    /// <param name="cancel">Stops reading.</param>
    public static async Task<Observation?> VerifyAsync(Backup backup, string wanted, CancellationToken cancel)
    {
        if (backup.Problem.Length > 0) return Fail($"The backup {backup.Shown} {backup.Problem}.");
        if (wanted == "none") return null;
        if (backup.Path is null) return Observation.Of(Verdict.NoData, $"The backup {backup.Shown} is not here, so its checksum cannot be verified.") with { NextStep = "Run this gate where the file is, or say 'checksum: none'." };
        (string Hash, string From)? told = backup.Sha256 is { } known ? (known, "the manifest") : await FindAsync(backup.Path, cancel).ConfigureAwait(false);
        if (told is not { } expected)
        {
            return wanted == "present" ? null : Fail($"There is no checksum of {backup.Shown} to verify it by.") with
            {
                NextStep = $"Write one when the backup is made: sha256sum {Path.GetFileName(backup.Path)} > {Path.GetFileName(backup.Path)}.sha256",
            };
        }

        if (expected.Hash.Length == 0) return Fail($"{expected.From} holds no checksum of {backup.Shown}.");
        string actual = await HashAsync(backup.Path, expected.Hash.Length == 128, cancel).ConfigureAwait(false);
        if (new FileInfo(backup.Path) is { LinkTarget: null } now && now.Length != backup.Size) return Observation.Of(Verdict.Inconclusive, $"The backup {backup.Shown} is still being written.");
        string kind = expected.Hash.Length == 128 ? "SHA-512" : "SHA-256";
        return string.Equals(actual, expected.Hash, StringComparison.OrdinalIgnoreCase) ? Observation.Of(Verdict.Pass, $"Its {kind} is that of {expected.From}.")
            : Fail($"The backup {backup.Shown} has the {kind} {actual}, not {expected.Hash.ToLowerInvariant()} as {expected.From} says: it is damaged, cut off or another file.") with { NextStep = "Do not rely on it: make a new backup and see why this one differs." };
    }

    private static async Task<(string Hash, string From)?> FindAsync(string path, CancellationToken cancel)
    {
        string file = Path.GetFileName(path), folder = Path.GetDirectoryName(path)!;
        foreach (string own in Endings.Select(ending => path + ending))
        {
            // A file of its own that does not speak of it is a mistake to be told, not a reason to look elsewhere.
            if (FileReading.TryFind(own, out _, out _)) return (await ReadAsync(own, file, alone: true, cancel).ConfigureAwait(false) ?? "", Path.GetFileName(own));
        }

        foreach (string list in Lists.Select(name => Path.Combine(folder, name)))
            if (FileReading.TryFind(list, out _, out _) && await ReadAsync(list, file, alone: false, cancel).ConfigureAwait(false) is { } hash) return (hash, Path.GetFileName(list));
        return null;
    }

    private static async Task<string?> ReadAsync(string path, string file, bool alone, CancellationToken cancel)
    {
        ArraySegment<byte> bytes = await FileReading.ReadAsync(path, Path.GetFileName(path), MaxBytes, cancel).ConfigureAwait(false);
        using var reader = new StreamReader(new MemoryStream(bytes.Array!, 0, bytes.Count), Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        string[] lines = (await reader.ReadToEndAsync(cancel).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string line in lines)
        {
            (string hash, string name) = Parse(line);
            // Whoever writes the list may have stood in another folder.
            if (hash.Length > 0 && (Path.GetFileName(name) == file || (alone && name.Length == 0 && lines.Length == 1))) return hash;
        }

        return null;
    }

    // 'hash  name' and 'hash *name' (GNU), 'SHA256 (name) = hash' (BSD), 'hash' alone. GNU writes a backslash in front when it escaped the name.
    private static (string Hash, string Name) Parse(string line)
    {
        int equals = line.LastIndexOf(") = ", StringComparison.Ordinal), open = line.IndexOf(" (", StringComparison.Ordinal);
        if (equals > 0 && open > 0 && open < equals && line.StartsWith("SHA", StringComparison.OrdinalIgnoreCase)) return IsHash(line[(equals + 4)..]) ? (line[(equals + 4)..], line[(open + 2)..equals]) : ("", "");
        bool escaped = line.StartsWith('\\');
        if (escaped) line = line[1..];
        int end = line.IndexOfAny([' ', '\t']);
        string hash = end < 0 ? line : line[..end];
        string name = end < 0 ? "" : line[end..].TrimStart().TrimStart('*');
        if (escaped) name = name.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
        return IsHash(hash) ? (hash, name) : ("", "");
    }

    private static bool IsHash(string text) => text.Length is 64 or 128 && text.All(char.IsAsciiHexDigit);

    private static async Task<string> HashAsync(string path, bool sha512, CancellationToken cancel)
    {
        using FileStream stream = FileReading.Open(path);
        byte[] hash = sha512 ? await SHA512.HashDataAsync(stream, cancel).ConfigureAwait(false) : await SHA256.HashDataAsync(stream, cancel).ConfigureAwait(false);
        return Convert.ToHexString(hash).ToLowerInvariant();
    }

    private static Observation Fail(string reason) => Observation.Of(Verdict.Fail, reason);
}
