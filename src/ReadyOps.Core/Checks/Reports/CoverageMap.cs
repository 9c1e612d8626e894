using System.Globalization;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>
/// What is covered, by package and file, added up over any number of reports: a line, branch or method that several of them tell of
/// counts once, and as covered when one of them ran it.
/// </summary>
internal sealed class CoverageMap
{
    // About 100 MB of memory: some ten million lines of code. Only a report made to do harm has more.
    private const int MaxEntries = 2_000_000;
    private const int MaxDoubts = 20;

    private readonly Dictionary<(string Package, string File), CoveredFile> _files = [];
    private readonly List<string> _doubts = [];
    private int _entries;

    /// <summary>Why the reports may not tell the truth.</summary>
    public IReadOnlyList<string> Doubts => _doubts;

    /// <summary>Whether anything at all was reported.</summary>
    public bool IsEmpty => _files.Count == 0;

    /// <summary>A file of a package, new when it was not known.</summary>
    /// <exception cref="ReadyOpsException"><c>CoverageTooLarge</c></exception>
    public CoveredFile File(string package, string file)
    {
        if (_files.TryGetValue((package, file), out CoveredFile? known)) return known;
        var added = new CoveredFile();
        _files.Add((package, file), added);
        // A file takes as much as ten lines far apart do, and its name comes on top.
        Grow(10 + ((package.Length + file.Length) / 16));
        return added;
    }

    /// <summary>Counts one more thing to remember, when it is one.</summary>
    public void Grow(bool grew) => Grow(grew ? 1 : 0);

    /// <summary>Takes in a reason why a report may not tell the truth.</summary>
    public void Doubt(string why)
    {
        if (_doubts.Count < MaxDoubts) _doubts.Add(why);
    }

    /// <summary>Takes in another report.</summary>
    public void Merge(CoverageMap other)
    {
        foreach (((string package, string file), CoveredFile theirs) in other._files)
        {
            CoveredFile ours = File(package, file);
            // Reports of several projects name files from a root of their own each, and what one covers must not count for the other.
            if (!IsRooted(file) && ours.Differs(theirs)) Doubt($"two reports tell of different lines of {Judge.Cut(file)}, which may be two files of one name.");
            Grow(ours.Merge(theirs));
        }

        foreach (string doubt in other._doubts) Doubt(doubt);
    }

    private static bool IsRooted(string file) => file.StartsWith('/') || (file.Length > 1 && file[1] == ':');

    /// <summary>All files, each once, however many packages it is compiled into.</summary>
    public CoverageCount Whole(CoverageMetric metric)
    {
        CoverageCount count = default;
        foreach (IGrouping<string, CoveredFile> same in _files.GroupBy(file => file.Key.File, file => file.Value, StringComparer.Ordinal))
        {
            CoveredFile first = same.First();
            if (same.Skip(1).Any())
            {
                var all = new CoveredFile();
                foreach (CoveredFile file in same) all.Merge(file);
                first = all;
            }

            count += first.Count(metric);
        }

        return count;
    }

    /// <summary>Each package that has anything to cover, sorted by name.</summary>
    public SortedDictionary<string, CoverageCount> Packages(CoverageMetric metric)
    {
        var packages = new SortedDictionary<string, CoverageCount>(StringComparer.Ordinal);
        foreach (((string package, string _), CoveredFile file) in _files)
        {
            CoverageCount count = file.Count(metric);
            if (count.Total > 0) packages[package] = packages.GetValueOrDefault(package) + count;
        }

        return packages;
    }

    /// <summary>Counts what files took on, so that hostile reports end in an error and not in all of the memory.</summary>
    /// <exception cref="ReadyOpsException"><c>CoverageTooLarge</c></exception>
    public void Grow(int by)
    {
        _entries += by;
        if (_entries <= MaxEntries) return;
        throw new ReadyOpsException("CoverageTooLarge", string.Create(CultureInfo.InvariantCulture, $"The coverage reports tell of more than can be added up ({MaxEntries} entries)."),
            "Check fewer reports at once.");
    }
}
