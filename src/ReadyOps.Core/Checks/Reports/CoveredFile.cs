using System.Numerics;
using System.Runtime.InteropServices;

namespace ReadyOps.Core.Checks.Reports;

/// <summary>What is known of the coverage of one source file. Lines are two bits each, in pages of 64, so that a large report stays small.</summary>
internal sealed class CoveredFile
{
    private readonly Dictionary<int, Page> _pages = [];
    private readonly Dictionary<(int Line, uint Branch), bool> _branches = [];
    private readonly Dictionary<ulong, bool> _methods = [];

    /// <summary>Notes a line; one that was run once was run, whatever a second mention says.</summary>
    /// <returns>Whether this takes more memory than before; so do the other two.</returns>
    public bool Line(int line, bool covered)
    {
        ref Page page = ref CollectionsMarshal.GetValueRefOrAddDefault(_pages, line >> 6, out bool known);
        ulong bit = 1UL << (line & 63);
        page.Present |= bit;
        if (covered) page.Covered |= bit;
        return !known;
    }

    /// <summary>Notes one way out of the decision on a line.</summary>
    public bool Branch(int line, uint branch, bool covered)
    {
        ref bool seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_branches, (line, branch), out bool known);
        seen |= covered;
        return !known;
    }

    /// <summary>Notes a method by a hash of its name.</summary>
    public bool Method(ulong method, bool covered)
    {
        ref bool seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_methods, method, out bool known);
        seen |= covered;
        return !known;
    }

    /// <summary>Takes in what another report knows of the same file.</summary>
    /// <returns>How many entries this has more than before.</returns>
    public int Merge(CoveredFile other)
    {
        int before = Entries;
        foreach ((int number, Page theirs) in other._pages)
        {
            ref Page page = ref CollectionsMarshal.GetValueRefOrAddDefault(_pages, number, out _);
            page.Present |= theirs.Present;
            page.Covered |= theirs.Covered;
        }

        foreach (((int line, uint branch), bool covered) in other._branches) Branch(line, branch, covered);
        foreach ((ulong method, bool covered) in other._methods) Method(method, covered);
        return Entries - before;
    }

    /// <summary>Whether each of two has lines that the other lacks: two runs of one file tell of the same lines.</summary>
    public bool Differs(CoveredFile other) => HasMoreThan(other) && other.HasMoreThan(this);

    private bool HasMoreThan(CoveredFile other) => _pages.Any(page => (page.Value.Present & ~other._pages.GetValueOrDefault(page.Key).Present) != 0);

    public CoverageCount Count(CoverageMetric metric) => metric switch
    {
        CoverageMetric.Line => new(_pages.Values.Sum(page => (long)BitOperations.PopCount(page.Covered)), _pages.Values.Sum(page => (long)BitOperations.PopCount(page.Present))),
        CoverageMetric.Branch => new(_branches.Values.Count(covered => covered), _branches.Count),
        _ => new(_methods.Values.Count(covered => covered), _methods.Count),
    };

    /// <summary>How many things it remembers, for the limit on memory.</summary>
    public int Entries => _pages.Count + _branches.Count + _methods.Count;

    private struct Page
    {
        public ulong Present;
        public ulong Covered;
    }
}
