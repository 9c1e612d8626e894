using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>One decision of <see cref="RolloutMachine"/> under way: what it emitted so far, and the state after that.</summary>
internal sealed partial class RolloutTurn(RolloutDefinition definition, RolloutState state, RolloutObservation seen, DateTimeOffset now)
{
    private readonly DateTimeOffset? _lastObserved = state.ObservedAt;
    private readonly List<RolloutEvent> _events = [];
    private readonly HashSet<string> _seenOnce = [];
    private IReadOnlyList<SignalStatus> _signals = [];
    private RolloutState _state = state;
    private ShareIntended? _act;
    private bool _observationMatters;

    /// <summary>The signals that decide anything.</summary>
    private IEnumerable<SignalStatus> Deciding => _signals.Where(signal => !signal.DryRun);

    private bool NoneFails => Deciding.All(signal => signal.Verdict != Verdict.Fail);

    private bool AllPass => Deciding.All(signal => Passes(signal) || !signal.Critical) && Score >= definition.PassScore;

    /// <summary>The weight of the signals that are not critical and pass, of all of theirs, in per cent. What was not seen has not passed.</summary>
    private decimal Score
    {
        get
        {
            SignalStatus[] weighed = [.. Deciding.Where(signal => !signal.Critical && signal.Verdict != Verdict.Skipped)];
            decimal all = weighed.Sum(signal => signal.Weight);
            return all == 0 ? 100 : 100 * weighed.Where(Passes).Sum(signal => signal.Weight) / all;
        }
    }

    private static bool Passes(SignalStatus signal) => signal.Verdict is Verdict.Pass or Verdict.Skipped;

    public RolloutDecision Take()
    {
        ObserveSignals();
        SettleOpenAct();
        if (_state.Phase != RolloutPhase.RollingBack) NoteSignals();

        // Before anything that may end it: what has ended says nothing more.
        if (definition.Window is not null) RefusePromotion();
        if (_state.Phase == RolloutPhase.RollingBack) ContinueRollback();
        else if (!StartRollback() && !WatchWindow() && CanSeeTarget() && !ResolveOpenAct() && !AnswerDrift() && !Promote() && !StayPaused() && !AnswerTrouble()) Progress();
        RefusePromotion();

        bool quiet = _events is [SignalsObserved] && !_observationMatters && _lastObserved is { } last && now - last < RolloutMachine.Checkpoint;
        return new RolloutDecision(quiet ? WhatCannotBeAskedAgain() : _events, _act, _signals) { Asks = _asks };
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
        foreach (SignalDefinition signal in RolloutMachine.SignalsOf(definition, _state))
        {
            if (!seen.Signals.TryGetValue(signal.Name, out SignalReading? reading)) continue;
            SignalTrack old = _state.Tracks.GetValueOrDefault(signal.Name) ?? RolloutMachine.NewTrack(_state);
            SignalTrack? oldStable = reading.Stable is null ? null : _state.StableTracks.GetValueOrDefault(signal.Name) ?? RolloutMachine.NewTrack(_state);
            SignalTrack? stable = oldStable is null ? null
                : SignalTracker.Advance(signal, oldStable, reading.Stable!, null, _state.StepStartedAt, now);
            SignalTrack track = SignalTracker.Advance(signal, old, reading.Batch,
                oldStable is null ? null : (oldStable, reading.Stable!), _state.StepStartedAt, now);

            // Known to be no fault of this release alone, until it recovers.
            if (track.Breach is { StableFails: true } && _state.StableFailing.Contains(signal.Name)) track = SignalTracker.Acknowledge(track);

            // Answered already, until it passes again.
            if (track.Breach is not null && IsNoted(signal, SignalOutlook.OnBreach(signal))) track = SignalTracker.Acknowledge(track);

            // On the way back a breach has nothing left to ask for, and one that stayed would keep its signal from ever recovering.
            if (_state.Phase == RolloutPhase.RollingBack) track = SignalTracker.Forgive(track);

            SignalStatus status = SignalJudge.Judge(signal, track, _state.StepStartedAt, RolloutMachine.IsExposed(_state, signal), now);
            observations.Add(SignalObservation.Of(signal, status, old, reading.Batch, track, stable, ExpectedFrom(signal)));
            if (reading.Batch.SeesOnlyTicks || reading.Stable is { SeesOnlyTicks: true }) _seenOnce.Add(signal.Name);
            _observationMatters |= status.Verdict != _state.Verdicts.GetValueOrDefault(signal.Name, Verdict.Skipped)
                || status.State != SignalTracker.StateOf(old)
                // When a source failed cannot be asked for again.
                || !Equals(track.Errors, old.Errors);
        }

        if (observations.Count > 0) Emit(new SignalsObserved(observations));
        _signals = RolloutMachine.Judge(definition, _state, now);
    }

    /// <summary>An act that took effect without anybody living to say so is done.</summary>
    private void SettleOpenAct()
    {
        if (_state.OpenAct is not { } act || seen.SharePercent is not { } share) return;

        // Less than the last good share was set by hand, and that is not for a rollback to raise.
        if (!seen.All(act.To, act.Allow) && !(act.Purpose == SharePurpose.Rollback && share <= act.To && seen.Names(act.Allow))) return;
        Emit(new ShareSet(act.Act, share, Recovered: true, Several, act.Allow));
        _signals = RolloutMachine.Judge(definition, _state, now);
    }

    private void Intend(SharePurpose purpose, int step, decimal to, bool forced = false)
    {
        Emit(new ShareIntended(_state.Acts + 1, purpose, step, seen.SharePercent ?? _state.SharePercent, to, forced, _state.Started!.Targets, Allow(purpose, step)));
        _act = _state.OpenAct;
    }

    /// <summary>Whom an act names; <see langword="null"/> where the rollout names nobody, so that what others wrote stays.</summary>
    private IReadOnlyList<string>? Allow(SharePurpose purpose, int step) =>
        !definition.NamesPeople ? null : purpose == SharePurpose.Rollback ? [] : purpose == SharePurpose.Step ? definition.Steps[step - 1].Allow : _state.Allowed;

    /// <summary>Whom the share of the present step comes with.</summary>
    private IReadOnlyList<string>? Named => definition.NamesPeople ? _state.Allowed : null;

    private IReadOnlyList<TargetShare>? Several => seen.Shares.Count > 1 ? seen.Shares : null;

    /// <summary>An act whose outcome was not what was intended is repeated while it is still right, and given up otherwise.</summary>
    private bool ResolveOpenAct()
    {
        if (_state.OpenAct is not { } act) return false;
        bool paused = _state.Phase == RolloutPhase.Paused;
        // A step that lowered at first raises where somebody has lowered it further meanwhile.
        bool raises = act.To > _state.SharePercent || act.To > seen.Lowest!.Value + RolloutMachine.Tolerance || act.Allow?.Except(_state.Allowed).Any() == true;
        bool rises = act.Purpose == SharePurpose.Step && raises && !paused;
        string? hindrance = !rises ? null : act.Forced ? Objection(act.Step) : Hindrance(act.Step, out _);
        if (_asks.Count > 0) return true;
        bool stillRight = act.Purpose == SharePurpose.Restore
            ? !paused || _state.PausedBy != PauseCause.Operator || !GivesToMore(act.To, act.Allow)
            : hindrance is null && !paused && (!raises || act.Forced || (_state.Step == 0 ? NoneFails : AllPass));
        if (stillRight)
        {
            TroublePolicy policy = definition.Policies.Error;
            if (policy.Action != TroubleAction.Hold && now - _state.OpenActSince >= policy.After && IsApart(act)) return ComeDown(act, policy.After);
            if (!_state.OpenActEscalated && policy.Action != TroubleAction.Hold && now - _state.OpenActSince >= policy.After)
                Emit(new RolloutEscalated($"The share could not be set to {Text(act.To)}% for {Quantities.Format(policy.After)}: {OpenActProblem}. It goes on trying."));
            _act = act;
            return true;
        }

        Emit(new ShareAbandoned(act.Act, paused ? "the rollout was paused before it took effect" : hindrance ?? "a signal no longer passes"));

        // What went up half-way comes down again; what is lower than ours was not our act and is for a person to judge.
        bool isUp = seen.SharePercent!.Value > _state.SharePercent + RolloutMachine.Tolerance || (Named is { } named && seen.Allowed?.Except(named).Any() == true);
        bool mayMove = !paused || _state.PausedBy != PauseCause.Operator || !GivesToMore(_state.SharePercent, Named);
        if (act.Purpose != SharePurpose.Step || !isUp || !mayMove) return false;
        Intend(SharePurpose.Restore, 0, _state.SharePercent);
        return true;
    }

    /// <summary>Whether an act would give the release to anybody who was not seen to have it, on any of several targets.</summary>
    private bool GivesToMore(decimal to, IReadOnlyList<string>? allow) => to > seen.Lowest!.Value + RolloutMachine.Tolerance || allow?.Except(seen.Allowed ?? []).Any() == true;

    /// <summary>Whether some of several targets rose and others did not.</summary>
    private bool IsApart(ShareIntended act) =>
        act.Purpose == SharePurpose.Step && seen.Shares.Count > 1 && seen.SharePercent!.Value > _state.SharePercent + RolloutMachine.Tolerance && !seen.All(act.To, act.Allow);

    /// <summary>What did not rise together comes down together, and a person is to find out why.</summary>
    private bool ComeDown(ShareIntended act, TimeSpan after)
    {
        PauseAndEscalate(PauseCause.Apart, $"The targets did not rise to {Text(act.To)}% together within {Quantities.Format(after)}: {OpenActProblem}. They expose {RolloutState.Signature(seen.Shares)}; all go back to {Text(_state.SharePercent)}%.");
        Emit(new ShareAbandoned(act.Act, "the targets did not rise together"));
        Intend(SharePurpose.Restore, 0, _state.SharePercent);
        return true;
    }

    private string OpenActProblem => _state.OpenActError?.TrimEnd('.') ?? "its outcome is unknown";

    private void Progress()
    {
        // A window only watches, and its clock runs by itself.
        if (definition.Window is not null) return;
        switch (_state.Phase)
        {
            case RolloutPhase.Pending when NoneFails && MayEnter(1):
                Intend(SharePurpose.Step, 1, definition.Steps[0].Percent);
                break;
            case RolloutPhase.Progressing when _state.Held(now) >= definition.Steps[_state.Step - 1].Hold && AllPass && MayEnter(_state.Step + 1):
                PassStep();
                break;
            case RolloutPhase.Baking when definition.Window is null && _state.Held(now) >= definition.Bake && AllPass:
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
