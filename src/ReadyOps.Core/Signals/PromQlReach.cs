using System.Globalization;

namespace ReadyOps.Core.Signals;

/// <summary>
/// Finds how far a query looks back: the longest sum of range, subquery and offset around any selector. Only the tokens are
/// read, not the grammar: a query that Prometheus accepts gives the right length, and one it refuses will be refused there.
/// </summary>
internal static class PromQlReach
{
    /// <summary>How far the query looks back; zero when every selector is instant.</summary>
    /// <exception cref="ReadyOpsException"><c>QueryReachUnknown</c>: a range or an <c>@</c> whose reach cannot be told.</exception>
    public static TimeSpan Of(string query) => new Scanner(query).Scan();

    private ref struct Scanner(string text)
    {
        private readonly Stack<TimeSpan> _outer = new();
        private int _at;

        /// <summary>Reach of the expression that ends here: what a range, a subquery or an offset adds to.</summary>
        private TimeSpan _last;

        /// <summary>Longest reach since the innermost open parenthesis.</summary>
        private TimeSpan _longest;

        public TimeSpan Scan()
        {
            while (_at < text.Length)
            {
                char c = text[_at];
                if (c is '"' or '\'' or '`') SkipString(c);
                else if (c == '#') SkipTo('\n');
                else if (c == '{') SkipBraces();
                else if (c == '[') Extend(Bracket());
                else if (c == '(') Open();
                else if (c == ')') Close();
                else if (c == '@') SkipPin();
                else if (char.IsAsciiLetterOrDigit(c) || c is '_' or ':' or '.') Word();
                else Skip(c);
            }

            while (_outer.Count > 0) Close();
            return _longest;
        }

        private void Open()
        {
            _at++;
            _outer.Push(_longest);
            _last = _longest = TimeSpan.Zero;
        }

        private void Close()
        {
            _at++;
            _last = _longest;
            if (_outer.TryPop(out TimeSpan before) && before > _longest) _longest = before;
        }

        private void Extend(TimeSpan by)
        {
            _last += by;
            if (_last > _longest) _longest = _last;
        }

        private void Skip(char c)
        {
            _at++;
            if (!char.IsWhiteSpace(c)) _last = TimeSpan.Zero;
        }

        private void Word()
        {
            int start = _at;
            while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or ':' or '.')) _at++;
            if (!text.AsSpan(start, _at - start).Equals("offset", StringComparison.OrdinalIgnoreCase))
            {
                // Another expression begins; nothing that follows belongs to the one before. Grouping words stand before a parenthesis.
                _last = TimeSpan.Zero;
                return;
            }

            SkipSpace();
            int sign = _at;
            if (_at < text.Length && text[_at] is '-' or '+') _at++;
            SkipSpace();
            int number = _at;
            while (_at < text.Length && char.IsAsciiLetterOrDigit(text[_at])) _at++;
            if (number == _at) return;
            TimeSpan offset = Duration(text[number.._at]);
            Extend(text[sign] == '-' ? -offset : offset);
        }

        private TimeSpan Bracket()
        {
            int start = ++_at;
            SkipTo(']');
            string inside = text[start..Math.Min(_at, text.Length)];
            _at++;
            return Duration(inside.Split(':')[0].Trim());
        }

        private void SkipPin()
        {
            _at++;
            SkipSpace();
            if (_at < text.Length && char.IsAsciiLetter(text[_at])) throw Unknown("'@ start()' and '@ end()' make a value depend on when it is asked");
            while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] is '.' or '-' or '+')) _at++;
        }

        private void SkipBraces()
        {
            for (_at++; _at < text.Length && text[_at] != '}';)
            {
                if (text[_at] is '"' or '\'' or '`') SkipString(text[_at]);
                else _at++;
            }

            _at++;
        }

        private void SkipString(char quote)
        {
            for (_at++; _at < text.Length && text[_at] != quote; _at++)
                if (text[_at] == '\\' && quote != '`') _at++;
            _at++;
        }

        private void SkipTo(char c)
        {
            while (_at < text.Length && text[_at] != c) _at++;
        }

        private void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        }

        /// <summary>A duration as PromQL writes it: 1h30m, or seconds as a plain number (3.x).</summary>
        private readonly TimeSpan Duration(string written)
        {
            if (double.TryParse(written, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < MaxSeconds)
                return TimeSpan.FromSeconds(seconds);

            double total = 0;
            int at = 0;
            while (at < written.Length)
            {
                int digits = at;
                while (at < written.Length && char.IsAsciiDigit(written[at])) at++;
                int unit = at;
                while (at < written.Length && char.IsAsciiLetter(written[at])) at++;
                double factor = written[unit..at] switch
                {
                    "ms" => 0.001,
                    "s" => 1,
                    "m" => 60,
                    "h" => 3600,
                    "d" => 86_400,
                    "w" => 7 * 86_400,
                    "y" => 365 * 86_400,
                    _ => double.NaN,
                };
                if (!double.TryParse(written.AsSpan(digits, unit - digits), NumberStyles.None, CultureInfo.InvariantCulture, out double count)) break;
                total += count * factor;
            }

            return at == written.Length && at > 0 && total < MaxSeconds ? TimeSpan.FromSeconds(total) : throw Unknown($"'{written}' is not a duration such as 5m or 1h30m");
        }

        private const double MaxSeconds = 100L * 365 * 86_400;

        private readonly ReadyOpsException Unknown(string why) => new("QueryReachUnknown",
            $"How far the query looks back cannot be told, so it could judge this release by the one before: {why}. The query is: {text}",
            "Write ranges as plain durations, or as [${window}].");
    }
}
