using System.Text;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Which series of a metrics page are meant, written as an instant selector of PromQL: <c>name{a="b",c!="d",e=~"f.*",g!~"h"}</c>.
/// A label that a series does not have counts as empty; regular expressions are anchored at both ends.
/// </summary>
public sealed class MetricSelector
{
    private static readonly string[] Operators = ["=~", "!~", "!=", "="];
    private readonly List<(string Label, bool Equal, string Value, Regex? Pattern)> _matchers = [];
    private readonly string _text;
    private int _at;

    private MetricSelector(string text)
    {
        _text = text;
        Name = Word(colons: true);
        SkipSpace();
        if (Take("{")) Matchers();
        SkipSpace();
        if (_at < text.Length) throw new FormatException($"'{text[_at..]}' follows the selector");
        if (Name.Length == 0) throw new FormatException("a metric name is missing");
    }

    /// <summary>Name of the metric.</summary>
    public string Name { get; }

    /// <summary>Reads a selector.</summary>
    /// <exception cref="ReadyOpsException"><c>SelectorInvalid</c></exception>
    public static MetricSelector Parse(string text) => TryParse(text, out MetricSelector? selector, out string problem) ? selector!
        : throw new ReadyOpsException("SelectorInvalid", $"The selector '{text}' cannot be read: {problem}.", $"Write {Expected}.");

    /// <summary>Reads a selector.</summary>
    /// <param name="text">For example <c>http_requests_total{code=~"5.."}</c>.</param>
    /// <param name="selector">The selector, or <see langword="null"/>.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static bool TryParse(string text, out MetricSelector? selector, out string problem)
    {
        try
        {
            selector = new MetricSelector(text);
            problem = "";
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or NotSupportedException)
        {
            selector = null;
            problem = e.Message.TrimEnd('.');
            return false;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => _text;

    /// <summary>What a selector looks like, for a message.</summary>
    internal const string Expected = "a selector such as http_requests_total{job=\"api\",code=~\"5..\"}";

    /// <summary>Whether labels match.</summary>
    internal bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach ((string label, bool equal, string value, Regex? pattern) in _matchers)
        {
            string actual = labels.GetValueOrDefault(label, "");
            bool matches = pattern is null ? actual == value : pattern.IsMatch(actual);
            if (matches != equal) return false;
        }

        return true;
    }

    private void Matchers()
    {
        while (true)
        {
            SkipSpace();
            if (Take("}")) return;
            string label = Word(colons: false);
            if (label.Length == 0) throw new FormatException(_at < _text.Length ? $"'{_text[_at]}' is no label name" : "'}' is missing");
            SkipSpace();
            string op = Operators.FirstOrDefault(Take) ?? throw new FormatException($"label '{label}' needs one of = != =~ !~");
            SkipSpace();
            string value = Quoted(label);
            // Without backtracking, as RE2: what a document says cannot make a tick hang, and means the same as in PromQL.
            Regex? pattern = op[1..] != "~" ? null
                : new Regex($"^(?:{value})\\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
            _matchers.Add((label, op[0] == '=', value, pattern));
            SkipSpace();
            if (!Take(",") && !(_at < _text.Length && _text[_at] == '}')) throw new FormatException("'}' is missing");
        }
    }

    private string Quoted(string label)
    {
        if (_at >= _text.Length || _text[_at] is not ('"' or '\'' or '`')) throw new FormatException($"the value of label '{label}' is not in quotes");
        char quote = _text[_at++];
        var value = new StringBuilder();
        while (_at < _text.Length)
        {
            char c = _text[_at++];
            if (c == quote) return value.ToString();
            if (c != '\\' || quote == '`' || _at == _text.Length)
            {
                value.Append(c);
                continue;
            }

            char escaped = _text[_at++];
            value.Append(escaped switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                '\\' or '"' or '\'' => escaped,
                _ => throw new FormatException($"'\\{escaped}' is no escape; in a regular expression write '\\\\{escaped}'"),
            });
        }

        throw new FormatException($"the value of label '{label}' is not closed");
    }

    private string Word(bool colons)
    {
        SkipSpace();
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetter(_text[_at]) || _text[_at] == '_' || (colons && _text[_at] == ':')
            || (_at > start && char.IsAsciiDigit(_text[_at])))) _at++;
        return _text[start.._at];
    }

    private bool Take(string what)
    {
        if (string.CompareOrdinal(_text, _at, what, 0, what.Length) != 0) return false;
        _at += what.Length;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
    }
}
