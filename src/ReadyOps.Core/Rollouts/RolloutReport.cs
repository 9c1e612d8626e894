using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>Tells people where a rollout stands.</summary>
internal static class RolloutReport
{
    /// <summary>Where it stands by its journal alone: the signals said what they say when they were last journalled.</summary>
    public static RolloutStatus Look(string id, RolloutDefinition definition, RolloutState state, DateTimeOffset now)
    {
        RolloutStatus status = Of(id, definition, state, now, RolloutMachine.Judge(definition, state, LastKnown(definition, state, now)), []);
        // A tick journals at least at every checkpoint; a journal that is silent for longer is one that nobody ticks.
        if (state.Ended || now - state.LastEventAt <= RolloutMachine.Checkpoint + (3 * definition.Tick)) return status;
        return status with { Reason = $"{status.Reason} Nobody has ticked it since {state.LastEventAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z." };
    }

    public static RolloutStatus Of(
        string id, RolloutDefinition definition, RolloutState state, DateTimeOffset now, IReadOnlyList<SignalStatus> signals, IReadOnlyList<JournalEvent> events) => new()
    {
        Id = id,
        Name = definition.Name,
        Release = state.Started!.Release,
        Phase = state.Phase,
        SharePercent = state.SharePercent,
        TargetPercent = Aim(definition, state),
        Step = state.Step,
        StepCount = definition.Steps.Count,
        Reason = Why(definition, state, signals, now),
        StartedAt = state.StartedAt,
        StepStartedAt = state.StepStartedAt,
        Remaining = Remaining(definition, state, now),
        NextTickAt = state.Ended ? state.NextEscalationAt(definition.Escalation) : now + definition.Tick,
        LastEventAt = state.LastEventAt,
        Target = state.Started.Target,
        RetryOf = state.Started.RetryOf,
        EscalationsPending = definition.Escalation is { } hooks ? state.Escalations.Count(escalation => escalation.NextAt(hooks) is not null) : 0,
        Signals = signals,
        Events = events,
    };

    /// <summary>
    /// The time that signals are judged at. Ticks that see nothing new are not journalled until the next checkpoint, so for that
    /// long what was journalled last still holds; samples only look old. Nobody watches the signals of a rollout that has ended.
    /// </summary>
    private static DateTimeOffset LastKnown(RolloutDefinition definition, RolloutState state, DateTimeOffset now)
    {
        if (state.Ended) return state.LastEventAt;
        if (state.ObservedAt is not { } observed || observed > now) return now;
        DateTimeOffset silence = now - RolloutMachine.Checkpoint - definition.Tick;
        return silence > observed ? silence : observed;
    }

    private static decimal Aim(RolloutDefinition definition, RolloutState state) => state.Underlying switch
    {
        RolloutPhase.RollingBack or RolloutPhase.RolledBack or RolloutPhase.Failed => state.RollbackPercent,
        RolloutPhase.Pending => definition.Steps[0].Percent,
        _ => state.OpenAct?.To ?? definition.Steps[Math.Max(state.Step, 1) - 1].Percent,
    };

    private static TimeSpan? Remaining(RolloutDefinition definition, RolloutState state, DateTimeOffset now)
    {
        if (definition.Window is { } window && !state.Ended && state.Phase != RolloutPhase.RollingBack)
            return state.StartedAt + window.Length > now ? state.StartedAt + window.Length - now : TimeSpan.Zero;
        TimeSpan? whole = state.Underlying switch
        {
            RolloutPhase.Progressing => definition.Steps[state.Step - 1].Hold,
            RolloutPhase.Baking => definition.Bake,
            _ => null,
        };
        return whole is not { } hold ? null : hold > state.Held(now) ? hold - state.Held(now) : TimeSpan.Zero;
    }

    private static string Why(RolloutDefinition definition, RolloutState state, IReadOnlyList<SignalStatus> signals, DateTimeOffset now)
    {
        if (state.Ended || state.Phase == RolloutPhase.Paused) return state.Reason;
        if (state.OpenAct is { } act)
            return string.Create(CultureInfo.InvariantCulture, $"Setting the share to {act.To:0.###}% is not confirmed yet{(state.OpenActError is { } error ? $": {error}" : ".")}");
        if (state.TargetError is { } unreadable) return $"The target cannot be read: {unreadable}";
        if (state.Phase == RolloutPhase.RollingBack)
            return state.SharePercent > state.RollbackPercent + RolloutMachine.Tolerance || state.Allowed.Count > 0 ? state.Reason : $"{state.Reason.TrimEnd('.')}. {Recovering(definition, state, signals, now)}";

        if (state.Underlying == RolloutPhase.Pending && Waits(definition, state, now) is { } before) return before;

        SignalStatus? waitsFor = signals.FirstOrDefault(signal => !signal.DryRun && signal.Verdict is not (Verdict.Pass or Verdict.Skipped));
        TimeSpan remaining = Remaining(definition, state, now) ?? TimeSpan.Zero;
        string what = definition.Window is { } window ? string.Create(CultureInfo.InvariantCulture, $"Checkpoint {state.Checkpoints.Count} of {window.Checkpoints.Count}") : state.Phase == RolloutPhase.Baking ? "Baking" : string.Create(CultureInfo.InvariantCulture, $"Step {state.Step} of {definition.Steps.Count}");
        string hold = remaining > TimeSpan.Zero ? $"{what}: {Quantities.Format(TimeSpan.FromSeconds(Math.Ceiling(remaining.TotalSeconds)))} to go." : $"{what}: held long enough.";
        if (waitsFor is not null) return $"{hold} Waiting: {waitsFor.Reason}";
        return remaining == TimeSpan.Zero && Waits(definition, state, now) is { } waits ? $"{hold} {waits}" : hold;
    }

    /// <summary>What is still to come of a rollback whose share is back.</summary>
    private static string Recovering(RolloutDefinition definition, RolloutState state, IReadOnlyList<SignalStatus> signals, DateTimeOffset now)
    {
        SignalStatus? sick = signals.FirstOrDefault(signal => !signal.DryRun && !RolloutMachine.HasRecovered(definition, state, signal));
        TimeSpan settling = definition.Rollback.Settle - (now - state.StepStartedAt);
        return string.Create(CultureInfo.InvariantCulture, $"Back at {state.SharePercent:0.###}%; ")
            + (sick is not null ? $"waiting until {sick.Signal} recovers, which says {sick.Verdict}." : settling > TimeSpan.Zero ? $"watched for another {Quantities.Format(TimeSpan.FromSeconds(Math.Ceiling(settling.TotalSeconds)))}." : "every signal recovered.");
    }

    /// <summary>What keeps it from its next step besides the hold and the signals.</summary>
    private static string? Waits(RolloutDefinition definition, RolloutState state, DateTimeOffset now) =>
        state.Step >= definition.Steps.Count || state.Phase == RolloutPhase.Baking ? null
        : definition.Windows?.Closed(now) is { } closed ? string.Create(CultureInfo.InvariantCulture, $"Step {state.Step + 1} waits: {closed}.")
        : state.Awaited is { } awaited && definition.Steps[state.Step].Before.Count > 0 ? awaited.Reason : null;
}
