using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>One stretch of what is compared: all of it, or what lies in one hour of the week.</summary>
/// <param name="Hour">The hour of the week, or <see langword="null"/>.</param>
/// <param name="Values">Its figures; <see langword="null"/> without a sample.</param>
/// <param name="Expected">How many samples there would be without gaps.</param>
internal sealed record BaselinePart(int? Hour, BaselineValues? Values, int Expected);

/// <summary>What is held against one metric of a baseline.</summary>
internal sealed record BaselineReading
{
    /// <summary>The stretches.</summary>
    public IReadOnlyList<BaselinePart> Parts { get; init; } = [];

    /// <summary>They are from after this moment.</summary>
    public DateTimeOffset Start { get; init; }

    /// <summary>And up to this one.</summary>
    public DateTimeOffset End { get; init; }

    /// <summary>Why it could not be asked; empty when it could.</summary>
    public string Error { get; init; } = "";

    /// <summary>What to do about that.</summary>
    public string NextStep { get; init; } = "";

    /// <summary>Why it may be of a part of the data only.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Holds readings against a baseline; pure.</summary>
internal static class BaselineJudge
{
    /// <summary>Every figure of a metric that is compared.</summary>
    /// <param name="metric">The metric with its baseline.</param>
    /// <param name="minWeeks">In how many weeks an hour must have been seen.</param>
    /// <param name="reading">What it is now.</param>
    public static IEnumerable<BaselineDifference> Judge(BaselineMetric metric, int minWeeks, BaselineReading reading)
    {
        IReadOnlyList<BaselinePart> parts = reading.Parts.Count > 0 ? reading.Parts : [new BaselinePart(null, null, 0)];
        foreach (BaselineStatistic statistic in metric.Statistics)
        {
            int needed = BaselineFigures.Needed(statistic, metric.MinSamples);
            bool anyLongEnough = parts.Any(part => part.Expected >= needed);
            foreach (BaselinePart part in parts)
                yield return One(metric, statistic, minWeeks, reading, part, isEdge: anyLongEnough && part.Expected < needed);
        }
    }

    private static BaselineDifference One(BaselineMetric metric, BaselineStatistic statistic, int minWeeks, BaselineReading reading, BaselinePart part, bool isEdge)
    {
        BaselineHour? hour = part.Hour is { } number ? metric.Hours.FirstOrDefault(one => one.Hour == number) : null;
        BaselineValues? was = part.Hour is null ? metric.Values : hour?.Values;
        string name = part.Hour is { } wanted ? BaselineHour.NameOf(wanted) : "";
        string what = $"{BaselineFigures.NameOf(statistic)} of {metric.Name}{(name.Length > 0 ? $" on {name}" : "")}";
        var difference = new BaselineDifference
        {
            Metric = metric.Name,
            Statistic = statistic,
            Hour = name,
            Unit = metric.Unit,
            Baseline = was?.Of(statistic),
            Current = part.Values?.Of(statistic),
            BaselineN = was?.N ?? 0,
            N = part.Values?.N ?? 0,
            Start = reading.Start,
            End = reading.End,
        };
        int needed = BaselineFigures.Needed(statistic, metric.MinSamples);
        (Verdict Verdict, string Reason, string NextStep)? doubt = Doubt(what, name, needed, minWeeks, hour, was, reading, part, isEdge);
        if (doubt is { } known) return difference with { Verdict = known.Verdict, Reason = known.Reason, NextStep = known.NextStep };
        return Held(difference, metric, what, was!, part.Values!, reading.Warnings);
    }

    /// <summary>Why it says nothing, or <see langword="null"/> when it does.</summary>
    private static (Verdict, string, string)? Doubt(
        string what, string hour, int needed, int minWeeks, BaselineHour? then, BaselineValues? was, BaselineReading reading, BaselinePart part, bool isEdge)
    {
        if (reading.Error.Length > 0) return (Verdict.Error, $"{what} could not be asked for: {reading.Error}", reading.NextStep);
        if (isEdge) return (Verdict.Skipped, $"{what} is left out: the window reaches only {part.Expected} sample(s) into that hour, and it takes {needed}.", "");
        int n = part.Values?.N ?? 0;
        if (n == 0)
            return (Verdict.NoData, part.Expected == 0 ? $"{what} has no samples: there is no moment to ask for yet." : $"{what} has no samples: the query gives none of {part.Expected}.", "See whether the query still names what the service exposes, and whether it has traffic.");
        if (was is null || was.N == 0)
            return (Verdict.Inconclusive, hour.Length > 0 ? $"{what} has nothing to be compared with: the baseline has no samples of {hour}." : $"{what} has nothing to be compared with: it was not captured.", "Capture the baseline anew with New-PerformanceBaseline.");
        if (then is not null && then.Weeks < minWeeks)
            return (Verdict.Inconclusive, $"{what}: the baseline has seen {hour} in {then.Weeks} week(s), and it takes {minWeeks}.", "Capture the baseline over more weeks (-Weeks), or say 'minWeeks'.");
        if (was.N < needed) return (Verdict.Inconclusive, $"{what}: the baseline has {was.N} samples of the {needed} that it takes.", "Capture the baseline over a longer span or with a shorter interval.");
        if (n < needed) return (Verdict.Inconclusive, $"{what}: there are {n} samples of the {needed} that it takes.", "Compare a longer window, or wait until it is full.");
        return 2 * n < part.Expected
            ? (Verdict.Inconclusive, $"{what}: of {part.Expected} moments only {n} have a value, which says too little of the rest.", "See why there are gaps: scrapes that fail, or no traffic.")
            : null;
    }

    private static BaselineDifference Held(BaselineDifference difference, BaselineMetric metric, string what, BaselineValues was, BaselineValues now, IReadOnlyList<string> warnings)
    {
        double before = was.Of(difference.Statistic);
        BaselineTolerance tolerance = BaselineTolerance.TryParse(metric.Tolerance, out BaselineTolerance read) ? read : throw new InvalidOperationException($"'{metric.Tolerance}' was checked.");
        Bound bound = tolerance.Around(before, metric.Unit, metric.Direction);
        Observation judged = Checks.Judge.Number(what, now.Of(difference.Statistic), metric.Unit, bound);
        BaselineDifference held = difference with { Verdict = judged.Verdict, Bound = bound, Margin = judged.Margin };
        string ratio = held.Ratio is { } times ? $"{times.ToString("0.###", CultureInfo.InvariantCulture)}× the baseline" : "the baseline";
        string reason = $"{judged.Reason.TrimEnd('.')}; {ratio} {(held.Ratio is null ? "is" : "of")} {Quantities.Format(before, metric.Unit)} (n = {now.N}, then {was.N}).";
        if (judged.Verdict == Verdict.Fail && before == 0 && tolerance.IsRelative)
            return held with { Reason = reason, NextStep = $"Of a baseline of 0, {tolerance.Text} is 0: where a little may be, say how much in 'tolerance', such as 'abs 0.001'." };
        string warning = warnings.Concat(metric.Warnings).FirstOrDefault("");
        return judged.Verdict == Verdict.Pass && warning.Length > 0
            ? held with { Verdict = Verdict.Inconclusive, Reason = $"{reason} But Prometheus warned: {Checks.Judge.Cut(warning).TrimEnd('.')}; what may be partial clears nobody." }
            : held with { Reason = reason };
    }

    /// <summary>All of it in one.</summary>
    public static BaselineComparison Sum(PerformanceBaseline baseline, IReadOnlyList<BaselineDifference> differences, DateTimeOffset start, DateTimeOffset end, IReadOnlyList<string> notes)
    {
        BaselineDifference[] decide = [.. differences.Where(one => one.Verdict != Verdict.Skipped)];
        BaselineDifference? worst = decide.OrderBy(one => Observation.Rank(one.Verdict)).FirstOrDefault();
        Verdict verdict = worst?.Verdict ?? Verdict.Inconclusive;
        int metrics = decide.Select(one => one.Metric).Distinct().Count(), off = decide.Where(one => one.Verdict == verdict).Select(one => one.Metric).Distinct().Count();
        string of = $"baseline '{baseline.Name}'{(baseline.CapturedAt is { } at ? string.Create(CultureInfo.InvariantCulture, $" of {at.UtcDateTime:yyyy-MM-dd HH:mm}Z") : "")}";
        return new BaselineComparison
        {
            Verdict = verdict,
            Baseline = baseline.Name,
            Path = baseline.Path,
            Release = baseline.Release,
            CapturedAt = baseline.CapturedAt,
            Start = start,
            End = end,
            Metrics = differences,
            Notes = notes,
            NextStep = worst?.NextStep ?? "",
            Reason = (verdict, worst) switch
            {
                (_, null) => $"There is nothing to compare with {of}.",
                (Verdict.Pass, _) => $"{metrics} metric(s) are as in {of}; nearest to its bound: {Nearest(decide).Reason}",
                (Verdict.Fail, _) => $"{off} of {metrics} metric(s) differ from {of}: {worst.Reason}",
                _ => $"{off} of {metrics} metric(s) cannot be compared with {of}: {worst.Reason}",
            },
        };
    }

    private static BaselineDifference Nearest(BaselineDifference[] all) =>
        all.OrderBy(one => one is { Margin: { } margin, Baseline: { } was } && was != 0 ? margin / Math.Abs(was) : double.MaxValue).First();
}
