using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>The part that answers what is neither good nor a breach: a target that cannot be read or was moved, signals without a verdict, pauses.</summary>
internal sealed partial class RolloutTurn
{
    private bool CanSeeTarget()
    {
        if (NoteTarget()) return true;
        TroublePolicy policy = definition.Policies.Error;
        if (policy.Action != TroubleAction.Hold && _state.Phase != RolloutPhase.Paused && now - _state.TargetErrorSince >= policy.After)
            PauseAndEscalate(PauseCause.Target, $"The target could not be read for {Quantities.Format(policy.After)}: {_state.TargetError}");
        return false;
    }

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

    private bool AnswerDrift()
    {
        // Of several targets, one that is not where it should be.
        decimal share = RolloutMachine.Same(seen.SharePercent!.Value, _state.SharePercent) ? seen.Lowest!.Value : seen.SharePercent.Value;
        string? shares = RolloutState.Signature(Several, definition.NamesPeople ? seen.Allowed : null);
        if (seen.All(_state.SharePercent, Named))
        {
            // The same change made again later is news again, and nobody has agreed to undo that one.
            if (_state.Drift is not null) Emit(new DriftGone());
            return false;
        }

        if (_state.DriftToUndo is { } undo && RolloutMachine.Same(undo, share) && _state.DriftToUndoShares == shares)
        {
            Intend(SharePurpose.Restore, 0, _state.SharePercent);
            return true;
        }

        if (_state.Drift is not { } known || !RolloutMachine.Same(known, share) || _state.DriftShares != shares)
        {
            decimal expected = _state.SharePercent;
            string reason = $"{(shares is null ? $"The target exposes {Text(share)}%" : $"The targets expose {shares}")} although {Text(expected)}% was set: somebody or something else moved {(shares is null ? "it" : "one")}.";
            if (_state.Phase != RolloutPhase.Paused || _state.PausedBy is not (PauseCause.Operator or PauseCause.Drift or PauseCause.Journal))
                PauseAndEscalate(PauseCause.Drift, reason);
            else
                Emit(new RolloutEscalated(reason, Stuck: false));

            // Last: a process that dies before has not noted the drift, and the next one answers it.
            Emit(new DriftDetected(expected, share, Several, definition.NamesPeople ? seen.Allowed : null));
        }

        return true;
    }

    private bool AnswerTrouble()
    {
        // One that is outvoted by the score holds nothing up, so a pause for it would end at once and begin again.
        if (AllPass || Overdue(TroubleAction.Pause).FirstOrDefault() is not { } status) return false;
        PauseAndEscalate(PauseCause.Signal, $"{status.Signal} says {status.Verdict} for too long: {status.Reason}");
        return true;
    }

    private IEnumerable<SignalStatus> Overdue(TroubleAction action) => Deciding.Where(status => status.Due == action);

    private bool IsNoted(SignalDefinition signal, TroubleAction action) => _state.Noted.TryGetValue(signal.Name, out TroubleAction known) && known >= action;

    /// <summary>
    /// Tells once how far the signals went that do not decide by themselves: a dry run by that alone, a breach of one that is not
    /// critical by a pause, unless it is outvoted by the score.
    /// </summary>
    private void NoteSignals()
    {
        int before = _events.Count;
        foreach (SignalDefinition signal in definition.Signals.Where(signal => signal.DryRun || !signal.Critical))
        {
            SignalStatus status = _signals.First(one => one.Signal == signal.Name);
            SignalBreach? breach = status.State == SignalState.Breached ? _state.Tracks[signal.Name].Breach : null;
            TroubleAction? action = breach is not null ? SignalOutlook.OnBreach(signal) : signal.DryRun || AllPass ? status.Due : null;
            if (action is not { } went || IsNoted(signal, went)) continue;
            Emit(new SignalNoted(signal.Name, went, signal.DryRun, breach, status.Reason));
            if (signal.DryRun || breach is null || _state.Phase == RolloutPhase.Paused) continue;
            if (AllPass) Emit(new RolloutEscalated(status.Reason, Stuck: false));
            else PauseAndEscalate(PauseCause.Signal, status.Reason);
        }

        if (_events.Count > before) _signals = RolloutMachine.Judge(definition, _state, now);
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

    private void PauseAndEscalate(PauseCause cause, string reason)
    {
        // In this order: dying in between calls a person twice rather than never.
        Emit(new RolloutEscalated(reason, Stuck: false));
        Emit(new RolloutPaused(cause, reason));
    }
}
