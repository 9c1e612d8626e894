using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Http;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>Reads a baseline off its document, captured or not.</summary>
public static class BaselineReader
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly BaselineStatistic[] Usual = [BaselineStatistic.P50, BaselineStatistic.P95];

    /// <summary>Reads it.</summary>
    /// <param name="document">The document.</param>
    /// <param name="asPlan">Whether only what is to be captured counts, and not what was captured before.</param>
    /// <exception cref="DocumentException">Everything that is wrong with it, measurements that were changed since among it.</exception>
    public static BaselineDocument Read(Document document, bool asPlan = false)
    {
        var problems = new ProblemList(document.File);
        var reader = ObjectReader.For(document, problems);
        HttpEndpoint? prometheus = reader.Has("prometheus") ? HttpEndpoint.Read(reader, "prometheus") : null;
        bool byHour = reader.Flag("sameHourOfWeek");
        var baseline = new PerformanceBaseline
        {
            Name = document.Name,
            Description = reader.OptionalText("description") ?? "",
            Release = reader.OptionalText("release") ?? "",
            Span = Span(reader, byHour),
            SameHourOfWeek = byHour,
            TimeZone = TimeZone(reader),
            MinWeeks = reader.Integer("minWeeks", 3, 1, 520),
            Metrics = Metrics(reader, byHour),
        };
        if (asPlan) baseline = baseline with { Metrics = [.. baseline.Metrics.Select(metric => metric with { Values = null, Hours = [] })] };
        else if (reader.Object("captured") is { } captured) baseline = Captured(captured, baseline);
        problems.ThrowIfAny();
        return new BaselineDocument(baseline, prometheus);
    }

    private static TimeSpan Span(ObjectReader reader, bool byHour)
    {
        TimeSpan span = reader.Duration("span", byHour ? TimeSpan.FromDays(28) : TimeSpan.FromHours(1));
        if (span >= TimeSpan.FromSeconds(1)) return span;
        reader.Problem("span", $"{Quantities.Format(span)} is too short", "a duration of at least 1s, such as 1h");
        return TimeSpan.FromHours(1);
    }

    private static string TimeZone(ObjectReader reader)
    {
        string name = reader.OptionalText("timeZone") ?? "UTC";
        if (TimeZones.Find(name) is not null) return name;
        reader.Problem("timeZone", $"this machine knows no time zone '{name}'", TimeZones.Expected);
        return "UTC";
    }

    private static List<BaselineMetric> Metrics(ObjectReader reader, bool byHour)
    {
        Terms usual = Terms.Read(reader, new Terms(byHour ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(15), "10%", ComparisonDirection.Either, Usual, 10));
        List<BaselineMetric> metrics = [.. reader.Objects("metrics").Select(metric => Metric(metric, usual))];
        foreach (IGrouping<string, BaselineMetric> twins in metrics.GroupBy(metric => metric.Name).Where(group => group.Count() > 1))
            reader.Problem("metrics", $"{twins.Count()} metrics are named '{twins.Key}'", "a name of its own for each");
        return metrics;
    }

    private static BaselineMetric Metric(ObjectReader reader, Terms usual)
    {
        Terms terms = Terms.Read(reader, usual);
        Unit unit = reader.Choice("unit", Unit.None);
        if (BaselineTolerance.TryParse(terms.Tolerance, out BaselineTolerance tolerance))
        {
            // '5ms' says what the values are.
            if (!reader.Has("unit") && reader.Has("tolerance")) unit = tolerance.Unit;
            if (!tolerance.Fits(unit)) reader.Problem(reader.Has("tolerance") ? "tolerance" : "name", $"a tolerance of {tolerance.Text} cannot be held against values of unit '{unit.ToString().ToLowerInvariant()}'", "10%, or a distance in the unit of the metric");
        }

        TimeSpan window = reader.Duration("window", TimeSpan.FromMinutes(5));
        if (window < TimeSpan.FromSeconds(1)) reader.Problem("window", $"{Quantities.Format(window)} is too short", "at least 1s");
        var metric = new BaselineMetric
        {
            Name = reader.RequiredText("name"),
            Description = reader.OptionalText("description") ?? "",
            Query = reader.RequiredText("query"),
            Reduce = reader.Has("reduce") ? reader.Choice("reduce", SeriesReducer.Max).ToString().ToLowerInvariant() : "",
            Unit = unit,
            Interval = terms.Interval,
            Window = window,
            Tolerance = terms.Tolerance,
            Direction = terms.Direction,
            Statistics = terms.Statistics,
            MinSamples = terms.MinSamples,
        };
        return reader.Object("measured") is { } measured ? Measured(measured, metric) : metric;
    }

    private static BaselineMetric Measured(ObjectReader reader, BaselineMetric metric) => metric with
    {
        Values = Values(reader),
        Expected = reader.Integer("expected", 0, 0),
        Gaps = reader.Integer("gaps", 0, 0),
        LongestGap = reader.Duration("longestGap", TimeSpan.Zero),
        Empty = reader.Integer("empty", 0, 0),
        Warnings = reader.Texts("warnings"),
        Digest = reader.OptionalText("digest") ?? "",
        Hours = [.. reader.Objects("hours").Select(hour => new BaselineHour { Hour = hour.Integer("hour", 0, 0, 167), Weeks = hour.Integer("weeks", 0, 0), Values = Values(hour) })],
    };

    private static BaselineValues Values(ObjectReader reader) => new()
    {
        N = reader.Integer("n", 0, 0),
        Mean = reader.Number("mean", 0),
        Min = reader.Number("min", 0),
        Max = reader.Number("max", 0),
        P50 = reader.Number("p50", 0),
        P90 = reader.Number("p90", 0),
        P95 = reader.Number("p95", 0),
        P99 = reader.Number("p99", 0),
    };

    private static PerformanceBaseline Captured(ObjectReader reader, PerformanceBaseline plan)
    {
        PerformanceBaseline baseline = plan with
        {
            CapturedBy = reader.RequiredText("by"),
            Host = reader.RequiredText("host"),
            CapturedAt = Moment(reader, "at"),
            Start = Moment(reader, "start"),
            End = Moment(reader, "end"),
            Endpoint = reader.RequiredText("endpoint"),
            PrometheusVersion = reader.OptionalText("version") ?? "",
            PrometheusRevision = reader.OptionalText("revision") ?? "",
            Digest = reader.RequiredText("digest"),
        };

        // Where something is wrong already, that is why; and a place cannot be named better than this.
        string digest = BaselineWriter.DigestOf(baseline);
        if (!reader.Problems.Any && digest != baseline.Digest)
            reader.Problem("digest", $"the measurements are not those that were captured: their digest is {digest[..12]}…", "the measurements and queries as New-PerformanceBaseline wrote them; capture anew to change them");
        return baseline;
    }

    private static DateTimeOffset Moment(ObjectReader reader, string name)
    {
        string text = reader.RequiredText(name);
        string[] formats = ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];
        if (DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)) return time;
        if (reader.Has(name)) reader.Problem(name, $"'{text}' is no moment", "one such as 2026-11-21T10:00:00Z");
        return DateTimeOffset.UnixEpoch;
    }

    /// <summary>What the document says for all of its metrics, and each metric for itself.</summary>
    private sealed record Terms(TimeSpan Interval, string Tolerance, ComparisonDirection Direction, IReadOnlyList<BaselineStatistic> Statistics, int MinSamples)
    {
        public static Terms Read(ObjectReader reader, Terms usual)
        {
            TimeSpan interval = reader.Duration("interval", usual.Interval);
            if (interval < ShortestInterval || interval.Ticks % TimeSpan.TicksPerMillisecond != 0)
            {
                reader.Problem("interval", $"{Quantities.Format(interval)} is no distance of samples", "whole milliseconds, at least 100ms");
                interval = usual.Interval;
            }

            string tolerance = reader.OptionalText("tolerance") ?? usual.Tolerance;
            if (!BaselineTolerance.TryParse(tolerance, out _)) reader.Problem("tolerance", $"this is '{tolerance}'", BaselineTolerance.Expected);
            return new Terms(interval, tolerance, reader.Choice("direction", usual.Direction), ReadStatistics(reader) ?? usual.Statistics, reader.Integer("minSamples", usual.MinSamples, 2, 1_000_000));
        }

        private static BaselineStatistic[]? ReadStatistics(ObjectReader reader)
        {
            if (!reader.Has("statistics")) return null;
            var statistics = new List<BaselineStatistic>();
            foreach (string word in reader.Texts("statistics"))
            {
                BaselineStatistic? known = Enum.GetValues<BaselineStatistic>().Where(one => BaselineFigures.NameOf(one) == word).Select(one => (BaselineStatistic?)one).FirstOrDefault();
                if (known is { } statistic) statistics.Add(statistic);
                else reader.Problem("statistics", $"there is no figure '{word}'", "p50, p90, p95, p99, mean, min or max");
            }

            return [.. statistics.Distinct()];
        }
    }
}
