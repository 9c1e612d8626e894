using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Slos;

/// <summary>
/// Judges the counts of an objective; pure. With the budget b = 1 − objective: burn rate = (bad ÷ all) ÷ b; spent of the budget in a
/// window w of the period P = burn rate × w ÷ P; left = 1 − burn rate over P. All in decimal, so that 14.4 is 14.4.
/// </summary>
internal static class SloJudge
{
    /// <summary>Judges.</summary>
    /// <param name="slo">The objective.</param>
    /// <param name="time">The moment of the counts.</param>
    /// <param name="inStep">Whether a rollout asks: its windows begin with the step, and the budget of the period is not the step's.</param>
    /// <param name="counts">What each window counted.</param>
    public static SloResult Judge(SloDefinition slo, DateTimeOffset time, bool inStep, IReadOnlyDictionary<TimeSpan, SloCount> counts)
    {
        decimal? left = inStep ? null : 1 - Burn(slo, Of(slo.Window));
        SloBurnRate[] pairs = [.. slo.AllRules.Select(rule => SloPair.Judge(slo, rule, left, Of(rule.Long), Of(rule.Short)))];
        string[] notes = Notes(counts.Values);
        ErrorBudget? budget = inStep ? null : JudgeBudget(slo, time, Of(slo.Window), pairs[0]) with { Notes = notes };
        (Verdict Verdict, string Reason)[] decides = [.. pairs.Where(pair => pair.Decides && pair.Verdict != Verdict.Skipped).Select(pair => (pair.Verdict, pair.Reason)), .. budget is null ? [] : new[] { (budget.Verdict, budget.Reason) }];
        (Verdict verdict, string reason) = decides.OrderBy(one => Observation.Rank(one.Verdict)).FirstOrDefault((Verdict.Inconclusive, pairs[0].Reason));
        if (verdict == Verdict.Pass && budget is not null) reason = $"{budget.Reason} {pairs[0].Reason}";
        bool failsWithout = verdict == Verdict.NoData && slo.NoDataFails;
        return new SloResult
        {
            Verdict = failsWithout ? Verdict.Fail : verdict,
            Name = slo.Name,
            Objective = slo.Objective,
            Window = slo.Window,
            Time = time.ToUniversalTime(),
            Budget = budget,
            BurnRates = pairs,
            Reason = failsWithout ? $"{reason} No data fails here." : reason,
            NextStep = NextStep(slo, verdict, counts.Values),
            Notes = notes,
        };

        SloCount Of(TimeSpan window) => counts.GetValueOrDefault(window) ?? new SloCount(window) { Missing = "the step has only begun" };
    }

    /// <summary>The burn rate of a window, where it can be told.</summary>
    internal static decimal? Burn(SloDefinition slo, SloCount count) => count.Ratio / slo.Budget;

    /// <summary>How long the rest of the budget lasts.</summary>
    internal static TimeSpan? Exhaustion(decimal? left, decimal? burn, TimeSpan period)
    {
        if (left is null || burn is null) return null;
        if (left <= 0) return TimeSpan.Zero;
        if (burn == 0) return null;
        double ticks = (double)left * period.Ticks / (double)burn;
        return ticks <= Quantities.LongestDuration.Ticks ? new TimeSpan((long)ticks) : null;
    }

    /// <summary>Why a window says nothing in favour of the service, or <see langword="null"/> when it does.</summary>
    internal static (Verdict Verdict, string Why)? Doubt(SloDefinition slo, SloCount count, bool over, bool isLong)
    {
        string window = Quantities.Format(count.Window);
        if (count.Error.Length > 0) return (Verdict.Error, $"Over {window}: {count.Error.TrimEnd('.')}.");
        if (count.Missing.Length > 0) return (Verdict.NoData, $"Over {window} {count.Missing.TrimEnd('.')}.");
        if (!count.IsCovered)
            return (Verdict.Inconclusive, $"Insufficient data: the window of {window} reaches back before what Prometheus has, so it says no more than a shorter one ({Seen(count)}).");
        if (isLong && count.Events < slo.MinimumEvents)
            return (Verdict.Inconclusive, $"Over {window} only {Number(count.Events!.Value)} of the {slo.MinimumEvents} events were seen that it takes ({Seen(count)}).");
        if (!over && count.Warnings.Count > 0) return (Verdict.Inconclusive, $"Over {window} Prometheus warns: {Checks.Judge.Cut(count.Warnings[0]).TrimEnd('.')}; what may be partial clears nobody.");
        return null;
    }

    /// <summary>n and how many of them are bad.</summary>
    internal static string Seen(SloCount count) => count.Events is { } events
        ? $"n = {Number(events)}, {Number(count.Bad ?? 0)} bad"
        : $"{Share(count.Ratio ?? 0)} bad, n unknown";

    internal static string Number(decimal value) => decimal.Round(value, value < 100 ? 1 : 0).ToString("#,0.#", CultureInfo.InvariantCulture);

    internal static string Share(decimal value) => Quantities.Format((double)value, Unit.Ratio);

    /// <summary>A burn rate, never rounded to the other side of its factor.</summary>
    internal static string Times(decimal burn, decimal factor)
    {
        string shown = Quantities.Format((double)burn, Unit.None);
        bool same = decimal.TryParse(shown, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal told) && told > factor == burn > factor;
        return (same ? shown : burn.ToString("0.##############", CultureInfo.InvariantCulture)) + "×";
    }

    private static ErrorBudget JudgeBudget(SloDefinition slo, DateTimeOffset time, SloCount count, SloBurnRate fastest)
    {
        decimal? consumed = Burn(slo, count), left = 1 - consumed;
        bool over = left < slo.MinimumBudget;
        (Verdict verdict, string reason) = Doubt(slo, count, over, isLong: true) ?? (over && count.Bad < slo.MinimumErrors
            ? (Verdict.Inconclusive, $"{SloPair.TooFewBad(slo, count)}, so it is not told from chance that {Share(left!.Value)} of the budget is left.")
            : (over ? Verdict.Fail : Verdict.Pass, ""));
        TimeSpan? end = Exhaustion(left, fastest.LongBurnRate, slo.Window);
        if (reason.Length == 0) reason = Left(slo, count, left!.Value, over, end, fastest);
        return new ErrorBudget
        {
            Verdict = verdict,
            Name = slo.Name,
            Objective = slo.Objective,
            Window = slo.Window,
            Time = time.ToUniversalTime(),
            Attained = 1 - count.Ratio,
            Consumed = consumed,
            Minimum = slo.MinimumBudget,
            BurnRate = fastest.LongBurnRate,
            BurnRateWindow = fastest.LongWindow,
            TimeToExhaustion = end,
            Events = count.Events,
            BadEvents = count.Bad,
            Reason = reason,
            NextStep = NextStep(slo, verdict, [count]),
        };
    }

    private static string Left(SloDefinition slo, SloCount count, decimal left, bool over, TimeSpan? end, SloBurnRate fastest)
    {
        string of = $"of the error budget of {Share(slo.Objective)} over {Quantities.Format(slo.Window)} ({Seen(count)})";
        string must = slo.MinimumBudget > 0 || over ? $", and {Share(slo.MinimumBudget)} must be" : "";
        string lasts = end switch
        {
            { } time when time > TimeSpan.Zero => $" At the burn rate of the last {Quantities.Format(fastest.LongWindow)} it lasts {Rough(time)}.",
            { } => " Nothing is left to spend.",
            null => "",
        };
        return $"{Share(left)} {of} is left{must}.{lasts}";
    }

    /// <summary>A time to the second while it is short, then to the minute.</summary>
    internal static string Rough(TimeSpan time)
    {
        TimeSpan unit = time < TimeSpan.FromHours(1) ? TimeSpan.FromSeconds(1) : time < TimeSpan.FromDays(1) ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1);
        return time < unit ? $"less than {Quantities.Format(unit)}" : Quantities.Format(new TimeSpan(time.Ticks - (time.Ticks % unit.Ticks)));
    }

    private static string[] Notes(IEnumerable<SloCount> counts)
    {
        SloCount[] all = [.. counts];
        string[] warnings = [.. all.SelectMany(count => count.Warnings).Distinct().Select(Checks.Judge.Cut)];
        string[] short_ = [.. all.Where(count => !count.IsCovered).OrderBy(count => count.Window).Select(count => Quantities.Format(count.Window))];
        return short_.Length == 0 ? warnings : [.. warnings, $"There is no data from the beginning of the window(s) of {string.Join(", ", short_)}."];
    }

    private static string NextStep(SloDefinition slo, Verdict verdict, IEnumerable<SloCount> counts)
    {
        SloCount[] all = [.. counts];
        SloIndicator indicator = slo.Indicator;
        return verdict switch
        {
            Verdict.NoData when indicator.Bad is { } bad && all.Any(count => count.Missing.Contains("bad events", StringComparison.Ordinal)) =>
                $"Where no errors at all is right, say so with 'absentIsZero' or by '{bad} or vector(0)'; otherwise correct the query.",
            Verdict.NoData when indicator.Good?.Text.Contains("le=~", StringComparison.Ordinal) == true && all.Any(count => count.Missing.Contains("good events", StringComparison.Ordinal)) =>
                "The threshold must be a boundary of the histogram's buckets: look at its 'le'.",
            Verdict.NoData => "See whether the queries name what the service exposes, and whether it has traffic.",
            Verdict.Inconclusive when all.Any(count => !count.IsCovered) =>
                "Wait until Prometheus has data of the whole window, take a shorter 'window', or say 'allowShortHistory' to judge by what there is.",
            Verdict.Error => "See whether Prometheus answers these queries, and over such long windows in time; recording rules make them cheap.",
            _ => "",
        };
    }
}
