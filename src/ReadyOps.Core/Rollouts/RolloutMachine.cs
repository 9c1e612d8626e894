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
        var events = new List<RolloutEvent> { new ClockSetBack(state.LastEventAt, now), new RolloutEscalated(reason) };
        if (!keeps) events.Add(new RolloutPaused(PauseCause.Clock, reason));
        return events;
    }

    /// <summary>Decides.</summary>
    /// <param name="definition">The rollout, its shares those that the target can expose.</param>
    /// <param name="state">Where it stands.</param>
    /// <param name="seen">What was seen.</param>
    /// <param name="now">The present; a time before the last event counts as that event's time, so that a clock set back undoes nothing.</param>
    public static RolloutDecision Decide(RolloutDefinition definition, RolloutState state, RolloutObservation seen, DateTimeOffset now)
    {
        if (state.Started is null || state.Ended) return new RolloutDecision([], null, []);
        var turn = new Turn(definition, state, seen, now > state.LastEventAt ? now : state.LastEventAt);
        return turn.Take();
    }

    /// <summary>What each signal says now.</summary>
    public static IReadOnlyList<SignalStatus> Judge(RolloutDefinition definition, RolloutState state, DateTimeOffset now) =>
    [
        .. definition.Signals.Select(signal => SignalJudge.Judge(
            signal, state.Tracks.GetValueOrDefault(signal.Name) ?? NewTrack(state), state.StepStartedAt, IsExposed(state), now)),
    ];

    /// <summary>What is remembered of a signal before its first sample: nothing from before the start.</summary>
    public static SignalTrack NewTrack(RolloutState state) => new() { CollectedUntil = state.StartedAt };

    internal static bool IsExposed(RolloutState state) => state.SharePercent > 0;

    private static bool Same(decimal a, decimal b) => Math.Abs(a - b) <= Tolerance;

    /// <summary>One decision under way: what it emitted so far, and the state after that.</summary>
    private sealed class Turn(RolloutDefinition definition, RolloutState state, RolloutObservation seen, DateTimeOffset now)
    {
        private readonly DateTimeOffset? _lastObserved = state.ObservedAt;
        private readonly List<RolloutEvent> _events = [];
        private readonly HashSet<string> _seenOnce = [];
        private IReadOnlyList<SignalStatus> _signals = [];
        private RolloutState _state = state;
        private ShareIntended? _act;
        private bool _observationMatters;

        private bool NoneFails => _signals.All(signal => signal.Verdict != Verdict.Fail);

        private bool AllPass => _signals.All(signal => signal.Verdict is Verdict.Pass or Verdict.Skipped);

        public RolloutDecision Take()
        {
            ObserveSignals();
            SettleOpenAct();
            if (_state.Phase == RolloutPhase.RollingBack) ContinueRollback();
            else if (!StartRollback() && CanSeeTarget() && !ResolveOpenAct() && !AnswerDrift() && !StayPaused() && !AnswerTrouble()) Progress();

            bool quiet = _events is [SignalsObserved] && !_observationMatters && _lastObserved is { } last && now - last < Checkpoint;
            return new RolloutDecision(quiet ? WhatCannotBeAskedAgain() : _events, _act, _signals);
        }

        /// <summary>
        /// An observation that changed nothing is asked for again instead of being written down at every tick, as far as its
        /// source has a history.
        /// </summary>
        private IReadOnlyList<RolloutEvent> WhatCannotBeAskedAgain()
        {
            SignalObservation[] once = [.. ((SignalsObserved)_events[0]).Signals.Where(signal => _seenOnce.Contains(signal.Signal))];
            return once.Length > 0 ? [new SignalsObserved(once)] : [];
        }

        private void Emit(RolloutEvent happened)
        {
            _events.Add(happened);
            _state = _state.Apply(happened, now);
        }

        private void ObserveSignals()
        {
            var observations = new List<SignalObservation>();
            foreach (SignalDefinition signal in definition.Signals)
            {
                if (!seen.Signals.TryGetValue(signal.Name, out SignalReading? reading)) continue;
                SignalTrack old = _state.Tracks.GetValueOrDefault(signal.Name) ?? NewTrack(_state);
                SignalTrack? oldStable = reading.Stable is null ? null : _state.StableTracks.GetValueOrDefault(signal.Name) ?? NewTrack(_state);
                SignalTrack? stable = oldStable is null ? null
                    : SignalTracker.Advance(signal, oldStable, reading.Stable!, null, _state.StepStartedAt, now);
                SignalTrack track = SignalTracker.Advance(signal, old, reading.Batch,
                    oldStable is null ? null : (oldStable, reading.Stable!), _state.StepStartedAt, now);

                // Known to be no fault of this release alone, until it recovers.
                if (track.Breach is { StableFails: true } && _state.StableFailing.Contains(signal.Name)) track = SignalTracker.Acknowledge(track);

                // On the way back a breach has nothing left to ask for, and one that stayed would keep its signal from ever recovering.
                if (_state.Phase == RolloutPhase.RollingBack) track = SignalTracker.Acknowledge(track);

                SignalStatus status = SignalJudge.Judge(signal, track, _state.StepStartedAt, IsExposed(_state), now);
                observations.Add(SignalObservation.Of(signal, status, old.CollectedUntil, reading.Batch, track, stable));
                if (reading.Batch.SeesOnlyTicks || reading.Stable is { SeesOnlyTicks: true }) _seenOnce.Add(signal.Name);
                _observationMatters |= status.Verdict != _state.Verdicts.GetValueOrDefault(signal.Name, Verdict.Skipped)
                    || status.State != SignalTracker.StateOf(old);
            }

            if (observations.Count > 0) Emit(new SignalsObserved(observations));
            _signals = Judge(definition, _state, now);
        }

        /// <summary>An act that took effect without anybody living to say so is done.</summary>
        private void SettleOpenAct()
        {
            if (_state.OpenAct is not { } act || seen.SharePercent is not { } share) return;

            // Less than the last good share was set by hand, and that is not for a rollback to raise.
            if (!Same(share, act.To) && !(act.Purpose == SharePurpose.Rollback && share < act.To)) return;
            Emit(new ShareSet(act.Act, share, Recovered: true));
            _signals = Judge(definition, _state, now);
        }

        private bool StartRollback()
        {
            if (_state.RollbackAsked is { } asked) return GoBack(RollbackCause.Operator, null, null, asked);

            foreach ((SignalStatus status, SignalBreach breach) in Breaches())
            {
                if (!breach.StableFails) return GoBack(RollbackCause.Breach, status.Signal, breach, status.Reason);
                Emit(new StableFailing(status.Signal, breach));
                const string What = "The stable side fails it too, so rolling back would lead onto something just as broken.";
                if (_state.Phase != RolloutPhase.Paused) Emit(new RolloutPaused(PauseCause.Stable, $"{status.Reason} {What}"));
                Emit(new RolloutEscalated($"{status.Reason} {What}"));
            }

            foreach (SignalStatus status in Overdue(TroubleAction.Rollback))
                return GoBack(RollbackCause.Policy, status.Signal, null, status.Reason);
            return false;
        }

        private IEnumerable<(SignalStatus Status, SignalBreach Breach)> Breaches() => _signals
            .Where(status => status.State == SignalState.Breached)
            .Select(status => (status, _state.Tracks[status.Signal].Breach!))
            .OrderBy(pair => pair.Item2.At)
            .ToArray();

        private bool GoBack(RollbackCause cause, string? signal, SignalBreach? breach, string reason)
        {
            // A rollback never raises the share: one below the last good share, of ours or set by hand, stays where it is.
            decimal to = Math.Min(definition.Rollback.Percent, Math.Min(_state.SharePercent, seen.SharePercent ?? _state.SharePercent));
            Emit(new RollbackStarted(cause, signal, breach, to, reason));
            Intend(SharePurpose.Rollback, 0, to);
            return true;
        }

        private void Intend(SharePurpose purpose, int step, decimal to)
        {
            Emit(new ShareIntended(_state.Acts + 1, purpose, step, seen.SharePercent ?? _state.SharePercent, to));
            _act = _state.OpenAct;
        }

        private void ContinueRollback()
        {
            bool overdue = now - _state.RollbackStartedAt > definition.Rollback.Deadline;
            if (_state.OpenAct is { } open)
            {
                // However long it takes: as long as the share is not back, setting it is the only right thing to do.
                if (overdue) EscalateRollback($"the share could not be set to {Text(open.To)}%: {OpenActProblem}");
                _act = open;
                return;
            }

            if (_state.SharePercent > _state.RollbackPercent + Tolerance)
            {
                // The one that decided to go back did not live to write down its intent.
                Intend(SharePurpose.Rollback, 0, _state.RollbackPercent);
                return;
            }

            if (!NoteTarget())
            {
                if (overdue) EscalateRollback($"the share could not be read back: {seen.TargetError?.TrimEnd('.')}");
                return;
            }

            // Less than the last good share was set by hand, and that is not for a rollback to raise.
            if (seen.SharePercent!.Value > _state.RollbackPercent + Tolerance)
            {
                Emit(new DriftDetected(_state.RollbackPercent, seen.SharePercent.Value));
                Intend(SharePurpose.Rollback, 0, _state.RollbackPercent);
                return;
            }

            SignalStatus? sick = _signals.FirstOrDefault(status => !HasRecovered(status));
            if (now - _state.StepStartedAt >= definition.Rollback.Settle && sick is null)
            {
                Emit(new RolledBack(seen.SharePercent.Value, $"Back at {Text(seen.SharePercent.Value)}%, read back, and every signal recovered."));
            }
            else if (now - _state.StepStartedAt > definition.Rollback.Deadline)
            {
                // The signals have their time from when the share was back, however late that was.
                string reason = $"The share is back at {Text(seen.SharePercent.Value)}%, but the signals did not recover in time: {sick?.Reason ?? "they could not be watched for long enough."}";
                Emit(new RolloutEscalated(reason));
                Emit(new RolloutFailed(reason));
            }
        }

        private void EscalateRollback(string what)
        {
            if (!_state.RollbackEscalated) Emit(new RolloutEscalated($"The rollback is not done after {Quantities.Format(definition.Rollback.Deadline)}: {what}. It goes on trying."));
        }

        /// <summary>
        /// A signal has recovered when it passes. Where the last good share exposes nothing, one that has fallen silent has
        /// recovered too: there is nothing left that it could measure.
        /// </summary>
        private bool HasRecovered(SignalStatus status) =>
            status.Verdict is Verdict.Pass or Verdict.Skipped
            || !definition.Signals.First(signal => signal.Name == status.Signal).Recovers
            || (!IsExposed(_state) && status.Verdict is Verdict.NoData or Verdict.Stale or Verdict.Inconclusive);

        /// <summary>Whether the target could be read; notes when that changes.</summary>
        private bool NoteTarget()
        {
            if (seen.SharePercent is null)
            {
                if (_state.TargetError is null) Emit(new TargetUnreadable(seen.TargetError ?? "it gave no answer"));
                return false;
            }

            if (_state.TargetError is not null) Emit(new TargetReadable());
            return true;
        }

        private bool CanSeeTarget()
        {
            if (NoteTarget()) return true;
            TroublePolicy policy = definition.Policies.Error;
            if (policy.Action != TroubleAction.Hold && _state.Phase != RolloutPhase.Paused && now - _state.TargetErrorSince >= policy.After)
                PauseAndEscalate(PauseCause.Target, $"The target could not be read for {Quantities.Format(policy.After)}: {_state.TargetError}");
            return false;
        }

        /// <summary>An act whose outcome was not what was intended is repeated while it is still right, and given up otherwise.</summary>
        private bool ResolveOpenAct()
        {
            if (_state.OpenAct is not { } act) return false;
            bool paused = _state.Phase == RolloutPhase.Paused;
            bool stillRight = act.Purpose == SharePurpose.Restore
                ? !paused || _state.PausedBy != PauseCause.Operator || act.To <= seen.SharePercent!.Value
                : !paused && (act.To <= _state.SharePercent || (_state.Step == 0 ? NoneFails : AllPass));
            if (stillRight)
            {
                TroublePolicy policy = definition.Policies.Error;
                if (!_state.OpenActEscalated && policy.Action != TroubleAction.Hold && now - _state.OpenActSince >= policy.After)
                    Emit(new RolloutEscalated($"The share could not be set to {Text(act.To)}% for {Quantities.Format(policy.After)}: {OpenActProblem}. It goes on trying."));
                _act = act;
                return true;
            }

            Emit(new ShareAbandoned(act.Act, paused ? "the rollout was paused before it took effect" : "a signal no longer passes"));

            // What went up half-way comes down again; what is lower than ours was not our act and is for a person to judge.
            if (act.Purpose != SharePurpose.Step || seen.SharePercent!.Value <= _state.SharePercent + Tolerance) return false;
            Intend(SharePurpose.Restore, 0, _state.SharePercent);
            return true;
        }

        private string OpenActProblem => _state.OpenActError?.TrimEnd('.') ?? "its outcome is unknown";

        private bool AnswerDrift()
        {
            decimal share = seen.SharePercent!.Value;
            if (Same(share, _state.SharePercent))
            {
                // The same change made again later is news again, and nobody has agreed to undo that one.
                if (_state.Drift is not null) Emit(new DriftGone());
                return false;
            }

            if (_state.DriftToUndo is { } undo && Same(undo, share))
            {
                Intend(SharePurpose.Restore, 0, _state.SharePercent);
                return true;
            }

            if (_state.Drift is not { } known || !Same(known, share))
            {
                decimal expected = _state.SharePercent;
                Emit(new DriftDetected(expected, share));
                string reason = $"The target exposes {Text(share)}% although {Text(expected)}% was set: somebody or something else moved it.";
                if (_state.Phase != RolloutPhase.Paused || _state.PausedBy is not (PauseCause.Operator or PauseCause.Drift))
                    PauseAndEscalate(PauseCause.Drift, reason);
                else
                    Emit(new RolloutEscalated(reason));
            }

            return true;
        }

        private bool StayPaused()
        {
            if (_state.Phase != RolloutPhase.Paused) return false;
            bool recovered = _state.PausedBy switch
            {
                PauseCause.Signal or PauseCause.Stable => AllPass,
                PauseCause.Target => true,
                _ => false,
            };
            if (!recovered) return true;
            Emit(new RolloutResumed(_state.PausedBy == PauseCause.Target ? "The target can be read again." : "Every signal passes again."));
            return false;
        }

        private bool AnswerTrouble()
        {
            if (Overdue(TroubleAction.Pause).FirstOrDefault() is not { } status) return false;
            PauseAndEscalate(PauseCause.Signal, $"{status.Signal} says {status.Verdict} for too long: {status.Reason}");
            return true;
        }

        private IEnumerable<SignalStatus> Overdue(TroubleAction action) => _signals.Where(status =>
            definition.Policies.For(status.Verdict) is { } policy && policy.Action == action && _state.Tracks.TryGetValue(status.Signal, out SignalTrack? track)
            && now - SignalJudge.TroubleSince(status.Verdict, track, _state.StepStartedAt) >= policy.After);

        private void PauseAndEscalate(PauseCause cause, string reason)
        {
            // In this order: dying in between calls a person twice rather than never.
            Emit(new RolloutEscalated(reason));
            Emit(new RolloutPaused(cause, reason));
        }

        private void Progress()
        {
            switch (_state.Phase)
            {
                case RolloutPhase.Pending when NoneFails:
                    Intend(SharePurpose.Step, 1, definition.Steps[0].Percent);
                    break;
                case RolloutPhase.Progressing when _state.Held(now) >= definition.Steps[_state.Step - 1].Hold && AllPass:
                    PassStep();
                    break;
                case RolloutPhase.Baking when _state.Held(now) >= definition.Bake && AllPass:
                    Emit(new RolloutSucceeded());
                    break;
            }
        }

        private void PassStep()
        {
            Emit(new StepPassed(_state.Step, _state.Held(now)));
            if (_state.Step < definition.Steps.Count) Intend(SharePurpose.Step, _state.Step + 1, definition.Steps[_state.Step].Percent);
            else if (definition.Bake > TimeSpan.Zero) Emit(new BakeStarted());
            else Emit(new RolloutSucceeded());
        }

        private static string Text(decimal percent) => percent.ToString("0.###", CultureInfo.InvariantCulture);
    }
}
