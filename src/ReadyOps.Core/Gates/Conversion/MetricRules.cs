using System.Globalization;
using System.Text.RegularExpressions;

namespace ReadyOps.Core.Gates.Conversion;

/// <summary>
/// Understands numbers with a bound: coverage, pass rates, error rates, latencies, uptime. A bound in the direction that no team can
/// mean ("error rate > 5%" as something to reach) is not understood, because it is a slip or a trigger.
/// </summary>
internal static partial class MetricRules
{
    private const string Job = "job=\"${service}\"";
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    private enum Metric
    {
        None,
        Coverage,
        PassRate,
        SuccessRate,
        ErrorRate,
        Uptime,
        Latency,
    }

    /// <summary>The check of a number, or <see langword="null"/>.</summary>
    /// <param name="scope">The item.</param>
    /// <param name="why">Why a person is asked although there is a number; empty when there is nothing to say.</param>
    public static CheckDraft? Find(RuleScope scope, out string why)
    {
        why = "";
        string text = Progress().Replace(scope.Text, "");
        if (Baseline().Match(text) is { Success: true } baseline && Kind(text) == Metric.Latency)
        {
            string centre = string.Concat(baseline.Groups["centre"].Value, UnitOf(baseline.Groups["unit"].Value));
            return Latency(text, $"within {baseline.Groups["share"].Value}% of {centre}", Window(scope));
        }

        string[] parts = [text];
        if (Bounds(text).Count() > 1)
        {
            // Several numbers are understood all together or not at all.
            parts = [.. text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].Split([',', ';']).Select(part => part.Trim())];
            if (parts.Any(part => Bounds(part).Count() != 1)) return null;
        }

        List<CheckDraft> drafts = [];
        foreach (string part in parts)
        {
            if (One(scope, part, out why) is not { } draft) return null;
            drafts.Add(draft with { Name = part });
        }

        return drafts.Count == 1 ? drafts[0] with { Name = "" } : new CheckDraft("group") { Parts = drafts };
    }

    private static CheckDraft? One(RuleScope scope, string text, out string why)
    {
        why = "";
        Metric metric = Kind(text);
        if (metric == Metric.None) return null;
        if (Open().IsMatch(text)) why = "the source leaves the number open";
        if (Bounds(text).ToArray() is not [var bound]) return null;
        (string op, string number, string unit) = bound;
        bool isTime = metric == Metric.Latency;
        if (isTime != unit is "ms" or "s" or "m" && unit != "%") return null;
        if (isTime == (unit == "%") || unit.Length == 0) return null;
        if (scope.IsInverted) op = Opposite(op);
        bool down = metric is Metric.ErrorRate or Metric.Latency;
        if (op[0] == '<' != down)
        {
            why = $"'{op} {number}{unit}' is the direction that nobody means for this";
            return null;
        }

        string written = $"{op} {number}{unit}";
        string window = Window(scope);
        return metric switch
        {
            Metric.Coverage => new CheckDraft("coverage").WithTemplate("path", "${reports}/**/coverage.cobertura.xml").With("bound", written)
                .Guessing("where the coverage reports are", GateVariables.Reports),
            Metric.PassRate => new CheckDraft("tests").WithTemplate("path", "${reports}/**/*.trx").With("bound", written)
                .Guessing("where the test reports are", GateVariables.Reports),
            Metric.ErrorRate => Prometheus($"(sum(rate(http_requests_total{{{Job},code=~\"5..\"}}[{window}])) or vector(0)) / sum(rate(http_requests_total{{{Job}}}[{window}]))", written),
            Metric.SuccessRate => Prometheus($"1 - (sum(rate(http_requests_total{{{Job},code=~\"5..\"}}[{window}])) or vector(0)) / sum(rate(http_requests_total{{{Job}}}[{window}]))", written),
            Metric.Uptime => Prometheus($"min(avg_over_time(up{{{Job}}}[{window}]))", written),
            _ => Latency(text, written, window),
        };
    }

    private static CheckDraft Latency(string text, string bound, string window)
    {
        string quantile = Percentile().Match(text) is { Success: true } p ? "0." + p.Groups["p"].Value.Replace(".", "", StringComparison.Ordinal) : "0.95";
        string query = Mean().IsMatch(text)
            ? $"sum(rate(http_request_duration_seconds_sum{{{Job}}}[{window}])) / sum(rate(http_request_duration_seconds_count{{{Job}}}[{window}]))"
            : $"histogram_quantile({quantile}, sum by (le) (rate(http_request_duration_seconds_bucket{{{Job}}}[{window}])))";
        string which = Mean().IsMatch(text) || Percentile().IsMatch(text) ? "" : ", that the 95th percentile is meant";
        return Prometheus(query, bound, which);
    }

    private static CheckDraft Prometheus(string query, string bound, string also = "") =>
        new CheckDraft("prometheus").WithTemplate("query", query).With("bound", bound)
            .Guessing($"the names of the metrics and their labels{also}", GateVariables.Service, GateVariables.Prometheus);

    private static Metric Kind(string text) =>
        CoverageWord().IsMatch(text) ? Metric.Coverage
        : PassRateWord().IsMatch(text) ? Metric.PassRate
        : ErrorRateWord().IsMatch(text) ? Metric.ErrorRate
        : SuccessRateWord().IsMatch(text) ? Metric.SuccessRate
        : UptimeWord().IsMatch(text) ? Metric.Uptime
        : LatencyWord().IsMatch(text) ? Metric.Latency
        : Metric.None;

    private static IEnumerable<(string Op, string Number, string Unit)> Bounds(string text)
    {
        foreach (Match match in Before().Matches(text)) yield return (OperatorOf(match.Groups["op"].Value), Plain(match), UnitOf(match.Groups["unit"].Value));
        foreach (Match match in After().Matches(Before().Replace(text, "")))
            yield return (match.Groups["less"].Success ? "<=" : ">=", Plain(match), UnitOf(match.Groups["unit"].Value));
    }

    private static string Plain(Match match) => decimal.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private static string OperatorOf(string op) => op.ToLowerInvariant() switch
    {
        ">" or "over" or "above" or "more than" or "exceeds" => ">",
        "<" or "under" or "below" or "less than" => "<",
        ">=" or "≥" or "at least" => ">=",
        _ => "<=",
    };

    private static string Opposite(string op) => op switch
    {
        ">" => "<=",
        ">=" => "<",
        "<" => ">=",
        _ => ">",
    };

    private static string UnitOf(string unit) => unit.ToLowerInvariant() switch
    {
        "" => "",
        "%" => "%",
        "ms" or "millisecond" or "milliseconds" => "ms",
        "m" or "min" or "mins" or "minute" or "minutes" => "m",
        _ => "s",
    };

    // What the item says, else what the sentence above the list says ("After 48 hours …").
    private static string Window(RuleScope scope)
    {
        Match span = Span().Match(scope.Text);
        if (!span.Success) span = Span().Match(scope.Item.Passage.Label);
        return span.Success ? span.Groups["number"].Value + char.ToLowerInvariant(span.Groups["unit"].Value[0]) : "5m";
    }

    private const string Unit = @"(?<unit>%|ms\b|milliseconds?\b|s\b|secs?\b|seconds?\b|m\b|mins?\b|minutes?\b)?";

    [GeneratedRegex(@"(?<op>>=|<=|≥|≤|>|<|\bat least\b|\bat most\b|\bno more than\b|\bmore than\b|\bless than\b|\bover\b|\babove\b|\bexceeds\b|\bunder\b|\bbelow\b)\s*(?<number>\d{1,9}(\.\d{1,9})?)\s*" + Unit, Options)]
    private static partial Regex Before();

    [GeneratedRegex(@"(?<number>\b\d{1,9}(\.\d{1,9})?)\s*" + Unit + @"\s*(?:(?<more>\+|or (higher|more|above|better)\b|minimum\b)|(?<less>or (lower|less|below)\b|maximum\b))", Options)]
    private static partial Regex After();

    [GeneratedRegex(@"\bwithin\s+(?<share>\d{1,3}(\.\d+)?)\s*%\s+of\s+(the\s+)?baseline\s*\(\s*(?<centre>\d{1,9}(\.\d{1,9})?)\s*(?<unit>ms|s)\b", Options)]
    private static partial Regex Baseline();

    [GeneratedRegex(@"\(\s*(\d{1,3}(\.\d+)?\s*%\s*(complete|done)?|not \w+)\s*\)\s*$", Options)]
    private static partial Regex Progress();

    [GeneratedRegex(@"[<>≤≥]=?\s*(\{|\[|_{2,}|x\b|n\b|tbd|\?)", Options)]
    private static partial Regex Open();

    [GeneratedRegex(@"\b(?<number>\d{1,4})\s*-?(?<unit>hours?|h|days?|d|minutes?|mins?|m)\b(?!s)(?<=\b(for|after|over)\s+(the\s+(last|first)\s+)?\d{1,4}\s*-?\w+)", Options)]
    private static partial Regex Span();

    [GeneratedRegex(@"\bp-?(?<p>\d\d(\.\d)?)\b", Options)]
    private static partial Regex Percentile();

    [GeneratedRegex(@"\b(average|avg|mean)\b", Options)]
    private static partial Regex Mean();

    [GeneratedRegex(@"\b((test|code|line|branch|unit)[\w ]{0,20})?coverage\b", Options)]
    private static partial Regex CoverageWord();

    [GeneratedRegex(@"\bpass rates?\b|\btests? (suite )?success rates?\b", Options)]
    private static partial Regex PassRateWord();

    [GeneratedRegex(@"\b(error|failure) rates?\b", Options)]
    private static partial Regex ErrorRateWord();

    [GeneratedRegex(@"\bsuccess rates?\b", Options)]
    private static partial Regex SuccessRateWord();

    [GeneratedRegex(@"\b(uptime|availability)\b", Options)]
    private static partial Regex UptimeWord();

    [GeneratedRegex(@"\b(response times?|latency|latencies|p-?(50|75|9\d(\.\d)?)|performance)\b", Options)]
    private static partial Regex LatencyWord();
}
