using System.Globalization;
using System.Text;

namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>
/// Writes a pattern of ECMA-262 as one of .NET that means the same for texts of UTF-16: a character beyond the BMP is one character, <c>$</c> is the
/// end, a reference to a group that did not take part matches nothing. For texts of ASCII alone it can be written much smaller.
/// </summary>
internal sealed class PatternWriter(bool ascii, bool captures)
{
    private const string Nothing = @"[^\s\S]";
    private const string AsciiWord = "[0-9A-Z_a-z]";

    private readonly StringBuilder _result = new();

    /// <summary>Whether the pattern looks around or back, which takes backtracking.</summary>
    public bool Backtracks { get; private set; }

    public string Write(PatternNode node)
    {
        Part(node);
        // Looking around must not begin between the halves of a character; all else cannot.
        return Backtracks && !ascii ? $@"(?<![\uD800-\uDBFF])(?:{_result})" : _result.ToString();
    }

    private void Part(PatternNode node)
    {
        switch (node)
        {
            case SetNode set:
                Set(set.Set);
                break;
            case SequenceNode sequence:
                foreach (PatternNode part in sequence.Parts) Grouped(part, part is ChoiceNode);
                break;
            case ChoiceNode choice:
                for (int i = 0; i < choice.Options.Count; i++)
                {
                    if (i > 0) _result.Append('|');
                    Part(choice.Options[i]);
                }

                break;
            case RepeatNode repeat:
                Grouped(repeat.Part, group: repeat.Part is not SetNode || !ascii);
                Count(repeat);
                break;
            case CaptureNode capture:
                _result.Append(captures ? string.Create(CultureInfo.InvariantCulture, $"(?<{capture.Number}>") : "(?:");
                Part(capture.Part);
                _result.Append(')');
                break;
            case BackReferenceNode reference:
                Backtracks = true;
                _result.Append(CultureInfo.InvariantCulture, $@"(?({reference.Number})\k<{reference.Number}>)");
                break;
            case LookNode look:
                Backtracks = true;
                _result.Append(look.IsBehind ? "(?<" : "(?").Append(look.IsNegative ? '!' : '=');
                Part(look.Part);
                _result.Append(')');
                break;
            case AnchorNode anchor:
                Anchor(anchor.Kind);
                break;
        }
    }

    private void Grouped(PatternNode node, bool group)
    {
        if (group) _result.Append("(?:");
        Part(node);
        if (group) _result.Append(')');
    }

    private void Count(RepeatNode repeat)
    {
        _result.Append((repeat.Least, repeat.Most) switch
        {
            (0, RepeatNode.NoLimit) => "*",
            (1, RepeatNode.NoLimit) => "+",
            (0, 1) => "?",
            (_, RepeatNode.NoLimit) => string.Create(CultureInfo.InvariantCulture, $"{{{repeat.Least},}}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{{{repeat.Least},{repeat.Most}}}"),
        });
        if (repeat.IsLazy) _result.Append('?');
    }

    private void Anchor(char kind)
    {
        if (kind is '^' or '$')
        {
            _result.Append(kind == '^' ? @"\A" : @"\z");
        }
        else if (ascii)
        {
            // Among ASCII characters .NET and ECMA-262 agree about words.
            _result.Append('\\').Append(kind);
        }
        else
        {
            Backtracks = true;
            _result.Append(kind == 'b'
                ? $"(?:(?<={AsciiWord})(?!{AsciiWord})|(?<!{AsciiWord})(?={AsciiWord}))"
                : $"(?:(?<={AsciiWord})(?={AsciiWord})|(?<!{AsciiWord})(?!{AsciiWord}))");
        }
    }

    private void Set(CodePointSet set)
    {
        // A character by itself, rather than a class of one, is what .NET finds quickly.
        if (set.Single is >= 0 and < 0x80 || (!ascii && set.Single is (>= 0x80 and < 0xD800) or (> 0xDFFF and <= 0xFFFF)))
        {
            _result.Append(Unit(set.Single));
            return;
        }

        var units = new StringBuilder();
        if (ascii) Units(units, set.Within(0, 0x7F));
        else Units(units, set.Within(0, 0xD7FF).Concat(set.Within(0xE000, 0xFFFF)));
        List<string> options = units.Length > 0 ? [$"[{units}]"] : [];
        if (!ascii) AddPairs(options, set);
        _result.Append(options.Count switch
        {
            0 => Nothing,
            1 => options[0],
            _ => $"(?:{string.Join('|', options)})",
        });
    }

    // Characters beyond the BMP by their two halves: those of one high half together, and all that have any low half.
    private static void AddPairs(List<string> options, CodePointSet set)
    {
        var full = new List<(int, int)>();
        var partial = new SortedDictionary<int, List<(int, int)>>();
        foreach ((int first, int last) in set.Within(0x10000, CodePointSet.Last))
        {
            for (int high = first >> 10; high <= last >> 10; high++)
            {
                (int low, int top) = (Math.Max(first, high << 10) & 0x3FF, Math.Min(last, (high << 10) | 0x3FF) & 0x3FF);
                int unit = 0xD800 + high - (0x10000 >> 10);
                if (low == 0 && top == 0x3FF) full.Add((unit, unit));
                else if (partial.TryGetValue(unit, out List<(int, int)>? lows)) lows.Add((0xDC00 + low, 0xDC00 + top));
                else partial.Add(unit, [(0xDC00 + low, 0xDC00 + top)]);
            }
        }

        if (full.Count > 0)
        {
            var highs = new StringBuilder();
            Units(highs, CodePointSet.Of(full).Ranges);
            options.Add($@"[{highs}][\uDC00-\uDFFF]");
        }

        foreach ((int high, List<(int, int)> lows) in partial)
        {
            var units = new StringBuilder();
            Units(units, lows);
            options.Add($"{Unit(high)}[{units}]");
        }
    }

    private static void Units(StringBuilder units, IEnumerable<(int First, int Last)> ranges)
    {
        foreach ((int first, int last) in ranges)
        {
            units.Append(Unit(first));
            if (last > first) units.Append('-').Append(Unit(last));
        }
    }

    private static string Unit(int unit) => char.IsAsciiLetterOrDigit((char)unit) ? ((char)unit).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{unit:X4}");
}
