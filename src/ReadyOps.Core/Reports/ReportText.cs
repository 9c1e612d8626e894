using System.Globalization;
using System.Text;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Reports;

/// <summary>What reports of every form share: texts from outside made harmless, and values and places in words.</summary>
internal static class ReportText
{
    private const char Replacement = '\uFFFD';

    /// <summary>
    /// A text with what no report may hold replaced: control characters, halves of surrogate pairs and what XML 1.0 forbids, and
    /// the characters that turn the direction of text, by which a name can show as another. Line breaks stay, as <c>\n</c>.
    /// </summary>
    public static string Lines(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                clean.Append(c).Append(text[++i]);
                continue;
            }

            if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n') continue;
            clean.Append(c switch
            {
                '\t' or '\n' => c,
                '\r' or '\u0085' or '\u2028' or '\u2029' => '\n',
                _ => IsHarmful(c) ? Replacement : c,
            });
        }

        return clean.ToString();
    }

    /// <summary>The same on one line, without blanks around it.</summary>
    public static string Line(string text) => Lines(text).Replace('\n', ' ').Replace('\t', ' ').Trim();

    /// <summary>The same, and something to point at when there is nothing else.</summary>
    public static string Name(string text) => Line(text) is { Length: > 0 } name ? name : "(no name)";

    /// <summary>What was seen, in its unit; empty for nothing.</summary>
    public static string Value(Evidence evidence)
    {
        Unit unit = evidence.Unit != Unit.None ? evidence.Unit : evidence.Bound?.Unit ?? Unit.None;
        return evidence.Value switch
        {
            null => "",
            double number => evidence.Bound is { IsText: false } bound ? Judge.Show(number, unit, bound) : Quantities.Format(number, unit),
            int or long or decimal when unit != Unit.None => Quantities.Format(Convert.ToDouble(evidence.Value, CultureInfo.InvariantCulture), unit),
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(evidence.Value, CultureInfo.InvariantCulture) ?? "",
        };
    }

    /// <summary>What was decided, and whether that still holds.</summary>
    public static string Status(GateResult result) => result.StaleSince is { } since ? $"{result.Status}, stale since {Moment(since)}" : result.Status.ToString();

    /// <summary>Until when it holds; empty without an end.</summary>
    public static string ValidUntil(GateResult result) => result.ValidUntil is { } end ? Moment(end) : "";

    /// <summary>The score, and what was needed.</summary>
    public static string Score(GateResult result) => $"{Number(result.Score)} of {Number(result.PassScore)} needed";

    /// <summary>A score or a weight: rounded down, so that what is short of a bound never shows as the bound.</summary>
    public static string Number(double value) => (Math.Floor(value * 100) / 100).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>A moment, in UTC.</summary>
    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>When it was decided, and how long that took.</summary>
    public static string Decided(GateResult result) => $"{Moment(result.Time)} in {Quantities.Format(TimeSpan.FromMilliseconds(Math.Round(result.Duration.TotalMilliseconds)))}";

    /// <summary>How many checks said what, in a sentence without a full stop.</summary>
    public static string Counts(GateResult result)
    {
        IEnumerable<string> counts = result.Evidence.GroupBy(one => one.Verdict).OrderBy(group => group.Key)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {Word(group.Key)}"));
        return string.Join(", ", counts) is { Length: > 0 } text ? text : "none";
    }

    /// <summary>A verdict as people say it.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "passed",
        Verdict.Fail => "failed",
        Verdict.Inconclusive => "inconclusive",
        Verdict.NoData => "without data",
        Verdict.Stale => "stale",
        Verdict.Error => "in error",
        _ => "skipped",
    };

    /// <summary>Where a check is written: the file as seen from the base folder, and its line, or 0.</summary>
    public static (string File, int Line)? Place(string? source, GateReportOptions options)
    {
        if (string.IsNullOrWhiteSpace(source)) return null;
        int colon = source.LastIndexOf(':');
        bool numbered = int.TryParse(source.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int line) && colon > 0 && line > 0;
        string file = numbered ? source[..colon] : source;
        if (options.BaseDirectory is { } folder && Path.IsPathFullyQualified(file)) file = Path.GetRelativePath(folder, file);
        return (file.Replace('\\', '/'), numbered ? line : 0);
    }

    /// <summary>The same in one text; empty for nothing.</summary>
    public static string PlaceText(string? source, GateReportOptions options) => Place(source, options) switch
    {
        null => "",
        ({ } file, 0) => file,
        ({ } file, var line) => string.Create(CultureInfo.InvariantCulture, $"{file}:{line}"),
    };

    private static bool IsHarmful(char c) =>
        char.IsControl(c) || char.IsSurrogate(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFFFE' or '\uFFFF';
}
