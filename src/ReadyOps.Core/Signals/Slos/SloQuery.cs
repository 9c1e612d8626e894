using System.Text;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.Signals.Slos;

/// <summary>A query of an indicator, with <c>${window}</c> where the window goes.</summary>
public sealed partial record SloQuery
{
    /// <summary>What such a query looks like, for a message.</summary>
    internal const string Expected = "a counter such as http_requests_total{code=~\"5..\"}, or PromQL with ${window} such as sum(rate(http_requests_total[${window}]))";

    private SloQuery(string text, bool isPerSecond)
    {
        Text = text;
        IsPerSecond = isPerSecond;
    }

    /// <summary>PromQL with <c>${window}</c>.</summary>
    public string Text { get; }

    /// <summary>Whether it gives events per second, so that their number is the value times the window.</summary>
    public bool IsPerSecond { get; }

    /// <summary>Reads a query. A plain counter is counted as <c>sum(increase(counter[${window}]))</c>.</summary>
    /// <param name="text">PromQL with <c>${window}</c>, or the selector of a counter.</param>
    /// <param name="counts">Whether it counts events, and not the ratio of two counts.</param>
    /// <param name="query">The query, or <see langword="null"/>.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static bool TryParse(string text, bool counts, out SloQuery? query, out string problem)
    {
        query = null;
        problem = "";
        if (!text.Contains(PrometheusSignalSource.WindowVariable, StringComparison.Ordinal))
        {
            if (counts && MetricSelector.TryParse(text, out _, out _)) query = new SloQuery($"sum(increase({text.Trim()}[{PrometheusSignalSource.WindowVariable}]))", false);
            else problem = counts ? "this is neither a counter nor a query with ${window}" : "${window} is missing, and so it gives the same for every window";
            return query is not null;
        }

        // Over what is in quotes the window cannot range.
        MatchCollection ranges = Ranges().Matches(WithoutTexts(text));
        int perSecond = ranges.Count(range => range.Groups[1].Value is "rate" or "irate");
        if (counts && perSecond > 0 && perSecond < ranges.Count) problem = "it mixes rates with counts, so the number of events cannot be told";
        else query = new SloQuery(text.Trim(), counts && perSecond > 0);
        return query is not null;
    }

    /// <summary>The query for one window.</summary>
    internal string For(TimeSpan window) => Text.Replace(PrometheusSignalSource.WindowVariable, PrometheusSignalSource.Write(window), StringComparison.Ordinal);

    [GeneratedRegex(@"([a-z_]*)\s*\(?\s*[^()\[\]]*\[\s*\$\{window\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Ranges();

    private static string WithoutTexts(string text)
    {
        var kept = new StringBuilder(text.Length);
        for (int at = 0; at < text.Length; at++)
        {
            char quote = text[at];
            kept.Append(quote);
            if (quote is not ('"' or '\'' or '`')) continue;
            for (at++; at < text.Length && text[at] != quote; at++)
                if (text[at] == '\\' && quote != '`') at++;
            if (at < text.Length) kept.Append(quote);
        }

        return kept.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
