using System.Globalization;

namespace ReadyOps.Core.JsonSchemas.Patterns;

/// <summary>
/// Reads a pattern by section 22.2.1 of ECMA-262 with its <c>u</c> flag, lenient where the language without that flag is and nothing can be meant
/// otherwise: needless escapes of punctuation, a single brace or closing bracket, a hyphen beside a class.
/// </summary>
internal sealed class PatternParser
{
    /// <summary>The most characters that a pattern may have.</summary>
    public const int MostLength = 16_384;

    private const int MostDepth = 200;

    private readonly string _pattern;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly List<BackReferenceNode> _references = [];
    private int _at;
    private int _depth;
    private int _groups;

    private PatternParser(string pattern) => _pattern = pattern;

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="ArgumentException">It is none, or too large; the message says where and why, without a full stop.</exception>
    public static PatternNode Parse(string pattern, out bool hasBackReferences)
    {
        var parser = new PatternParser(pattern);
        if (pattern.Length > MostLength) throw new ArgumentException("it has more than 16,384 characters");
        PatternNode node = parser.Choice();
        if (parser._at < pattern.Length) throw parser.Wrong("a closing parenthesis without an opening one");
        parser.Resolve();
        hasBackReferences = parser._references.Count > 0;
        return node;
    }

    private PatternNode Choice()
    {
        if (++_depth > MostDepth) throw Wrong("groups are nested more than 200 deep");
        var options = new List<PatternNode> { Sequence() };
        while (Skip('|')) options.Add(Sequence());
        _depth--;
        return options.Count == 1 ? options[0] : new ChoiceNode(options);
    }

    private PatternNode Sequence()
    {
        var parts = new List<PatternNode>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')')) parts.Add(Term());
        return parts.Count == 1 ? parts[0] : new SequenceNode(parts);
    }

    private PatternNode Term()
    {
        PatternNode atom = Atom();
        if (!Quantifier(out int least, out int most)) return atom;
        if (atom is AnchorNode or LookNode { IsBehind: true }) throw Wrong("there is nothing to repeat");
        bool lazy = Skip('?');
        if (_at < _pattern.Length && (_pattern[_at] is '*' or '+' or '?' || IsCount(_at))) throw Wrong("there is nothing to repeat");
        return new RepeatNode(atom, least, most, lazy);
    }

    private bool Quantifier(out int least, out int most)
    {
        char c = Peek(0);
        (least, most) = (c == '+' ? 1 : 0, c == '?' ? 1 : RepeatNode.NoLimit);
        if (Skip('*') || Skip('+') || Skip('?')) return true;
        if (!IsCount(_at)) return false;
        _at++;
        least = most = Number();
        if (Skip(',')) most = Peek(0) == '}' ? RepeatNode.NoLimit : Number();
        _at++;
        return least <= most ? true : throw Wrong("a count runs backwards");
    }

    // Whether {n}, {n,} or {n,m} stands there; {,m} is an error, since other languages mean something by it.
    private bool IsCount(int at)
    {
        if (at >= _pattern.Length || _pattern[at] != '{') return false;
        int end = _pattern.IndexOf('}', at);
        if (end < 0) return false;
        ReadOnlySpan<char> count = _pattern.AsSpan(at + 1, end - at - 1);
        int comma = count.IndexOf(',');
        ReadOnlySpan<char> least = comma < 0 ? count : count[..comma], most = comma < 0 ? "0" : count[(comma + 1)..];
        if (least.ContainsAnyExceptInRange('0', '9') || most.ContainsAnyExceptInRange('0', '9') || count.IsEmpty) return false;
        return !least.IsEmpty || most.IsEmpty ? !least.IsEmpty : throw Wrong("a count without its lower limit");
    }

    private int Number()
    {
        long value = 0;
        for (; char.IsAsciiDigit(Peek(0)); _at++) value = Math.Min((value * 10) + _pattern[_at] - '0', RepeatNode.NoLimit - 1);
        return (int)value;
    }

    private PatternNode Atom()
    {
        char c = _pattern[_at];
        switch (c)
        {
            case '^' or '$':
                _at++;
                return new AnchorNode(c);
            case '.':
                _at++;
                return new SetNode(PatternSets.Dot);
            case '(':
                return Group();
            case '[':
                return new SetNode(Class());
            case '*' or '+' or '?':
                throw Wrong("there is nothing to repeat");
            case '{' when IsCount(_at):
                throw Wrong("there is nothing to repeat");
            case '\\':
                return Escape();
            default:
                return new SetNode(CodePointSet.Of(Point()));
        }
    }

    private PatternNode Group()
    {
        _at++;
        if (!Skip('?')) return Capture();
        if (Skip(':')) return Close(Choice());
        if (Skip('=')) return new LookNode(Close(Choice()), behind: false, negative: false);
        if (Skip('!')) return new LookNode(Close(Choice()), behind: false, negative: true);
        if (!Skip('<')) throw Wrong($"ECMA-262 has no group '(?{Peek(0)}'");
        if (Skip('=')) return new LookNode(Close(Choice()), behind: true, negative: false);
        if (Skip('!')) return new LookNode(Close(Choice()), behind: true, negative: true);
        if (!_names.TryAdd(Name(), _groups + 1)) throw Wrong("two groups have one name");
        return Capture();
    }

    private CaptureNode Capture()
    {
        int number = ++_groups;
        return new CaptureNode(Close(Choice()), number);
    }

    private PatternNode Close(PatternNode node) => Skip(')') ? node : throw Wrong("a group is not closed");

    private string Name()
    {
        int end = _pattern.IndexOf('>', _at);
        string name = end < 0 ? "" : _pattern[_at..end];
        bool fits = name.Length > 0 && !char.IsDigit(name[0]) && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '$' or '\u200C' or '\u200D' || char.IsSurrogate(c));
        if (!fits) throw Wrong("a group name is missing or no name");
        _at = end + 1;
        return name;
    }

    private PatternNode Escape()
    {
        char c = Peek(1);
        if (c is 'b' or 'B')
        {
            _at += 2;
            return new AnchorNode(c);
        }

        if (c is >= '1' and <= '9')
        {
            _at++;
            return Reference(new BackReferenceNode(Number(), ""));
        }

        if (c == 'k')
        {
            _at += 2;
            if (!Skip('<')) throw Wrong("'\\k' needs the name of a group");
            return Reference(new BackReferenceNode(0, Name()));
        }

        return new SetNode(EscapedSet() ?? CodePointSet.Of(EscapedPoint()));
    }

    private BackReferenceNode Reference(BackReferenceNode node)
    {
        _references.Add(node);
        return node;
    }

    // Groups may be named after they are referred to.
    private void Resolve()
    {
        foreach (BackReferenceNode reference in _references)
        {
            if (reference.Name.Length > 0) reference.Number = _names.TryGetValue(reference.Name, out int number) ? number : throw new ArgumentException($"it has no group named '{reference.Name}'");
            if (reference.Number > _groups) throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"it has no group {reference.Number}"));
        }
    }

    // A class escape such as \d or \p{L}.
    private CodePointSet? EscapedSet()
    {
        char c = Peek(1);
        if (c is 'p' or 'P') return Property(negated: c == 'P');
        CodePointSet? set = PatternSets.Find(c);
        if (set is not null) _at += 2;
        return set;
    }

    private CodePointSet Property(bool negated)
    {
        int end = _pattern.IndexOf('}', _at);
        if (Peek(2) != '{' || end < 0) throw Wrong("a property needs braces");
        string name = _pattern[(_at + 3)..end];
        CodePointSet set = UnicodeProperties.Find(name) ?? throw Wrong($"there is no property '{name}'");
        _at = end + 1;
        return negated ? set.Complement() : set;
    }

    private int EscapedPoint()
    {
        char c = Peek(1);
        _at = Math.Min(_at + 2, _pattern.Length);
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0' when !char.IsAsciiDigit(Peek(0)): return 0;
            case 'c' when char.IsAsciiLetter(Peek(0)): return _pattern[_at++] % 32;
            case 'x': return Hex(2);
            case 'u' when Skip('{'):
                int end = _pattern.IndexOf('}', _at);
                int point = Hex(end - _at);
                _at++;
                return point <= CodePointSet.Last ? point : throw Wrong("there is no such code point");
            case 'u':
                int high = Hex(4);
                if (high is < 0xD800 or > 0xDBFF || Peek(0) != '\\' || Peek(1) != 'u' || Peek(2) == '{') return high;
                int back = _at;
                _at += 2;
                int low = Hex(4);
                if (low is >= 0xDC00 and <= 0xDFFF) return char.ConvertToUtf32((char)high, (char)low);
                _at = back;
                return high;
            case '\0' when _at == _pattern.Length:
                throw Wrong("a backslash ends it");
        }

        if (char.IsAsciiLetterOrDigit(c)) throw Wrong($"ECMA-262 has no escape '\\{c}'");
        _at--;
        return Point();
    }

    private int Hex(int digits)
    {
        // More than six digits are leading zeros at best.
        bool fits = digits > 0 && _at + digits <= _pattern.Length;
        ReadOnlySpan<char> text = fits ? _pattern.AsSpan(_at, digits).TrimStart('0') : "";
        int value = 0;
        if (!fits || text.Length > 6 || (text.Length > 0 && !int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)))
            throw Wrong("an escape without its hexadecimal digits");
        _at += digits;
        return value;
    }

    private CodePointSet Class()
    {
        _at++;
        bool negated = Skip('^');
        var ranges = new List<(int, int)>();
        while (!Skip(']'))
        {
            if (_at >= _pattern.Length) throw Wrong("a class is not closed");
            if (ClassSet(ranges)) continue;
            int first = ClassPoint(), last = first;
            if (Peek(0) == '-' && _at + 1 < _pattern.Length && Peek(1) != ']')
            {
                _at++;
                if (ClassSet(ranges)) ranges.Add(('-', '-'));
                else last = ClassPoint();
            }

            if (last < first) throw Wrong("a range runs backwards");
            ranges.Add((first, last));
        }

        var set = CodePointSet.Of(ranges);
        return negated ? set.Complement() : set;
    }

    private bool ClassSet(List<(int, int)> ranges)
    {
        if (Peek(0) != '\\' || EscapedSet() is not { } set) return false;
        ranges.AddRange(set.Ranges);
        return true;
    }

    private int ClassPoint()
    {
        if (Peek(0) != '\\') return Point();
        if (Peek(1) != 'b') return EscapedPoint();
        _at += 2;
        return '\b';
    }

    private int Point()
    {
        bool pair = _at + 1 < _pattern.Length && char.IsSurrogatePair(_pattern[_at], _pattern[_at + 1]);
        int point = pair ? char.ConvertToUtf32(_pattern[_at], _pattern[_at + 1]) : _pattern[_at];
        _at += pair ? 2 : 1;
        return point;
    }

    private char Peek(int distance) => _at + distance < _pattern.Length ? _pattern[_at + distance] : '\0';

    private bool Skip(char c)
    {
        if (Peek(0) != c || _at >= _pattern.Length) return false;
        _at++;
        return true;
    }

    private ArgumentException Wrong(string why) => new(string.Create(CultureInfo.InvariantCulture, $"{why} (at character {Math.Min(_at, _pattern.Length) + 1})"));
}
