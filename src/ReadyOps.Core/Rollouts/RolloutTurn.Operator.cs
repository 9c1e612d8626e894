using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>The part that does what a person asked for, as far as it may be done.</summary>
internal sealed partial class RolloutTurn
{
    /// <summary>
    /// Raises the share before its time. The rest of a hold is a person's to waive; a signal that does not pass, a pause and hours
    /// in which the share does not rise, only with force. Success is never given away.
    /// </summary>
    private bool Promote()
    {
        if (_state.PromotionAsked is not { } asked) return false;
        int next = asked.Full ? definition.Steps.Count : NextStep;
        List<string> waived = Waived(next);
        List<string> forced = Obstacles(next, out string? people);
        // What the checks say is still to be asked, and the answer is for then.
        if (_asks.Count > 0) return true;
        string? refusal = _state.Underlying == RolloutPhase.Baking ? "it is at its last share already, and only watching it makes it a success"
            : asked.Full && _state.Step == definition.Steps.Count ? "it is at its last share already"
            : next > definition.Steps.Count && definition.Bake == TimeSpan.Zero && !AllPass ? "what would come next is success, and that is for the signals to say"
            : people is not null ? people
            : forced.Count > 0 && !asked.Force ? string.Join("; ", forced)
            : null;
        if (refusal is not null)
        {
            Emit(new PromotionRefused(refusal));
            return false;
        }

        if (_state.Phase == RolloutPhase.Paused) Emit(new RolloutResumed($"Promoted: {asked.Reason}"));
        Emit(new StepPromoted(_state.Step, next, asked.Reason, [.. waived, .. forced]));
        if (next <= definition.Steps.Count) Intend(SharePurpose.Step, next, definition.Steps[next - 1].Percent, forced.Count > 0);
        else if (definition.Bake > TimeSpan.Zero) Emit(new BakeStarted());
        else Emit(new RolloutSucceeded());
        return true;
    }

    /// <summary>A promotion that something stood before is refused by name; one left open would surprise people later.</summary>
    private void RefusePromotion()
    {
        if (_state.PromotionAsked is null || _asks.Count > 0) return;
        Emit(new PromotionRefused(
            definition.Window is not null ? "a monitoring window has no share to raise"
            : _state.TargetError is { } error ? $"the target cannot be read: {error.TrimEnd('.')}"
            : _state.OpenAct is { } act ? $"setting the share to {Text(act.To)}% is not confirmed yet"
            : "the target exposes another share than was set; resume the rollout first, which sets it again"));
    }

    private int NextStep => _state.Step + 1;

    /// <summary>What a person may waive by asking.</summary>
    private List<string> Waived(int next)
    {
        var waived = new List<string>();
        if (_state.Underlying == RolloutPhase.Progressing && definition.Steps[_state.Step - 1].Hold - _state.Held(now) is var rest && rest > TimeSpan.Zero)
            waived.Add($"{Quantities.Format(TimeSpan.FromSeconds(Math.Ceiling(rest.TotalSeconds)))} of the hold of step {_state.Step}");
        if (next > NextStep) waived.Add(next - 1 == NextStep ? $"step {NextStep}" : $"steps {NextStep} to {next - 1}");
        return waived;
    }

    /// <summary>What other people have to say by now about a rise that was forced.</summary>
    private string? Objection(int step)
    {
        Obstacles(step, out string? people);
        return people;
    }

    /// <summary>What a person may pass only with force; what other people have to say about it, nobody may pass.</summary>
    private List<string> Obstacles(int next, out string? people)
    {
        var obstacles = new List<string>();
        people = null;
        if (definition.Windows?.Closed(now) is { } closed && next <= definition.Steps.Count) obstacles.Add(closed);
        for (int step = NextStep; step <= Math.Min(next, definition.Steps.Count); step++)
        {
            foreach ((CheckDefinition check, Evidence seen) in Missing(step))
            {
                if (AsksPeople(check)) people ??= Text(seen);
                else obstacles.Add(Text(seen));
            }
        }

        if (_state.Phase == RolloutPhase.Paused) obstacles.Add($"it is paused: {_state.Reason.TrimEnd('.')}");
        obstacles.AddRange(Deciding
            .Where(signal => _state.Step == 0 ? signal.Verdict == Verdict.Fail : signal.Critical && !Passes(signal))
            .Select(signal => $"{signal.Signal} says {signal.Verdict}: {signal.Reason.TrimEnd('.')}"));
        if (_state.Step > 0 && Score < definition.PassScore) obstacles.Add($"the score of its other signals is {Text(Score)} of {Text(definition.PassScore)}");
        return obstacles;
    }
}
