using System.Globalization;
using System.Text.Json;

namespace ReadyOps.Core.Checks;

/// <summary>Reads a list of backups. What is not understood is an error: a backup that is not read could be the newest.</summary>
internal static class BackupManifest
{
    private const int MaxBytes = 32 * 1024 * 1024;

    /// <summary>The backups of a manifest. Those with a <c>file</c> have the size and the place of that file.</summary>
    /// <param name="path">The manifest.</param>
    /// <param name="name">What the document calls it.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="ReadyOpsException"><c>BackupManifestMissing</c>, <c>BackupManifestInvalid</c>, <c>JsonInvalid</c>.</exception>
    public static async Task<List<Backup>> ReadAsync(string path, string name, CancellationToken cancel)
    {
        if (!FileReading.TryFind(path, out _, out string problem)) throw new ReadyOpsException("BackupManifestMissing", $"{name} {problem}.", "Check the path: it starts from the folder of the document.");
        using JsonDocument document = JsonProbe.Parse(await FileReading.ReadAsync(path, name, MaxBytes, cancel).ConfigureAwait(false), name);
        JsonElement list = document.RootElement;
        if (list.ValueKind == JsonValueKind.Object && list.TryGetProperty("backups", out JsonElement inside)) list = inside;
        if (list.ValueKind != JsonValueKind.Array) throw Invalid(name, "", "there is no list in it", "Write a list, or an object with one in 'backups'.");
        return [.. list.EnumerateArray().Select((one, i) => Read(one, string.Create(CultureInfo.InvariantCulture, $" at backup {i + 1}"), name, Path.GetDirectoryName(path)!))];
    }

    /// <summary>The backups that an earlier evaluation left; none when it left something else.</summary>
    public static IEnumerable<Backup> Remembered(JsonElement? memory)
    {
        if (memory is not { ValueKind: JsonValueKind.Array } list) yield break;
        foreach (JsonElement one in list.EnumerateArray())
        {
            if (one.ValueKind == JsonValueKind.Object && Text(one, "name") is { } name && Time(one) is { } time
                && one.TryGetProperty("size", out JsonElement size) && size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long bytes) && bytes > 0)
            {
                yield return new Backup(name, time, bytes);
            }
        }
    }

    private static Backup Read(JsonElement one, string at, string name, string folder)
    {
        if (one.ValueKind != JsonValueKind.Object) throw Invalid(name, at, "this is no object", "Write 'file' or 'name', 'time', 'size' and 'sha256'.");
        if (Time(one) is not { } time) throw Invalid(name, at, "'time' is missing or no time", "Write it as 2026-01-31T03:00:00Z, with its zone.");
        string? file = Text(one, "file");
        string called = file ?? Text(one, "name") ?? throw Invalid(name, at, "neither 'file' nor 'name' is there", "Write 'file' for one beside the manifest, or 'name' for one somewhere else.");
        long? size = null;
        if (one.TryGetProperty("size", out JsonElement bytes))
            size = bytes.ValueKind == JsonValueKind.Number && bytes.TryGetInt64(out long number) && number >= 0 ? number : throw Invalid(name, at, "'size' is no number of bytes", "Write it as a whole number of bytes.");
        string? sha256 = Text(one, "sha256");
        if (sha256 is not null && (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigit))) throw Invalid(name, at, "'sha256' is no SHA-256", "Write it as 64 hexadecimal digits.");
        if (file is null) return new Backup(called, time, size ?? throw Invalid(name, at, "'size' is missing", "Write it as a whole number of bytes.")) { Sha256 = sha256 };

        string path = Path.GetFullPath(file.Contains('\0', StringComparison.Ordinal) ? "" : file, folder);
        // A manifest may be written by another machine than the one that trusts it.
        if (!path.StartsWith(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw Invalid(name, at, $"'{Judge.Cut(file)}' is not below the folder of the manifest", "Name files below it.");
        if (!FileReading.TryFind(path, out FileInfo? info, out string problem)) return new Backup(called, time, 0) { Path = path, Problem = $"{problem}" };
        return new Backup(called, time, info.Length) { Path = path, Sha256 = sha256, Problem = size is { } told && told != info.Length ? string.Create(CultureInfo.InvariantCulture, $"has {info.Length}B, and {name} says {told}B") : "" };
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } value ? value : null;

    // Without its zone a time can be half a day off.
    private static DateTimeOffset? Time(JsonElement json) =>
        Text(json, "time") is { } text && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal)) && text.Contains('T', StringComparison.Ordinal)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset time) ? time : null;

    private static ReadyOpsException Invalid(string name, string at, string why, string next) => new("BackupManifestInvalid", $"{name} cannot be read{at}: {why}.", next);
}
