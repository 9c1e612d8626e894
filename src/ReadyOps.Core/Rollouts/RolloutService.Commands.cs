using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>What persons tell rollouts to do. Each command is an event with its actor and its reason, and the tick after it.</summary>
public sealed partial class RolloutService
{
    /// <summary>A person's command outwaits a tick that hangs on a slow backend.</summary>
    private static readonly TimeSpan CommandWait = TimeSpan.FromMinutes(2);

    /// <summary>Pauses a rollout. Its triggers stay armed.</summary>
    public ValueTask<RolloutStatus> SuspendAsync(string id, string reason, CancellationToken cancel) => CommandAsync(id, state => state.Ended
        ? throw AlreadyEnded(id, state, "There is nothing to pause.")
        : state.Phase == RolloutPhase.RollingBack ? throw AlreadyEnded(id, state, "A rollback cannot be paused.")
        : state is { Phase: RolloutPhase.Paused, PausedBy: PauseCause.Operator, PromotionAsked: null } ? null : new RolloutPaused(PauseCause.Operator, Said(reason)), cancel);

    /// <summary>Lets a paused rollout go on; a share that was changed by hand is set back to that of the step.</summary>
    public ValueTask<RolloutStatus> ResumeAsync(string id, string? reason, CancellationToken cancel) => CommandAsync(id, state =>
        state.Ended ? throw AlreadyEnded(id, state, "There is nothing to resume.")
        : state.Phase == RolloutPhase.RollingBack ? throw AlreadyEnded(id, state, "A rollback goes on by itself; Restart-ProgressiveRollout tries again once it is done.")
        : state.Phase == RolloutPhase.Paused ? new RolloutResumed(reason ?? $"Resumed by {context.Actor}.") : null, cancel);

    /// <summary>Aborts a rollout that has not ended, or takes back one that has, to its last good share.</summary>
    public async ValueTask<RolloutStatus> RollBackAsync(string id, string reason, CancellationToken cancel)
    {
        // Of one that has ended the target may be claimed by another at this very moment.
        RolloutState state = await StateAsync(id, cancel).ConfigureAwait(false);
        await using LeaseSet claims = state is { Ended: true, Started: { } started }
            ? await _ownership.AcquireAsync(TargetOwnership.TargetsOf(started), cancel).ConfigureAwait(false) : [];
        return await CommandAsync(id, now => now.Phase == RolloutPhase.RollingBack ? null : new RollbackRequested(Said(reason)), cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Raises the share before its time: to the next step, or to the last one. The rest of a hold is waived; past signals that do not
    /// pass, a pause and hours in which the share does not rise only with force, and what was overridden is journalled.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>RolloutNotFound</c>, <c>RolloutEnded</c>, <c>ForceMissing</c>, <c>ReasonMissing</c>, <c>PromotionRefused</c>: says what stands before it.</exception>
    public async ValueTask<RolloutStatus> PromoteAsync(string id, bool full, bool force, string reason, CancellationToken cancel)
    {
        if (full && !force)
            throw new ReadyOpsException("ForceMissing", $"Promoting '{id}' in full gives the release to everybody at once.", "If that is meant, say it with -Force.");
        DemandReason(reason, $"why '{id}' is to be promoted");
        RolloutStatus status = await CommandAsync(id, state =>
            state.Ended ? throw AlreadyEnded(id, state, "There is nothing to promote.")
            : state.Phase == RolloutPhase.RollingBack ? throw AlreadyEnded(id, state, "A rollback cannot be promoted; Restart-ProgressiveRollout tries again once it is done.")
            : new PromotionRequested(full, force, reason), cancel).ConfigureAwait(false);
        if (status.Events.Any(happened => happened.Type == nameof(StepPromoted))) return status;
        string why = status.Events.LastOrDefault(happened => happened.Type == nameof(PromotionRefused))?.Data["reason"] as string ?? $"it is {status.Phase}: {status.Reason}";
        throw new ReadyOpsException("PromotionRefused", $"The rollout '{id}' was not promoted: {why.TrimEnd('.')}.", force || status.Ended || status.Phase == RolloutPhase.RollingBack
            ? $"Get-ProgressiveRollout -Id {id} tells where it stands." : "Wait until that is over, or promote with -Force, which is journalled with what it overrode.");
    }

    /// <summary>What stops a release is never refused for want of a reason.</summary>
    private string Said(string reason) => string.IsNullOrWhiteSpace(reason) ? $"{context.Actor} gave no reason." : reason;

    private static void DemandReason(string reason, string what)
    {
        if (string.IsNullOrWhiteSpace(reason)) throw new ReadyOpsException("ReasonMissing", $"It is not said {what}.", "Say it with -Reason.");
    }

    /// <summary>Starts the release of a rollout that was rolled back once more: a new rollout of the very same document.</summary>
    /// <exception cref="ReadyOpsException"><c>RolloutNotFound</c>, <c>RetryRefused</c>, <c>GateMissing</c>, or what a start throws.</exception>
    public async ValueTask<RolloutStatus> RetryAsync(string id, RolloutStart start, CancellationToken cancel)
    {
        (Document document, RolloutStart again) = await DemandRetryAsync(id, start, cancel).ConfigureAwait(false);
        return await StartAsync(document, again, cancel).ConfigureAwait(false);
    }

    /// <summary>What a retry would start. Refuses what may not be tried again, and touches nothing.</summary>
    /// <exception cref="ReadyOpsException"><c>RolloutNotFound</c>, <c>RetryRefused</c>, <c>GateMissing</c></exception>
    public async ValueTask<(Document Document, RolloutStart Start)> DemandRetryAsync(string id, RolloutStart start, CancellationToken cancel)
    {
        if (start.Reason is not null) DemandReason(start.Reason, $"why '{id}' is to be tried again");
        RolloutState state = await StateAsync(id, cancel).ConfigureAwait(false);
        RolloutStarted started = state.Started ?? throw NotFound(id);
        string? next = state.IsWindow ? "A monitoring window is started anew with Start-MonitoringWindow." : state.Phase switch
        {
            RolloutPhase.RolledBack => null,
            RolloutPhase.Failed => start.Force ? null : "Its rollback could not be verified: look at the target first, then try again with -Force.",
            RolloutPhase.Succeeded or RolloutPhase.Superseded => "Only what was rolled back can be tried again; start it anew with Start-ProgressiveRollout.",
            RolloutPhase.RollingBack => "Wait until its rollback is done.",
            _ => $"Only what was rolled back can be tried again; Stop-ProgressiveRollout -Id {id} aborts it.",
        };
        if (next is not null) throw new ReadyOpsException("RetryRefused", $"The rollout '{id}' is {state.Phase}.", next);
        if (started.Gate is not null && start.Gates.Count == 0 && !start.Force)
        {
            throw new ReadyOpsException("GateMissing", $"The rollout '{id}' was started through a gate ({started.Gate}), and what it judged then may no longer hold.",
                "Test the gate again and give its result with -Gate; -Force does without.");
        }

        var document = new Document
        {
            File = started.File,
            BaseDirectory = started.BaseDirectory,
            Kind = "Rollout",
            Name = started.Name,
            Digest = started.Digest,
            Root = DocumentJson.FromJson(started.Document),
        };
        return (document, start with { Release = started.Release, RetryOf = id });
    }

    /// <summary>
    /// The approvals that the steps of a rollout ask for, as a gate: its name is the stream of the rollout, so that what was approved for
    /// one run counts for no other.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>RolloutNotFound</c>, <c>ApprovalNotAsked</c></exception>
    public async ValueTask<GateDefinition> ApprovalsAsync(string id, CancellationToken cancel)
    {
        RolloutState state = await StateAsync(id, cancel).ConfigureAwait(false);
        RolloutStarted started = state.Started ?? throw NotFound(id);
        CheckDefinition[] checks = [.. PlanOf(state).Definition.Steps.SelectMany(step => step.Before).SelectMany(GroupCheck.WithParts).Where(check => check.Check is ApprovalCheck)];
        if (checks.Length == 0)
            throw new ReadyOpsException("ApprovalNotAsked", $"No step of the rollout '{id}' asks for approval.", "Add a check of type approval to 'before' of a step; a rollout that runs keeps the document it was started with.");
        return new GateDefinition { Name = Prefix + id, Release = started.Release, Digest = started.Digest, Sections = [new GateSectionDefinition("before", 1, checks)] };
    }

    private async ValueTask<RolloutStatus> CommandAsync(string id, Func<RolloutState, RolloutEvent?> command, CancellationToken cancel)
    {
        await DemandExistsAsync(id, cancel).ConfigureAwait(false);
        await _folds.LearnAsync(id, store, Prefix + id, cancel).ConfigureAwait(false);
        await using IJournalLease lease = await _ownership.AcquireAsync(Prefix + id, CommandWait, cancel, _folds.Known(id)).ConfigureAwait(false);
        int known = lease.Lines.Count;
        RolloutState state = _folds.Fold(id, lease);
        if (command(state) is { } happened)
        {
            if (state.Ended) await _ownership.DemandAsync(id, state, cancel).ConfigureAwait(false);
            JournalEntry[] entries = [RolloutEvents.Encode(happened, context.Actor)];
            _ = happened is RollbackRequested ? await lease.AppendUrgentAsync(entries, cancel).ConfigureAwait(false) : await lease.AppendAsync(entries, cancel).ConfigureAwait(false);
        }

        return await TickAsync(id, lease, known, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Refuses to take targets over: without force only a newer release of the same document supersedes, and never what a person
    /// paused; what is on its way back is left alone in any case.
    /// </summary>
    private static void DemandTakeover(string holder, RolloutState state, string name, string release, IReadOnlyList<string> targets, bool force)
    {
        RolloutStarted started = state.Started!;
        string who = string.Create(CultureInfo.InvariantCulture,
            $"The rollout '{holder}' of release {started.Release}{(started.By is { } by ? $", started by {by}," : "")} is {state.Phase} at {state.SharePercent:0.###}% on {started.Target}");
        string stop = $"stop it with Stop-ProgressiveRollout -Id {holder}";
        if (state.Phase == RolloutPhase.RollingBack) throw new ReadyOpsException("TargetBusy", $"{who}.", "Wait until it is rolled back.");
        if (TargetOwnership.TargetsOf(started).Except(targets).ToArray() is { Length: > 0 } others)
            throw new ReadyOpsException("TargetBusy", $"{who}, and it moves {string.Join(" and ", others)} too, which nobody would watch.", $"Wait for its end, or {stop}.");
        if (force) return;
        int? order = started.Name == name || state.IsWindow ? ReleaseVersion.Compare(release, started.Release) : null;
        bool byPerson = state is { Phase: RolloutPhase.Paused, PausedBy: PauseCause.Operator or PauseCause.Drift or PauseCause.Clock or PauseCause.Journal };
        if (order > 0 && !byPerson) return;
        string why = byPerson ? $": {state.Reason.TrimEnd('.')}"
            : started.Name != name && !state.IsWindow ? ", and it is another rollout"
            : order is null ? $", and the names do not say whether {release} is newer"
            : order == 0 ? ", and that is this very release" : $", and {release} is older";
        throw new ReadyOpsException("TargetBusy", $"{who}{why}.", $"Wait for its end, {stop}, or take over with -Force.");
    }

    /// <summary>Tells a rollout that it no longer has its targets, and notes that it was told.</summary>
    private async ValueTask SupersedeAsync(IJournalLease former, IJournalLease successor, string id, CancellationToken cancel)
    {
        if (!RolloutState.Of(former.Lines).Ended)
        {
            await former.AppendAsync([RolloutEvents.Encode(new RolloutSuperseded(id), context.Actor)], cancel).ConfigureAwait(false);
            await SealAsync(former, cancel).ConfigureAwait(false);
        }

        await successor.AppendAsync([RolloutEvents.Encode(new TargetTakenOver(former.Stream[Prefix.Length..]), context.Actor)], cancel).ConfigureAwait(false);
    }

    /// <summary>What the start did not live to tell. Who is busy is told at the next tick, and may do nothing until then.</summary>
    private async ValueTask<RolloutState> TellFormerOwnersAsync(string id, IJournalLease lease, RolloutState state, CancellationToken cancel)
    {
        foreach (string former in state.TakingOver)
        {
            await using IJournalLease? held = await store.TryAcquireAsync(Prefix + former, TimeSpan.Zero, cancel).ConfigureAwait(false);
            if (held is null) continue;
            try
            {
                await SupersedeAsync(held, lease, id, cancel).ConfigureAwait(false);
            }
            catch (ReadyOpsException e) when (e.Id == "JournalWriteFailed")
            {
                // As if it were busy: a full disk must not keep this one from being taken back.
                Tell(former, e);
            }
        }

        return _folds.Fold(id, lease);
    }

    private async ValueTask<string?> FindSuccessorAsync(string id, RolloutState state, CancellationToken cancel)
    {
        try
        {
            return await _ownership.SuccessorAsync(id, state, cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e)
        {
            // A journal of claims that cannot be read must not keep a release from being taken back.
            Tell(id, e);
            return null;
        }
    }

    private static ReadyOpsException AlreadyEnded(string id, RolloutState state, string nextStep) =>
        new("RolloutEnded", $"The rollout '{id}' is {state.Phase}.", nextStep);
}
