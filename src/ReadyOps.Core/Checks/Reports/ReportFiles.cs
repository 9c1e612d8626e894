using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>The reports that a check reads: patterns, all of which must find a file, and how old a file may be.</summary>
/// <param name="BaseDirectory">The folder that relative patterns start from.</param>
/// <param name="Patterns">Paths with <c>*</c>, <c>?</c> and <c>**</c>.</param>
/// <param name="What">What such a report is called: <c>test report</c>.</param>
internal sealed record ReportFiles(string BaseDirectory, IReadOnlyList<string> Patterns, string What)
{
    /// <summary>How long ago a report may have been written; <see langword="null"/> for any age.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Reads them off a check.</summary>
    /// <param name="reader">The check.</param>
    /// <param name="member">Which member names them.</param>
    /// <param name="what">What such a report is called.</param>
    public static ReportFiles Read(ObjectReader reader, string member, string what)
    {
        IReadOnlyList<string> paths = reader.Texts(member);
        if (paths.Count == 0 || paths.Any(path => path.Length == 0)) reader.Problem(member, "there is no report to read", "a path, or a list of paths");
        if (paths.Any(path => path.Contains('\0', StringComparison.Ordinal))) reader.Problem(member, "this path holds a NUL character", "a path");
        return new ReportFiles(reader.BaseDirectory, paths, what);
    }

    /// <summary>The same for a member that may be missing.</summary>
    public static ReportFiles? ReadOptional(ObjectReader reader, string member, string what) => reader.Has(member) ? Read(reader, member, what) : null;

    /// <summary>Reads one report after the other, each file once, in the order of their names.</summary>
    /// <param name="context">The clock.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <returns><see langword="null"/> when all were read; otherwise why not.</returns>
    /// <exception cref="ReadyOpsException">A report is not what it should be.</exception>
    public Observation? ForEach(EngineContext context, Action<ReportStream, string> read, CancellationToken cancel)
    {
        try
        {
            var files = new SortedSet<string>(StringComparer.Ordinal);
            foreach (string pattern in Patterns)
            {
                IReadOnlyList<string> found = FileGlob.Find(BaseDirectory, pattern);
                if (found.Count == 0) return Observation.Of(Verdict.NoData, $"There is no {What} at {Judge.Cut(pattern)}.");
                files.UnionWith(found);
            }

            foreach (string file in files)
            {
                string name = Judge.Cut(Path.GetRelativePath(BaseDirectory, file));
                if (FileAge.Problem(file, name, MaxAge, context.Clock.GetUtcNow()) is { } old) return old;
                using FileStream stream = FileReading.Open(file);
                using var report = new ReportStream(stream, name, cancel);
                read(report, name);
            }

            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return Observation.Of(Verdict.Error, $"The {What}s cannot be read: {Judge.Cut(e.Message.TrimEnd('.'))}.");
        }
    }
}
