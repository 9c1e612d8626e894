using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>The part that waits before a step: for the hours in which the share may rise, for checks, for people; and not for ever.</summary>
internal sealed partial class RolloutTurn
{
    private readonly List<int> _asks = [];

    /// <summary>Whether a step may be entered now; notes once what it waits for.</summary>
    private bool MayEnter(int step)
    {
        // What would come after the last step raises nothing.
        if (step > definition.Steps.Count) return true;
        string? hindrance = Hindrance(step, out StepAwaited? awaited);
        if (_asks.Count > 0) return false;
        if (hindrance is null)
        {
            if (seen.Before.TryGetValue(step, out IReadOnlyList<Evidence>? evidence)) Emit(new StepCleared(step, [.. evidence.Select(Text)]));
            return true;
        }

        if (_state.Awaited is { } known && known.Step == step && known.What == awaited!.What) return false;
        bool call = awaited!.People && !_state.PeopleCalled;
        // In this order: dying in between calls people twice rather than never.
        if (call) Emit(new RolloutEscalated($"Step {step} waits for people: {awaited.Reason}", Stuck: false));
        Emit(awaited);
        return false;
    }

    /// <summary>What keeps the share from rising to a step now, whatever its signals say. The checks are asked only when nothing else does.</summary>
    private string? Hindrance(int step, out StepAwaited? awaited)
    {
        awaited = null;
        if (definition.Windows?.Closed(now) is { } closed)
        {
            awaited = new StepAwaited(step, closed, $"Step {step} waits: {closed}.", People: false);
            return closed;
        }

        (CheckDefinition Check, Evidence Seen)[] missing = [.. Missing(step)];
        if (missing.Length == 0) return null;
        string reason = string.Join(" ", missing.Select(one => $"{Text(one.Seen)}.{(one.Seen.NextStep.Length > 0 ? $" {one.Seen.NextStep}" : "")}"));
        awaited = new StepAwaited(step, string.Join(", ", missing.Select(What)), reason, missing.Any(one => AsksPeople(one.Check)));
        return string.Join("; ", missing.Select(one => Text(one.Seen)));
    }

    /// <summary>The checks before a step that do not pass; those that were not asked yet are, before anything is decided.</summary>
    private IEnumerable<(CheckDefinition Check, Evidence Seen)> Missing(int step)
    {
        IReadOnlyList<CheckDefinition> before = definition.Steps[step - 1].Before;
        if (before.Count == 0) return [];
        if (!seen.Before.TryGetValue(step, out IReadOnlyList<Evidence>? evidence))
        {
            _asks.Add(step);
            return [];
        }

        return before.Zip(evidence).Where(pair => pair.Second.Verdict != Verdict.Pass);
    }

    /// <summary>What is waited for, in words that stay while it does: each change of them is told. Of people every decision is news; numbers of other checks change at every look.</summary>
    private static string What((CheckDefinition Check, Evidence Seen) missing) =>
        missing.Check.Check is ApprovalCheck ? $"{missing.Check.Name} ({missing.Seen.Verdict}: {missing.Seen.Reason.TrimEnd('.')})" : $"{missing.Check.Name} ({missing.Seen.Verdict})";

    private static bool AsksPeople(CheckDefinition check) => GroupCheck.WithParts(check).Any(part => part.Check is ApprovalCheck);

    private static string Text(Evidence seen) => $"{seen.Check} says {seen.Verdict}: {seen.Reason.TrimEnd('.')}";

    /// <summary>What takes too long is told once, and answered as the document says. Whether the release was taken back for it.</summary>
    private bool AnswerDeadlines()
    {
        // What comes to its end at this very tick is done, however late the tick is.
        if (definition.Deadline is { } whole && !_state.DeadlineTold && !EndsNow && now - _state.StartedAt >= whole.After
            && AnswerDeadline(0, whole, "The rollout")) return true;
        return _state.Underlying == RolloutPhase.Progressing && definition.Steps[_state.Step - 1].Deadline is { } own && !_state.StepDeadlineTold
            && !StepEndsNow && now - _state.StepStartedAt >= own.After && AnswerDeadline(_state.Step, own, $"Step {_state.Step}");
    }

    private bool EndsNow => _state.Phase == RolloutPhase.Baking
        ? seen.All(_state.SharePercent, Named) && _state.Held(now) >= definition.Bake && AllPass
        : definition.Bake == TimeSpan.Zero && _state.Step == definition.Steps.Count && StepEndsNow;

    /// <summary>Whether the present step is left at this tick, as far as that is known without asking anything: no deadline waits for a check.</summary>
    private bool StepEndsNow =>
        _state.Phase == RolloutPhase.Progressing && _state.OpenAct is null && seen.All(_state.SharePercent, Named)
        && _state.Held(now) >= definition.Steps[_state.Step - 1].Hold && AllPass
        && (_state.Step == definition.Steps.Count || (definition.Steps[_state.Step].Before.Count == 0 && definition.Windows?.Closed(now) is null));

    private bool AnswerDeadline(int step, TroublePolicy policy, string what)
    {
        string reason = $"{what} is not done after {Quantities.Format(policy.After)}: {Standing}.";
        if (policy.Action == TroubleAction.Rollback)
        {
            GoBack(RollbackCause.Deadline, null, null, reason);
            // Last: a process that dies before has told no deadline, and the next one answers it.
            Emit(new DeadlinePassed(step, policy.After, policy.Action));
            return true;
        }

        Emit(new RolloutEscalated(reason, Stuck: false));
        bool byPerson = _state is { Phase: RolloutPhase.Paused, PausedBy: PauseCause.Operator or PauseCause.Drift or PauseCause.Clock or PauseCause.Journal };
        if (policy.Action == TroubleAction.Pause && !byPerson) Emit(new RolloutPaused(PauseCause.Deadline, reason));
        Emit(new DeadlinePassed(step, policy.After, policy.Action));
        return false;
    }

    /// <summary>What it stands at, in a few words.</summary>
    private string Standing =>
        _state.Phase == RolloutPhase.Paused ? $"it is paused ({_state.Reason.TrimEnd('.')})"
        : Deciding.FirstOrDefault(signal => !Passes(signal)) is { } signal ? $"{signal.Signal} says {signal.Verdict}"
        : _state.Awaited is { } awaited ? $"it waits for {awaited.What}" : $"it is {_state.Phase} at {Text(_state.SharePercent)}%";
}
