using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>How old files are, by this machine's clock.</summary>
internal static class FileAge
{
    /// <summary>Two machines' clocks, or a file system's coarse times, may differ by this much without anything being wrong.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>Why a file is too old, or its age is not known; <see langword="null"/> when it is young enough. Of a link the file counts that it leads to.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="most">How old it may be; <see langword="null"/> for any age.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="IOException">It is not there any more.</exception>
    public static Observation? Problem(string path, string name, TimeSpan? most, DateTimeOffset now)
    {
        if (most is not { } max) return null;
        if (!FileReading.TryFind(path, out FileInfo? file, out string problem)) throw new IOException($"{name} {problem}");
        TimeSpan age = now - new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
        if (age < -ClockSkew) return Observation.Of(Verdict.Inconclusive, $"{name} was written in the future by this machine's clock, so its age is not known.");
        return age > max ? Observation.Of(Verdict.Stale, $"{name} was written more than {Quantities.Format(max)} ago.") : null;
    }
}
