using System.Security.Cryptography;
using System.Text;

namespace ReadyOps.Core.Journal;

/// <summary>What a stream may be called, so that its name is a file path on every system and never leaves the folder.</summary>
internal static class JournalName
{
    /// <summary>Ending of the file that holds the events.</summary>
    public const string LineEnding = ".jsonl";

    /// <summary>Ending of the file whose lock is the lease.</summary>
    public const string LockEnding = ".lock";

    /// <summary>Ending of the file that says who holds the lease.</summary>
    public const string HolderEnding = ".holder";

    /// <summary>Ending of the file that saves reading the events. No stream is refused for it: one in its way only keeps it from being written.</summary>
    public const string SnapshotEnding = ".snapshot";

    private const int LongestSegment = 128;
    private const int LongestName = 200;

    // COM1 and the like; most names are longer.
    private const int LongestDevice = 4;

    private static readonly System.Buffers.SearchValues<char> Allowed = System.Buffers.SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(n => new[] { $"COM{n}", $"LPT{n}" })],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The stream of something that has a name of its own: readable as far as a file name allows, and unique.</summary>
    public static string Of(string prefix, string name)
    {
        string readable = new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        string unique = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..12].ToLowerInvariant();
        return $"{prefix}{readable[..Math.Min(readable.Length, 40)].Trim('-')}-{unique}";
    }

    /// <summary>Refuses what cannot be a stream.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalStreamInvalid</c></exception>
    public static void Check(string stream)
    {
        if (Problem(stream) is string problem)
        {
            throw new ReadyOpsException(
                "JournalStreamInvalid",
                $"'{stream}' cannot name a journal: {problem}.",
                "Use segments of letters, digits, '.', '_' and '-', each beginning with a letter or digit, joined by '/'.");
        }
    }

    /// <summary>Refuses the catalog, which only the store itself appends to.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalStreamInvalid</c></exception>
    public static void CheckNotCatalog(string stream)
    {
        if (string.Equals(stream, JournalCatalog.Stream, StringComparison.OrdinalIgnoreCase))
        {
            throw new ReadyOpsException(
                "JournalStreamInvalid", $"'{stream}' is the store's own journal; only the store appends to it.", "Use another name.");
        }
    }

    /// <summary>Why a text cannot name a stream; <see langword="null"/> when it can.</summary>
    public static string? Problem(string stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.Length is 0 or > LongestName)
            return $"it must have 1 to {LongestName} characters";
        for (int start = 0; ;)
        {
            int length = stream.AsSpan(start).IndexOf('/');
            if (SegmentProblem(length < 0 ? stream.AsSpan(start) : stream.AsSpan(start, length)) is string problem)
                return problem;
            if (length < 0)
                return null;
            start += length + 1;
        }
    }

    private static string? SegmentProblem(ReadOnlySpan<char> segment)
    {
        if (segment.Length is 0 or > LongestSegment)
            return $"each segment must have 1 to {LongestSegment} characters";
        if (!char.IsAsciiLetterOrDigit(segment[0]))
            return $"the segment '{segment}' does not begin with a letter or digit";
        if (segment.ContainsAnyExcept(Allowed))
            return $"the segment '{segment}' has a character that is not allowed";
        // Windows drops a final dot, so two names would be one file.
        if (segment[^1] == '.')
            return $"the segment '{segment}' ends with a dot";
        int dot = segment.IndexOf('.');
        ReadOnlySpan<char> stem = dot < 0 ? segment : segment[..dot];
        if (stem.Length <= LongestDevice && Devices.Contains(stem.ToString()))
            return $"'{segment}' is a device on Windows";
        bool isOurs = segment.EndsWith(LineEnding, StringComparison.OrdinalIgnoreCase) || segment.EndsWith(LockEnding, StringComparison.OrdinalIgnoreCase)
            || segment.EndsWith(HolderEnding, StringComparison.OrdinalIgnoreCase);
        return isOurs
            ? $"the ending of '{segment}' is used by the store itself"
            : null;
    }
}
