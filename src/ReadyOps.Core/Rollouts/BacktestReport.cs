using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>Gathers what happened in a run and says what it comes to.</summary>
internal sealed class BacktestReport(string rollout, BacktestVariant variant, BacktestHistory history, BacktestOptions options)
{
    private readonly List<BacktestEntry> _timeline = [];
    private decimal _share;

    /// <summary>Notes an event.</summary>
    public void Note(DateTimeOffset at, RolloutEvent happened)
    {
        if (happened is ShareSet set) _share = set.Percent;
        SignalBreachOf(happened, out string? signal, out DateTimeOffset? since, out DateTimeOffset? breached);
        _timeline.Add(new BacktestEntry
        {
            At = at,
            Event = happened.GetType().Name,
            Signal = signal,
            FirstBadSample = since,
            BreachedAt = breached,
            SharePercent = _share,
            Reason = RolloutEngine.Tell(happened) is { Length: > 0 } text ? char.ToUpperInvariant(text[0]) + text[1..] : "",
        });
    }

    /// <summary>What it comes to.</summary>
    /// <param name="state">Where the rollout stands at the end.</param>
    /// <param name="end">When that is.</param>
    public BacktestResult Result(RolloutState state, DateTimeOffset end)
    {
        BacktestEntry[] alarms = [.. _timeline.Where(entry => entry.Event == nameof(RollbackStarted))];
        BacktestEntry[] pauses = [.. _timeline.Where(entry => entry.Event == nameof(RolloutPaused))];
        BacktestEntry? alarm = options.IncidentAt is { } incident ? alarms.FirstOrDefault(entry => entry.At >= incident) : alarms.FirstOrDefault();
        // Without an alarm since the incident, the rollout was still taken back, too early.
        BacktestEntry? rollback = alarm ?? (options.Watch ? null : alarms.FirstOrDefault());
        int? early = options.IncidentAt is { } from ? alarms.Count(entry => entry.At < from) : options.Watch ? alarms.Length : null;
        BacktestOutcome outcome = OutcomeOf(state, alarms.Length);
        return new BacktestResult
        {
            Rollout = rollout,
            Variant = variant.Name,
            Settings = variant.Settings,
            IsWatch = options.Watch,
            Start = history.Start,
            End = end,
            Outcome = outcome,
            PausedAt = pauses.FirstOrDefault()?.At,
            RolledBackAt = rollback?.At,
            Signal = rollback?.Signal,
            FirstBadSample = rollback?.FirstBadSample,
            BreachedAt = rollback?.BreachedAt,
            Delay = alarm is null ? null : alarm.At - (options.IncidentAt ?? alarm.FirstBadSample ?? alarm.At),
            Alarms = alarms.Length,
            FalseAlarms = early,
            Pauses = pauses.Length,
            Reason = Reason(outcome, state, rollback, end),
            Timeline = _timeline,
            Samples = history.Samples,
            Warnings = [.. history.Warnings, .. options.Watch ? [] : Assumed()],
        };
    }

    /// <summary>What was taken for granted, as history does not tell it.</summary>
    private IEnumerable<string> Assumed()
    {
        string[] before = [.. variant.Definition.Steps.SelectMany(step => step.Before).Select(check => check.Name).Distinct(StringComparer.Ordinal)];
        if (before.Length > 0) yield return $"What is asked before steps has no history, and is taken to pass at once: {string.Join(", ", before)}.";
        if (variant.Definition.NamesPeople) yield return "Steps for named people are played as time at the share that goes before them.";
    }

    private BacktestOutcome OutcomeOf(RolloutState state, int alarms) =>
        options.Watch ? alarms > 0 ? BacktestOutcome.Alarmed : BacktestOutcome.Quiet
        : alarms > 0 ? BacktestOutcome.RolledBack
        : state.Phase switch
        {
            RolloutPhase.Succeeded => BacktestOutcome.Succeeded,
            RolloutPhase.Paused => BacktestOutcome.Paused,
            _ => BacktestOutcome.Unfinished,
        };

    private string Reason(BacktestOutcome outcome, RolloutState state, BacktestEntry? rollback, DateTimeOffset end)
    {
        string text = outcome switch
        {
            BacktestOutcome.Quiet => string.Create(CultureInfo.InvariantCulture, $"No alarm in {Quantities.Format(Whole(end - history.Start))}."),
            BacktestOutcome.Unfinished => string.Create(CultureInfo.InvariantCulture, $"The history ends at {end.UtcDateTime:u} in step {state.Step} at {state.SharePercent:0.###}%."),
            BacktestOutcome.Alarmed or BacktestOutcome.RolledBack when rollback is not null => rollback.Reason,
            BacktestOutcome.Alarmed => "It alarmed before the incident only.",
            _ => state.Reason,
        };
        bool missed = options.IncidentAt is { } incident && !(rollback?.At >= incident);
        return missed ? $"{text} The incident at {options.IncidentAt!.Value.UtcDateTime:u} was not found." : text;
    }

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));

    private static void SignalBreachOf(RolloutEvent happened, out string? signal, out DateTimeOffset? since, out DateTimeOffset? breached)
    {
        (signal, Signals.SignalBreach? breach) = happened switch
        {
            RollbackStarted e => (e.Signal, e.Breach),
            StableFailing e => (e.Signal, e.Breach),
            _ => (null, null),
        };
        (since, breached) = (breach?.Since, breach?.At);
    }
}
