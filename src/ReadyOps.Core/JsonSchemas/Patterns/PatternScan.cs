using System.Text;

namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>
/// Matches patterns such as <c>^[a-z][a-z0-9-]*$</c>, <c>^\d{4}-\d\d$</c>, <c>^(a|b)$</c>, <c>^x-</c> or plain texts in one pass over the bytes. They are
/// those that are a few rows of character sets in which it is always plain where one repetition ends and the next set begins, so that nothing
/// has ever to be tried twice.
/// </summary>
internal sealed class PatternScan
{
    private const int MostRows = 24;
    private const int MostSteps = 48;

    // Rows that may begin anywhere are tried everywhere, so they have to be short.
    private const int MostFloating = 32;

    private readonly Row[] _rows;

    private PatternScan(Row[] rows) => _rows = rows;

    /// <summary>Makes one for a pattern; <see langword="null"/> for one that is not so simple.</summary>
    public static PatternScan? TryMake(PatternNode node)
    {
        if (Expand(node) is not { } rows) return null;
        var made = new List<Row>();
        foreach (List<PatternNode> parts in rows)
        {
            if (Row.TryMake(parts) is not { } row) return null;
            made.Add(row);
        }

        return new PatternScan([.. made]);
    }

    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        foreach (Row row in _rows)
            if (row.IsMatch(utf8)) return true;
        return false;
    }

    // The pattern as rows of sets, counted sets and anchors, of which one has to match; null if it is none or too much.
    private static List<List<PatternNode>>? Expand(PatternNode node)
    {
        switch (node)
        {
            case SetNode or AnchorNode { Kind: '^' or '$' } or RepeatNode { Part: SetNode }:
                return [[node]];
            case CaptureNode capture:
                return Expand(capture.Part);
            case ChoiceNode choice:
                var options = new List<List<PatternNode>>();
                foreach (PatternNode option in choice.Options)
                {
                    if (Expand(option) is not { } rows || options.Count + rows.Count > MostRows) return null;
                    options.AddRange(rows);
                }

                return options;
            case SequenceNode sequence:
                return Join(sequence.Parts);
            case RepeatNode { Least: 0, Most: 1 } optional:
                return Expand(optional.Part) is { } some && some.Count < MostRows ? [.. some, []] : null;
            case RepeatNode counted when counted.Least == counted.Most && counted.Most <= MostSteps:
                return Join(Enumerable.Repeat(counted.Part, counted.Least));
            default:
                return null;
        }
    }

    private static List<List<PatternNode>>? Join(IEnumerable<PatternNode> parts)
    {
        List<List<PatternNode>> joined = [[]];
        foreach (PatternNode part in parts)
        {
            if (Expand(part) is not { } rows || joined.Count * rows.Count > MostRows) return null;
            joined = [.. joined.SelectMany(_ => rows, (head, tail) => new List<PatternNode>([.. head, .. tail]))];
            if (joined.Any(row => row.Count > MostSteps)) return null;
        }

        return joined;
    }

    /// <summary>A text that has to stand there, or a set with how often.</summary>
    private readonly record struct Step(byte[]? Literal, CodePointSet Set, int Least, int Most);

    private sealed class Row(Step[] steps, bool fromStart, bool toEnd)
    {
        public static Row? TryMake(List<PatternNode> parts)
        {
            int first = 0, last = parts.Count;
            while (first < last && parts[first] is AnchorNode { Kind: '^' }) first++;
            while (last > first && parts[last - 1] is AnchorNode { Kind: '$' }) last--;
            (bool fromStart, bool toEnd) = (first > 0, last < parts.Count);
            if (parts[first..last].Any(part => part is AnchorNode)) return null;
            List<Step> steps = [.. parts[first..last].Select(part => part is RepeatNode repeat
                ? new Step(null, ((SetNode)repeat.Part).Set, repeat.Least, repeat.Most)
                : new Step(null, ((SetNode)part).Set, 1, 1)).Where(step => step.Most > 0)];
            // Where a match may begin or end anywhere, more than the least of what stands there is never needed.
            while (!fromStart && steps.Count > 0 && steps[0].Least == 0) steps.RemoveAt(0);
            if (!fromStart && steps.Count > 0) steps[0] = steps[0] with { Most = steps[0].Least };
            while (!toEnd && steps.Count > 0 && steps[^1].Least == 0) steps.RemoveAt(steps.Count - 1);
            if (!toEnd && steps.Count > 0) steps[^1] = steps[^1] with { Most = steps[^1].Least };

            bool isFixed = steps.All(step => step.Least == step.Most);
            if (!fromStart && (!isFixed || steps.Sum(step => (long)step.Least) > MostFloating)) return null;
            for (int i = 0; i < steps.Count; i++)
                if (!IsPlain(steps, i)) return null;
            return new Row(Fuse(steps), fromStart, toEnd);
        }

        public bool IsMatch(ReadOnlySpan<byte> utf8)
        {
            if (fromStart) return Matches(utf8);
            if (steps.Length == 0) return true;
            if (steps is [{ Literal: { } literal }]) return toEnd ? utf8.EndsWith(literal) : utf8.IndexOf(literal) >= 0;
            for (int at = 0; at < utf8.Length; at++)
                if ((utf8[at] & 0xC0) != 0x80 && Matches(utf8[at..])) return true;
            return false;
        }

        // Whether a repetition cannot take what a later step needs.
        private static bool IsPlain(List<Step> steps, int at)
        {
            if (steps[at].Least == steps[at].Most) return true;
            for (int next = at + 1; next < steps.Count; next++)
            {
                if (steps[at].Set.Overlaps(steps[next].Set)) return false;
                if (steps[next].Least > 0) return true;
            }

            return true;
        }

        private static Step[] Fuse(List<Step> steps)
        {
            var fused = new List<Step>();
            foreach (Step step in steps)
            {
                bool isLiteral = step.Set.Single is >= 0 and < 0xD800 or > 0xDFFF && step is { Least: 1, Most: 1 };
                byte[]? literal = isLiteral ? Encoding.UTF8.GetBytes(char.ConvertFromUtf32(step.Set.Single)) : null;
                if (literal is not null && fused.Count > 0 && fused[^1].Literal is { } before) fused[^1] = step with { Literal = [.. before, .. literal] };
                else fused.Add(step with { Literal = literal });
            }

            return [.. fused];
        }

        private bool Matches(ReadOnlySpan<byte> utf8)
        {
            foreach (Step step in steps)
            {
                if (step.Literal is { } literal)
                {
                    if (!utf8.StartsWith(literal)) return false;
                    utf8 = utf8[literal.Length..];
                    continue;
                }

                int count = 0;
                while (count < step.Most && !utf8.IsEmpty)
                {
                    int bytes = step.Set.Take(utf8);
                    if (bytes == 0) break;
                    utf8 = utf8[bytes..];
                    count++;
                }

                if (count < step.Least) return false;
            }

            return !toEnd || utf8.IsEmpty;
        }
    }
}
