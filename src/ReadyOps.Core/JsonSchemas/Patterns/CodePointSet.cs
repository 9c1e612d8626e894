using System.Text;

namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>A set of code points as sorted ranges that do not touch.</summary>
internal sealed class CodePointSet
{
    public const int Last = 0x10FFFF;

    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly ulong _lowAscii;
    private readonly ulong _highAscii;

    private CodePointSet(List<(int First, int Last)> sorted)
    {
        _starts = [.. sorted.Select(range => range.First)];
        _ends = [.. sorted.Select(range => range.Last)];
        foreach ((int first, int last) in sorted)
        {
            for (int point = first; point <= Math.Min(last, 0x7F); point++)
            {
                if (point < 64) _lowAscii |= 1UL << point;
                else _highAscii |= 1UL << point; // A shift counts modulo 64.
            }
        }
    }

    /// <summary>The code point of a set of one; -1 for others.</summary>
    public int Single => _starts.Length == 1 && _starts[0] == _ends[0] ? _starts[0] : -1;

    public IEnumerable<(int First, int Last)> Ranges => _starts.Zip(_ends);

    public static CodePointSet Of(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1) merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, last));
            else merged.Add((first, last));
        }

        return new CodePointSet(merged);
    }

    public static CodePointSet Of(int point) => new([(point, point)]);

    public CodePointSet Complement()
    {
        var ranges = new List<(int, int)>();
        int next = 0;
        foreach ((int first, int last) in Ranges)
        {
            if (first > next) ranges.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= Last) ranges.Add((next, Last));
        return new CodePointSet(ranges);
    }

    /// <summary>The part of it between two code points.</summary>
    public IEnumerable<(int First, int Last)> Within(int first, int last) =>
        Ranges.Where(range => range.Last >= first && range.First <= last).Select(range => (Math.Max(range.First, first), Math.Min(range.Last, last)));

    public bool Overlaps(CodePointSet other)
    {
        (int mine, int theirs) = (0, 0);
        while (mine < _starts.Length && theirs < other._starts.Length)
        {
            if (_ends[mine] < other._starts[theirs]) mine++;
            else if (other._ends[theirs] < _starts[mine]) theirs++;
            else return true;
        }

        return false;
    }

    public bool Holds(int point)
    {
        int at = Array.BinarySearch(_starts, point);
        if (at < 0) at = ~at - 1;
        return at >= 0 && point <= _ends[at];
    }

    /// <summary>How many bytes the first character of a text has if it belongs to the set; 0 if it does not.</summary>
    /// <param name="utf8">Not empty. What is no UTF-8 counts as U+FFFD, byte by byte.</param>
    public int Take(ReadOnlySpan<byte> utf8)
    {
        int first = utf8[0];
        if (first < 0x80) return (int)((first < 64 ? _lowAscii : _highAscii) >> first) & 1;
        Rune.DecodeFromUtf8(utf8, out Rune rune, out int bytes);
        return Holds(rune.Value) ? bytes : 0;
    }
}
