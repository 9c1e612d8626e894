using System.Globalization;

namespace ReadyOps.Core.Signals.Slos;

/// <summary>
/// How it is told which events are bad: bad of all, all less good, or the ratio of both. Made by one of the methods; what cannot be
/// used throws <c>SloInvalid</c>.
/// </summary>
public sealed record SloIndicator
{
    private SloIndicator()
    {
    }

    /// <summary>Counts bad events, or <see langword="null"/>.</summary>
    public SloQuery? Bad { get; private init; }

    /// <summary>Counts good events, or <see langword="null"/>.</summary>
    public SloQuery? Good { get; private init; }

    /// <summary>Counts all events; <see langword="null"/> only beside a ratio.</summary>
    public SloQuery? Total { get; private init; }

    /// <summary>The share of bad events, 0–1, or <see langword="null"/>.</summary>
    public SloQuery? Ratio { get; private init; }

    /// <summary>Bad events of all.</summary>
    public static SloIndicator OfErrors(string errors, string total) => new() { Bad = Parse("errors", errors), Total = Parse("total", total) };

    /// <summary>All events less the good ones.</summary>
    public static SloIndicator OfGood(string good, string total) => new() { Good = Parse("good", good), Total = Parse("total", total) };

    /// <summary>A ratio of bad events, from a recording rule for example. Only <paramref name="total"/> can say how many events there are.</summary>
    public static SloIndicator OfRatio(string ratio, string? total) =>
        new() { Ratio = Parse("ratio", ratio, counts: false), Total = total is null ? null : Parse("total", total) };

    /// <summary>Requests that took no longer than a threshold, by a classic histogram.</summary>
    /// <param name="histogram">The histogram without <c>_bucket</c>, with or without label matchers.</param>
    /// <param name="threshold">A boundary of its buckets: in seconds by a unit (<c>300ms</c>), in the histogram's own unit without one.</param>
    public static SloIndicator OfLatency(string histogram, string threshold)
    {
        if (!Documents.Quantities.TryParseNumber(threshold, out double limit, out Unit unit) || unit is not (Unit.None or Unit.Seconds) || limit <= 0 || limit > 1e15)
            throw Invalid("threshold", $"'{threshold}' is no latency", "a boundary of the histogram's buckets such as 300ms");
        string text = histogram.Trim();
        if (!MetricSelector.TryParse(text, out MetricSelector? selector, out string problem))
            throw Invalid("histogram", problem, "a histogram such as http_request_duration_seconds{job=\"api\"}");
        string name = selector!.Name;
        foreach (string suffix in new[] { "_bucket", "_count", "_sum" })
            if (name.EndsWith(suffix, StringComparison.Ordinal)) name = name[..^suffix.Length];
        int brace = text.IndexOf('{', StringComparison.Ordinal);
        string labels = brace < 0 ? "" : text[(brace + 1)..text.LastIndexOf('}')].Trim().TrimEnd(',');
        string bucket = $"{name}_bucket{{{labels}{(labels.Length > 0 ? "," : "")}le=~\"{Boundary(limit)}\"}}";
        return OfGood(bucket, labels.Length > 0 ? $"{name}_count{{{labels}}}" : $"{name}_count");
    }

    // Client libraries write one boundary in several ways: 1 and 1.0, 0.00005 and 5e-05.
    private static string Boundary(double limit)
    {
        string plain = ((decimal)limit).ToString("0.##############################", CultureInfo.InvariantCulture);
        string shortest = limit.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        string whole = plain.Contains('.', StringComparison.Ordinal) ? "" : @"(\\.0)?";
        string other = shortest == plain ? "" : "|" + shortest.Replace(".", @"\\.", StringComparison.Ordinal).Replace("+", @"\\+", StringComparison.Ordinal);
        return plain.Replace(".", @"\\.", StringComparison.Ordinal) + whole + other;
    }

    private static SloQuery Parse(string member, string text, bool counts = true) => SloQuery.TryParse(text, counts, out SloQuery? query, out string problem) ? query!
        : throw Invalid(member, $"{problem}: {text}", counts ? SloQuery.Expected : "PromQL with ${window}");

    private static SloException Invalid(string member, string problem, string expected) => new(member, problem, expected);
}
