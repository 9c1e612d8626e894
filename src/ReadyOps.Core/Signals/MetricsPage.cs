using System.Globalization;
using System.Text;

namespace ReadyOps.Core.Signals;

/// <summary>One sample of a metrics page.</summary>
/// <param name="Name">Name of the metric.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Value">Its value.</param>
/// <param name="Key">The series as one text, the same whatever the order of its labels.</param>
internal sealed record ScrapedSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value, string Key);

/// <summary>
/// Reads the text exposition format 0.0.4 and, as far as samples go, OpenMetrics 1.0
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). Types, help, timestamps and exemplars are passed over.
/// </summary>
internal static class MetricsPage
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The samples of a page, in its order.</summary>
    /// <exception cref="ReadyOpsException"><c>MetricsUnreadable</c>: names the line.</exception>
    public static IReadOnlyList<ScrapedSample> Parse(ReadOnlySpan<byte> utf8)
    {
        string text;
        try
        {
            text = Utf8.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw Unreadable(0, "the page is not UTF-8");
        }

        var samples = new List<ScrapedSample>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int number = 0;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            // Only a line feed ends a line: label values may hold what else Unicode calls a line break.
            int end = rest.IndexOf('\n');
            ReadOnlySpan<char> line = (end < 0 ? rest : rest[..end]).Trim(" \t\r");
            rest = end < 0 ? [] : rest[(end + 1)..];
            number++;
            if (line is "# EOF") break;
            if (line.IsEmpty || line[0] == '#') continue;
            var cursor = new Cursor(line, number);
            ScrapedSample sample = cursor.Sample();
            if (!seen.Add(sample.Key)) throw Unreadable(number, $"{MetricSeries.Write(sample.Name, sample.Labels)} stands there twice");
            samples.Add(sample);
        }

        return samples;
    }

    private static ReadyOpsException Unreadable(int line, string why) => new("MetricsUnreadable",
        line > 0 ? string.Create(CultureInfo.InvariantCulture, $"Line {line} of the metrics page cannot be read: {why}.") : $"The metrics page cannot be read: {why}.",
        "Check that the URL gives metrics in the text format of Prometheus.");

    private ref struct Cursor(ReadOnlySpan<char> line, int number)
    {
        private readonly ReadOnlySpan<char> _line = line;
        private int _at;

        public ScrapedSample Sample()
        {
            string name = _line[0] == '{' ? "" : Word("a metric name", colons: true);
            var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
            SkipSpace();
            if (Take('{')) name = Labels(labels, name);
            if (name.Length == 0) throw Wrong("the metric has no name");
            SkipSpace();
            if (!PrometheusReader.TryNumber(Token(), out double value)) throw Wrong("the value is no number");
            SkipSpace();
            bool exemplar = _at < _line.Length && _line[_at] == '#';
            if (_at < _line.Length && !exemplar && !PrometheusReader.TryNumber(Token(), out _)) throw Wrong("the timestamp is no number");
            SkipSpace();
            if (_at < _line.Length && _line[_at] != '#') throw Wrong("something follows the timestamp");
            return new ScrapedSample(name, labels, value, MetricSeries.Write(name, labels));
        }

        /// <summary>Reads up to the closing brace; a quoted text without a value is the name, as names beyond ASCII are written.</summary>
        private string Labels(SortedDictionary<string, string> labels, string name)
        {
            while (true)
            {
                SkipSpace();
                if (Take('}')) return name;
                bool quoted = _at < _line.Length && _line[_at] == '"';
                string label = quoted ? Quoted() : Word("a label name", colons: false);
                SkipSpace();
                if (Take('='))
                {
                    SkipSpace();
                    if (_at >= _line.Length || _line[_at] != '"') throw Wrong($"the value of label '{Shorten(label)}' is not in quotes");
                    if (!labels.TryAdd(label, Quoted())) throw Wrong($"label '{Shorten(label)}' stands there twice");
                }
                else if (quoted && name.Length == 0) name = label;
                else throw Wrong($"label '{Shorten(label)}' has no value");

                SkipSpace();
                if (!Take(',') && !(_at < _line.Length && _line[_at] == '}')) throw Wrong("the labels are not closed");
            }
        }

        private string Word(string what, bool colons)
        {
            int start = _at;
            while (_at < _line.Length && (char.IsAsciiLetterOrDigit(_line[_at]) || _line[_at] == '_' || (colons && _line[_at] == ':'))) _at++;
            if (start == _at || char.IsAsciiDigit(_line[start])) throw Wrong($"'{Shorten(_line[start..].ToString())}' does not begin with {what}");
            return _line[start.._at].ToString();
        }

        private string Quoted()
        {
            var value = new StringBuilder();
            for (_at++; _at < _line.Length; _at++)
            {
                char c = _line[_at];
                if (c == '"')
                {
                    _at++;
                    return value.ToString();
                }

                char next = _at + 1 < _line.Length ? _line[_at + 1] : '\0';
                if (c == '\\' && next is '\\' or '"' or 'n')
                {
                    value.Append(next == 'n' ? '\n' : next);
                    _at++;
                }
                else
                {
                    value.Append(c);
                }
            }

            throw Wrong("a quote is not closed");
        }

        private ReadOnlySpan<char> Token()
        {
            int start = _at;
            while (_at < _line.Length && _line[_at] is not (' ' or '\t')) _at++;
            return _line[start.._at];
        }

        private bool Take(char c)
        {
            if (_at >= _line.Length || _line[_at] != c) return false;
            _at++;
            return true;
        }

        private void SkipSpace()
        {
            while (_at < _line.Length && _line[_at] is ' ' or '\t') _at++;
        }

        private readonly ReadyOpsException Wrong(string why) => Unreadable(number, why);
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
