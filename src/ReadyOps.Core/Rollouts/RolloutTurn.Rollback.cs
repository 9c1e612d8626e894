using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>The part that goes back: what asks for it, and what is done until it is verified.</summary>
internal sealed partial class RolloutTurn
{
    private bool StartRollback()
    {
        if (_state.RollbackAsked is { } asked) return GoBack(RollbackCause.Operator, null, null, asked);

        foreach ((SignalStatus status, SignalBreach breach) in Breaches())
        {
            if (!breach.StableFails) return GoBack(RollbackCause.Breach, status.Signal, breach, status.Reason);
            const string What = "The stable side fails it too, so rolling back would lead onto something just as broken.";
            if (_state.Phase != RolloutPhase.Paused) PauseAndEscalate(PauseCause.Stable, $"{status.Reason} {What}");
            else Emit(new RolloutEscalated($"{status.Reason} {What}", Stuck: false));

            // Last: a process that dies before has not acknowledged the breach, and the next one answers it.
            Emit(new StableFailing(status.Signal, breach));
        }

        foreach (SignalStatus status in Overdue(TroubleAction.Rollback))
            return GoBack(RollbackCause.Policy, status.Signal, null, status.Reason);
        return AnswerDeadlines();
    }

    private IEnumerable<(SignalStatus Status, SignalBreach Breach)> Breaches() => _signals
        .Where(status => status is { State: SignalState.Breached, DryRun: false, Critical: true })
        .Select(status => (status, _state.Tracks[status.Signal].Breach!))
        .OrderBy(pair => pair.Item2.At)
        .ToArray();

    private bool GoBack(RollbackCause cause, string? signal, SignalBreach? breach, string reason)
    {
        if (definition.Window is { TakesBack: false })
        {
            Emit(new RolloutEscalated(reason, Stuck: false));
            Emit(new RolloutFailed(reason, cause == RollbackCause.Breach ? Verdict.Fail : Verdict.Inconclusive));
            return true;
        }

        // A rollback never raises the share: one below the last good share, of ours or set by hand, stays where it is.
        decimal to = Math.Min(definition.Rollback.Percent, Math.Min(_state.SharePercent, seen.Lowest ?? _state.SharePercent));
        if (_state.OpenAct is { } open) Emit(new ShareAbandoned(open.Act, "the release is taken back instead"));
        Emit(new RollbackStarted(cause, signal, breach, to, reason));
        Intend(SharePurpose.Rollback, 0, to);
        return true;
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

        if (_state.SharePercent > _state.RollbackPercent + RolloutMachine.Tolerance || _state.Allowed.Count > 0)
        {
            // The one that decided to go back did not live to write down its intent; less was set by hand meanwhile, perhaps.
            Intend(SharePurpose.Rollback, 0, Math.Min(_state.RollbackPercent, seen.SharePercent ?? _state.RollbackPercent));
            return;
        }

        if (!NoteTarget())
        {
            if (overdue) EscalateRollback($"the share could not be read back: {seen.TargetError?.TrimEnd('.')}");
            return;
        }

        // Less than the last good share was set by hand, and that is not for a rollback to raise.
        if (seen.SharePercent!.Value > _state.RollbackPercent + RolloutMachine.Tolerance || !seen.Names(Named))
        {
            Emit(new DriftDetected(_state.RollbackPercent, seen.SharePercent.Value, Several, definition.NamesPeople ? seen.Allowed : null));
            Intend(SharePurpose.Rollback, 0, _state.RollbackPercent);
            return;
        }

        SignalStatus? sick = Deciding.FirstOrDefault(status => !RolloutMachine.HasRecovered(definition, _state, status));
        if (now - _state.StepStartedAt >= definition.Rollback.Settle && sick is null)
        {
            Emit(new RolledBack(seen.SharePercent.Value, $"Back at {Text(seen.SharePercent.Value)}%, read back, and every signal recovered."));
        }
        else if (now - _state.StepStartedAt > definition.Rollback.Deadline)
        {
            // The signals have their time from when the share was back, however late that was.
            string reason = $"The share is back at {Text(seen.SharePercent.Value)}%, but the signals did not recover in time: {sick?.Reason ?? "they could not be watched for long enough."}";
            Emit(new RolloutEscalated(reason, Stuck: false));
            Emit(new RolloutFailed(reason));
        }
    }

    private void EscalateRollback(string what)
    {
        if (!_state.RollbackEscalated) Emit(new RolloutEscalated($"The rollback is not done after {Quantities.Format(definition.Rollback.Deadline)}: {what}. It goes on trying."));
    }
}
