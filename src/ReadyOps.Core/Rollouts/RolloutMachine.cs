using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Decides what a rollout does next. Pure, deterministic and total: the same state, observation and time give the same events
/// and at most one act, whatever the state. It never raises a share unless every signal passed since the step began, and it
/// answers a sustained breach in every phase.
/// </summary>
public static class RolloutMachine
{
    /// <summary>Two shares closer than this, in per cent, are the same.</summary>
    public const decimal Tolerance = 0.001m;

    /// <summary>Observations that change nothing are journalled at least this often, so that a restart asks for no more than this again.</summary>
    public static readonly TimeSpan Checkpoint = TimeSpan.FromMinutes(5);

    /// <summary>A clock set back by more than this, since the last event, is told to a person; less is the ordinary correction of a clock.</summary>
    public static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(1);

    /// <summary>
    /// What to journal before anything is looked at when the clock was set back. Nobody can say whether it was wrong before or is
    /// wrong now, so the share stays, the step begins anew, and only a person lets it go on; triggers stay armed.
    /// </summary>
    public static IReadOnlyList<RolloutEvent> NoticeClock(RolloutState state, DateTimeOffset now)
    {
        if (state.Started is null || state.Ended || state.LastEventAt - now <= ClockSlack) return [];
        string reason = $"The clock was set back by {Quantities.Format(TimeSpan.FromSeconds(Math.Round((state.LastEventAt - now).TotalSeconds)))}: what was timed by it cannot be trusted. Check the clock of this machine.";
        bool keeps = state.Phase == RolloutPhase.RollingBack || state is { Phase: RolloutPhase.Paused, PausedBy: PauseCause.Operator or PauseCause.Drift };
        var escalated = new RolloutEscalated(reason, Stuck: false);
        var setBack = new ClockSetBack(state.LastEventAt, now);

        // That the clock was noticed comes last: a process that dies before has noticed nothing, and the next one answers it.
        return keeps ? [escalated, setBack] : [escalated, new RolloutPaused(PauseCause.Clock, reason), setBack];
    }

    /// <summary>
    /// What to journal when the journal does not have a line any more that was confirmed. A person's pause may have been among what is lost,
    /// so only a person lets the rollout go on; triggers stay armed.
    /// </summary>
    public static IReadOnlyList<RolloutEvent> NoticeLoss(RolloutState state, long sequence)
    {
        if (state.Started is null || state.Ended) return [];
        string reason = string.Create(CultureInfo.InvariantCulture,
            $"Event {sequence} of the journal was confirmed and is not there any more: the store was replaced by one that never got it. What was decided since then is forgotten, a pause or a denial too. Compare target and journal with what was meant to be.");
        bool stays = state.Phase == RolloutPhase.RollingBack || state is { Phase: RolloutPhase.Paused, PausedBy: PauseCause.Operator };
        RolloutEscalated call = new(reason, Stuck: false);
        return stays ? [call] : [call, new RolloutPaused(PauseCause.Journal, reason)];
    }

    /// <summary>Decides.</summary>
    /// <param name="definition">The rollout, its shares those that the target can expose.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="seen">What was seen.</param>
    /// <param name="now">The present; a time before the last event counts as that event's time, so that a clock set back undoes nothing.</param>
    public static RolloutDecision Decide(RolloutDefinition definition, RolloutState state, RolloutObservation seen, DateTimeOffset now)
    {
        if (state.Started is null || state.Ended) return new RolloutDecision([], null, []);
        var turn = new RolloutTurn(definition, state, seen, now > state.LastEventAt ? now : state.LastEventAt);
        return turn.Take();
    }

    /// <summary>What each signal says now.</summary>
    public static IReadOnlyList<SignalStatus> Judge(RolloutDefinition definition, RolloutState state, DateTimeOffset now) =>
    [
        .. SignalsOf(definition, state).Select(signal => SignalJudge.Judge(
            signal, state.Tracks.GetValueOrDefault(signal.Name) ?? NewTrack(state), state.StepStartedAt, IsExposed(state, signal), now)),
    ];

    /// <summary>What is remembered of a signal before its first sample: nothing from before the start.</summary>
    public static SignalTrack NewTrack(RolloutState state) => new() { CollectedUntil = state.StartedAt };

    /// <summary>The signals as they are judged now: on the way back nothing starts up, so nothing waits for that.</summary>
    internal static IEnumerable<SignalDefinition> SignalsOf(RolloutDefinition definition, RolloutState state) => state.Phase != RolloutPhase.RollingBack
        ? definition.Signals
        : definition.Signals.Select(signal => signal with { InitialDelay = TimeSpan.Zero, WarmUp = TimeSpan.Zero });

    /// <summary>
    /// A signal has recovered when it passes. Where the last good share exposes nothing, one that has fallen silent has
    /// recovered too: there is nothing left that it could measure.
    /// </summary>
    internal static bool HasRecovered(RolloutDefinition definition, RolloutState state, SignalStatus status) =>
        status.Verdict is Verdict.Pass or Verdict.Skipped
        || !definition.Signals.First(signal => signal.Name == status.Signal).Recovers
        || (!IsExposed(state) && status.Verdict is Verdict.NoData or Verdict.Stale or Verdict.Inconclusive);

    internal static bool IsExposed(RolloutState state) => state.SharePercent > 0 || state.Allowed.Count > 0;

    /// <summary>Whether the share leaves a signal something to measure: a comparison needs traffic on both sides.</summary>
    internal static bool IsExposed(RolloutState state, SignalDefinition signal) => IsExposed(state) && !(signal.NeedsBaseline && state.SharePercent >= 100 - Tolerance);

    internal static bool Same(decimal a, decimal b) => Math.Abs(a - b) <= Tolerance;
}
