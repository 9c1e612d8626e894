using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.JsonSchemas;

/// <summary>
/// Patterns of ECMA-262 (with its <c>u</c> flag, but lenient to needless escapes of punctuation) as those of .NET: classes such as
/// <c>\d</c> are ASCII, <c>$</c> is the end and not the line before it, and a character beyond the BMP is one character.
/// </summary>
internal sealed class EcmaRegex
{
    private const string Astral = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    private static readonly Dictionary<char, string> Sets = new()
    {
        ['d'] = "0-9",
        ['D'] = @"\u0000-\u002F\u003A-\uFFFF",
        ['w'] = "A-Za-z0-9_",
        ['W'] = @"\u0000-\u002F\u003A-\u0040\u005B-\u005E\u0060\u007B-\uFFFF",
        ['s'] = @"\u0009-\u000D\u0020\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF",
        ['S'] = @"\u0000-\u0008\u000E-\u001F\u0021-\u009F\u00A1-\u167F\u1681-\u1FFF\u200B-\u2027\u202A-\u202E\u2030-\u205E\u2060-\u2FFF\u3001-\uFEFE\uFF00-\uFFFF",
    };

    private static readonly Dictionary<string, string> Categories = new(StringComparer.Ordinal)
    {
        ["Letter"] = "L", ["Lowercase_Letter"] = "Ll", ["Uppercase_Letter"] = "Lu", ["Titlecase_Letter"] = "Lt", ["Modifier_Letter"] = "Lm",
        ["Other_Letter"] = "Lo", ["Mark"] = "M", ["Nonspacing_Mark"] = "Mn", ["Spacing_Mark"] = "Mc", ["Enclosing_Mark"] = "Me",
        ["Number"] = "N", ["Decimal_Number"] = "Nd", ["digit"] = "Nd", ["Letter_Number"] = "Nl", ["Other_Number"] = "No",
        ["Punctuation"] = "P", ["punct"] = "P", ["Symbol"] = "S", ["Separator"] = "Z", ["Other"] = "C",
    };

    private readonly string _pattern;
    private readonly StringBuilder _result = new();
    private int _at;

    private EcmaRegex(string pattern) => _pattern = pattern;

    /// <summary>Compiles a pattern; it runs in linear time, or under a timeout where it needs to look around or back.</summary>
    /// <exception cref="ArgumentException">It is no pattern.</exception>
    public static Regex Compile(string pattern)
    {
        string translated = new EcmaRegex(pattern).Translate();
        try
        {
            return new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            return new Regex(translated, RegexOptions.CultureInvariant, TimeSpan.FromMilliseconds(250));
        }
    }

    /// <summary>Whether a text matches; one that takes too long to say counts as one that does not.</summary>
    public static bool IsMatch(Regex regex, string text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    private string Translate()
    {
        while (_at < _pattern.Length)
        {
            char c = _pattern[_at];
            switch (c)
            {
                case '\\':
                    Escape();
                    break;
                case '[':
                    Class();
                    break;
                case '.':
                    _at++;
                    _result.Append($@"(?:{Astral}|[^\n\r\u2028\u2029])");
                    break;
                case '$':
                    _at++;
                    _result.Append(@"\z");
                    break;
                case '(' when Next(1) == '?':
                    Group();
                    break;
                default:
                    int point = CodePoint();
                    _result.Append(point > 0xFFFF ? $"(?:{char.ConvertFromUtf32(point)})" : ((char)point).ToString());
                    break;
            }
        }

        return _result.ToString();
    }

    private char Next(int distance) => _at + distance < _pattern.Length ? _pattern[_at + distance] : '\0';

    private int CodePoint()
    {
        bool pair = _at + 1 < _pattern.Length && char.IsSurrogatePair(_pattern[_at], _pattern[_at + 1]);
        int point = pair ? char.ConvertToUtf32(_pattern[_at], _pattern[_at + 1]) : _pattern[_at];
        _at += pair ? 2 : 1;
        return point;
    }

    private void Group()
    {
        bool named = Next(2) == '<' && (char.IsLetter(Next(3)) || Next(3) is '_' or '$');
        if (!named && !(Next(2) is ':' or '=' or '!') && !(Next(2) == '<' && Next(3) is '=' or '!'))
            throw new ArgumentException($"ECMA-262 has no group '(?{Next(2)}'");
        int length = Next(2) == '<' ? 4 : 3;
        _result.Append(_pattern, _at, Math.Min(length, _pattern.Length - _at));
        _at += length;
    }

    private void Escape()
    {
        char c = Next(1);
        if (Sets.TryGetValue(c, out string? set))
        {
            _at += 2;
            _result.Append(char.IsUpper(c) ? $"(?:{Astral}|[{set}])" : $"[{set}]");
        }
        else if (c is 'b' or 'B')
        {
            _at += 2;
            _result.Append(c == 'b' ? "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))" : "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))");
        }
        else if (c is 'p' or 'P') _result.Append(Category());
        else if (c is >= '1' and <= '9' || (c == 'k' && Next(2) == '<'))
        {
            _result.Append('\\').Append(c);
            _at += 2;
        }
        else
        {
            int point = EscapedPoint();
            _result.Append(point > 0xFFFF ? $"(?:{char.ConvertFromUtf32(point)})" : Unit(point));
        }
    }

    // The code point of an escape that stands for one.
    private int EscapedPoint()
    {
        char c = Next(1);
        _at += 2;
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0': return 0;
            case 'c' when char.IsAsciiLetter(Next(0)): return _pattern[_at++] % 32;
            case 'x': return Hex(2);
            case 'u' when Next(0) == '{':
                int end = _pattern.IndexOf('}', _at);
                if (end < 0 || end - _at > 9) break;
                _at++;
                int point = Hex(end - _at);
                _at++;
                return point <= 0x10FFFF && point is < 0xD800 or > 0xDFFF ? point : throw new ArgumentException("there is no such code point");
            case 'u':
                int high = Hex(4);
                if (high is < 0xD800 or > 0xDBFF || Next(0) != '\\' || Next(1) != 'u' || Next(2) == '{') return high;
                _at += 2;
                int low = Hex(4);
                return low is >= 0xDC00 and <= 0xDFFF ? char.ConvertToUtf32((char)high, (char)low) : throw new ArgumentException("half of a surrogate pair");
        }

        return c != '\0' && !char.IsAsciiLetterOrDigit(c) ? c : throw new ArgumentException($"ECMA-262 has no escape '\\{c}'");
    }

    private int Hex(int digits)
    {
        bool fits = _at + digits <= _pattern.Length;
        if (fits && int.TryParse(_pattern.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
        {
            _at += digits;
            return value;
        }

        throw new ArgumentException("an escape with too few digits");
    }

    private string Category()
    {
        int end = _pattern.IndexOf('}', _at);
        if (Next(2) != '{' || end < 0) throw new ArgumentException("a property needs braces");
        string name = _pattern[(_at + 3)..end];
        name = name[(name.IndexOf('=') + 1)..];
        string category = Categories.GetValueOrDefault(name, name);
        if (category.Length > 2) throw new ArgumentException($"the property '{name}' is not supported");
        string result = $@"\{_pattern[_at + 1]}{{{category}}}";
        _at = end + 1;
        return result;
    }

    private void Class()
    {
        bool negated = Next(1) == '^';
        _at += negated ? 2 : 1;
        var units = new StringBuilder();
        var pairs = new List<string>();
        while (Next(0) != ']')
        {
            if (_at >= _pattern.Length) throw new ArgumentException("a class is not closed");
            if (ClassSet() is { } set)
            {
                units.Append(set);
                continue;
            }

            int first = ClassPoint(), last = first;
            if (Next(0) == '-' && Next(1) is not (']' or '\0'))
            {
                _at++;
                if (ClassSet() is { } after) units.Append(@"\u002D").Append(after);
                else last = ClassPoint();
            }

            if (last < first) throw new ArgumentException("a range runs backwards");
            if (first <= 0xFFFF) units.Append(Unit(first)).Append('-').Append(Unit(Math.Min(last, 0xFFFF)));
            if (last > 0xFFFF) AddPairs(pairs, Math.Max(first, 0x10000), last);
        }

        _at++;
        string beyond = string.Join('|', pairs);
        _result.Append((negated, units.Length > 0, pairs.Count > 0) switch
        {
            (false, true, false) => $"[{units}]",
            (false, true, true) => $"(?:[{units}]|{beyond})",
            (false, false, true) => $"(?:{beyond})",
            (false, false, false) => "(?!)",
            (true, _, false) => $"(?:{Astral}|[^{units}\\uD800-\\uDFFF])",
            (true, _, true) => $"(?:(?!{beyond}){Astral}|[^{units}\\uD800-\\uDFFF])",
        });
    }

    private string? ClassSet()
    {
        if (Next(0) != '\\') return null;
        if (Next(1) is 'p' or 'P') return Category();
        if (!Sets.TryGetValue(Next(1), out string? set)) return null;
        _at += 2;
        return set;
    }

    private int ClassPoint()
    {
        if (Next(0) != '\\') return CodePoint();
        if (Next(1) != 'b') return EscapedPoint();
        _at += 2;
        return '\b';
    }

    // A range beyond the BMP in surrogates: the rest of the first high one, all between, the begin of the last.
    private static void AddPairs(List<string> pairs, int first, int last)
    {
        (int firstHigh, int firstLow) = (0xD800 + ((first - 0x10000) >> 10), 0xDC00 + ((first - 0x10000) & 0x3FF));
        (int lastHigh, int lastLow) = (0xD800 + ((last - 0x10000) >> 10), 0xDC00 + ((last - 0x10000) & 0x3FF));
        if (firstHigh == lastHigh)
        {
            pairs.Add($"{Unit(firstHigh)}[{Unit(firstLow)}-{Unit(lastLow)}]");
            return;
        }

        pairs.Add($@"{Unit(firstHigh)}[{Unit(firstLow)}-\uDFFF]");
        if (lastHigh - firstHigh > 1) pairs.Add($@"[{Unit(firstHigh + 1)}-{Unit(lastHigh - 1)}][\uDC00-\uDFFF]");
        pairs.Add($@"{Unit(lastHigh)}[\uDC00-{Unit(lastLow)}]");
    }

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $"\\u{unit:X4}");
}
