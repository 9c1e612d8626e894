using System.Globalization;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// The tick: looks at the world, lets <see cref="RolloutMachine"/> decide, writes the decision down, acts, and writes down what
/// came of it. Killed between any two of these, the next tick ends in the same state.
/// </summary>
/// <param name="definition">The rollout.</param>
/// <param name="parts">What it acts on and looks at.</param>
/// <param name="context">Its surroundings.</param>
public sealed class RolloutEngine(RolloutDefinition definition, RolloutParts parts, EngineContext context)
{
    /// <summary>The actor of what the engine decides by itself.</summary>
    public const string Self = "readyops";

    // An act may lead to a next decision at once (a share set, then a step without hold); each needs signals, so few are enough.
    private const int MostActsPerTick = 3;

    // The lease is held meanwhile, and a person may want to take the release back.
    private static readonly TimeSpan LongestAsk = TimeSpan.FromMinutes(1);

    // What was seen longer ago decides nothing more: signals would look stale that nobody has asked since.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = context.Logs.CreateLogger("ReadyOps.Rollouts");

    private readonly RolloutDefinition _definition = definition with
    {
        Steps = [.. definition.Steps.Select(step => step with { Percent = parts.Target.Nearest(step.Percent) })],
        Rollback = definition.Rollback with { Percent = parts.Target.Nearest(definition.Rollback.Percent) },
    };

    /// <summary>The rollout, its shares those that the target can expose.</summary>
    public RolloutDefinition Definition => _definition;

    /// <summary>What each signal said at the last tick, also where that was not worth an event; empty before the first.</summary>
    public IReadOnlyList<SignalStatus> Signals { get; private set; } = [];

    /// <summary>Tells which rollout has the target by now, if another does; asked before anything is decided that matters.</summary>
    internal Func<CancellationToken, ValueTask<string?>>? SuccessorAsync { get; init; }

    /// <summary>One tick.</summary>
    /// <param name="lease">The right to write the rollout's journal.</param>
    /// <param name="state">Where it stands: the fold of that journal.</param>
    /// <param name="cancel">Stops looking. An act that was written down is carried out all the same, within the target's own time limit.</param>
    /// <returns>Where it stands now.</returns>
    public async ValueTask<RolloutState> TickAsync(IJournalLease lease, RolloutState state, CancellationToken cancel)
    {
        if (state.Ended) return await TellAsync(lease, state, cancel).ConfigureAwait(false);
        // Nothing rises by it, and what is seen in this tick may have to be taken back behind it.
        state = await AppendAsync(lease, state, RolloutMachine.NoticeClock(state, context.Clock.GetUtcNow()), cancel, urgent: true).ConfigureAwait(false);
        long looked = context.Clock.GetTimestamp();
        RolloutObservation seen = await ObserveAsync(state, cancel).ConfigureAwait(false);
        bool owned = false;
        for (int acts = 0, asks = 0; acts < MostActsPerTick && asks <= MostActsPerTick;)
        {
            RolloutDecision decision = RolloutMachine.Decide(_definition, state, seen, context.Clock.GetUtcNow());
            // An act that was intended before is done by a decision without events.
            bool matters = decision.Act is not null || decision.Events.Any(happened => happened is not SignalsObserved);
            if (matters && !owned)
            {
                if (await AskForSuccessorAsync(cancel).ConfigureAwait(false) is { } successor)
                    return await AppendAsync(lease, state, [new RolloutSuperseded(successor)], cancel).ConfigureAwait(false);
                owned = true;
            }

            state = await AppendAsync(lease, state, decision.Events, cancel).ConfigureAwait(false);
            Signals = decision.Signals;
            if (decision.Asks.Count > 0)
            {
                // Only now, when the share would rise but for them: what is urgent never waits for a check.
                asks++;
                IReadOnlyDictionary<int, IReadOnlyList<Evidence>> before = await AskAsync(lease.Stream, state, decision.Asks, cancel).ConfigureAwait(false);
                if (context.Clock.GetElapsedTime(looked) < Fresh) seen = seen with { Signals = NotWritten(seen, decision) };
                else (looked, seen) = (context.Clock.GetTimestamp(), await ObserveAsync(state, cancel).ConfigureAwait(false));
                seen = seen with { Before = before };
                continue;
            }

            if (decision.Act is not { } act) break;
            acts++;

            // Frozen since the intent was written, another may have acted by now; what it left is for the next tick to see.
            if (!lease.IsHeld) throw new ReadyOpsException("JournalFenced", $"The lease of {lease.Stream} ended before the share could be set.", "Nothing was done. The next tick goes by the journal.");
            (RolloutEvent outcome, decimal? share) = await ActAsync(lease.Stream, act).ConfigureAwait(false);
            bool news = outcome is not ShareFailed failed || failed.Error != state.OpenActError;
            if (news) state = await AppendAsync(lease, state, [outcome], CancellationToken.None).ConfigureAwait(false);
            if (outcome is ShareFailed) break;
            seen = new RolloutObservation { SharePercent = share, Allowed = act.Allow, Signals = NotWritten(seen, decision) };
        }

        if (lease.UsedReserve && state is { Phase: RolloutPhase.RollingBack, DiskFullTold: false }) state = await AppendAsync(lease, state, [DiskIsFull()], CancellationToken.None).ConfigureAwait(false);
        return await TellAsync(lease, state, cancel).ConfigureAwait(false);
    }

    private RolloutEscalated DiskIsFull() => new(
        $"The disk of the journals in {context.Journals?.Location} is full. What takes this release back is written in the room that was kept for that, and it lasts for hundreds of events; nothing goes up until there is room again.", DiskFull: true);

    /// <summary>
    /// Whether events belong to taking a release back, which a full disk must not keep from happening. What rises is not among them: it
    /// is decided in other phases, and never together with these. Whom that reached is told behind its end, too.
    /// </summary>
    private static bool TakesBack(RolloutState state, IReadOnlyList<RolloutEvent> events) =>
        state.Phase is RolloutPhase.RollingBack or RolloutPhase.RolledBack or RolloutPhase.Failed || state.RollbackAsked is not null
        || events.Any(happened => happened is RollbackStarted or RolloutFailed);

    /// <summary>What was written down is in the state by now; what was not is still to be weighed, or signals would look as old as the last that was.</summary>
    private static Dictionary<string, SignalReading> NotWritten(RolloutObservation seen, RolloutDecision decision)
    {
        HashSet<string> written = [.. decision.Events.OfType<SignalsObserved>().SelectMany(happened => happened.Signals).Select(signal => signal.Signal)];
        return seen.Signals.Where(pair => !written.Contains(pair.Key)).ToDictionary();
    }

    /// <summary>Tells hooks what a person must look at, when everything else is done: nothing waits for them.</summary>
    private async ValueTask<RolloutState> TellAsync(IJournalLease lease, RolloutState state, CancellationToken cancel)
    {
        // At its end whatever is open is tried, so that its journal does not end in what says that nothing is left to do.
        if (_definition.Escalation is not { } hooks || state.NextEscalationAt(hooks) is not { } due || (!state.Ended && due > context.Clock.GetUtcNow())) return state;
        string id = lease.Stream[RolloutService.Prefix.Length..];
        IReadOnlyList<RolloutEvent> outcomes = await new EscalationSender(hooks, context).SendAsync(id, state, cancel).ConfigureAwait(false);
        return await AppendAsync(lease, state, outcomes, CancellationToken.None).ConfigureAwait(false);
    }

    private ValueTask<string?> AskForSuccessorAsync(CancellationToken cancel) => SuccessorAsync?.Invoke(cancel) ?? new((string?)null);

    private async ValueTask<RolloutState> AppendAsync(IJournalLease lease, RolloutState state, IReadOnlyList<RolloutEvent> events, CancellationToken cancel, bool urgent = false)
    {
        if (events.Count == 0) return state;
        JournalEntry[] entries = [.. events.Select(happened => RolloutEvents.Encode(happened, Self))];
        IReadOnlyList<JournalLine> lines = urgent || TakesBack(state, events)
            ? await lease.AppendUrgentAsync(entries, cancel).ConfigureAwait(false) : await lease.AppendAsync(entries, cancel).ConfigureAwait(false);
        for (int i = 0; i < events.Count; i++)
        {
            state = state.Apply(events[i], lines[i].Time);
            if (events[i] is not SignalsObserved) _log.LogInformation("{Rollout}: {Event}", _definition.Name, Tell(events[i]));
        }

        return state;
    }

    private async ValueTask<RolloutObservation> ObserveAsync(RolloutState state, CancellationToken cancel)
    {
        Task<(IReadOnlyList<decimal>? Shares, IReadOnlyList<string>? Allowed, string? Error)> share = ReadTargetAsync(cancel);
        // A person who takes the release back must not wait for a metrics backend that may be down: nothing it says would change that.
        IEnumerable<SignalDefinition> asked = state.RollbackAsked is null ? _definition.Signals : [];
        Task<(string Name, SignalReading Reading)>[] signals = [.. asked.Select(signal => CollectAsync(signal, state, cancel))];
        (string Name, SignalReading Reading)[] readings = await Task.WhenAll(signals).ConfigureAwait(false);
        (IReadOnlyList<decimal>? shares, IReadOnlyList<string>? allowed, string? error) = await share.ConfigureAwait(false);
        foreach ((string name, SignalReading reading) in readings)
            if (reading.Batch.Error is { } problem) _log.LogWarning("{Rollout}: signal {Signal} could not be measured: {Problem}", _definition.Name, name, problem);
        if (error is not null) _log.LogWarning("{Rollout}: the target could not be read: {Problem}", _definition.Name, error);
        return new RolloutObservation
        {
            SharePercent = shares?.Max(),
            Shares = SharesOf(shares),
            Allowed = allowed,
            TargetError = error,
            Signals = readings.ToDictionary(pair => pair.Name, pair => pair.Reading),
        };
    }

    private async Task<(IReadOnlyList<decimal>? Shares, IReadOnlyList<string>? Allowed, string? Error)> ReadTargetAsync(CancellationToken cancel)
    {
        try
        {
            return (await parts.Target.ReadEachAsync(cancel).ConfigureAwait(false), await parts.ReadAllowedAsync(_definition, cancel).ConfigureAwait(false), null);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            return (null, null, e.Message);
        }
    }

    private async Task<IReadOnlyDictionary<int, IReadOnlyList<Evidence>>> AskAsync(string name, RolloutState state, IReadOnlyList<int> steps, CancellationToken cancel)
    {
        RolloutStarted started = state.Started!;
        EngineContext scene = context with
        {
            Scene = new CheckScene { Document = name, Release = started.Release, Digest = started.Digest },
            // Four eyes: whoever started it is the one who asks.
            Actor = started.By ?? context.Actor,
        };
        using var late = new CancellationTokenSource(LongestAsk, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var seen = new Dictionary<int, IReadOnlyList<Evidence>>();
        foreach (int step in steps)
            seen[step] = await Task.WhenAll(_definition.Steps[step - 1].Before.Select(check => AskAsync(check, scene, either.Token, cancel))).ConfigureAwait(false);
        return seen;
    }

    private static async Task<Evidence> AskAsync(CheckDefinition check, EngineContext scene, CancellationToken stop, CancellationToken cancel)
    {
        try
        {
            return await CheckRunner.RunOneAsync(check, scene, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Evidence
            {
                Check = check.Name,
                Type = check.Type,
                Verdict = Verdict.Error,
                Reason = $"It gave no answer within {Quantities.Format(LongestAsk)}, which is all that a check before a step has.",
                Time = scene.Clock.GetUtcNow(),
            };
        }
    }

    private async Task<(string Name, SignalReading Reading)> CollectAsync(SignalDefinition signal, RolloutState state, CancellationToken cancel)
    {
        SignalTrack track = state.Tracks.GetValueOrDefault(signal.Name) ?? RolloutMachine.NewTrack(state);
        DateTimeOffset until = context.Clock.GetUtcNow();
        SignalBatch batch = await CollectAsync(parts.Sources[signal.Name], signal, state, track, until, cancel).ConfigureAwait(false);

        // Both sides up to the same moment, however slow the answers: a stable side that is ahead says nothing of what it was before.
        bool isStill = batch.Error is not null && batch.CollectedUntil <= track.CollectedUntil;
        if (!parts.StableSources.TryGetValue(signal.Name, out ISignalSource? source) || isStill) return (signal.Name, new SignalReading(batch));

        SignalTrack stableTrack = state.StableTracks.GetValueOrDefault(signal.Name) ?? RolloutMachine.NewTrack(state);
        return (signal.Name, new SignalReading(batch, await CollectAsync(source, signal, state, stableTrack, until, cancel).ConfigureAwait(false)));
    }

    private static async Task<SignalBatch> CollectAsync(ISignalSource source, SignalDefinition signal, RolloutState state, SignalTrack track, DateTimeOffset until, CancellationToken cancel)
    {
        try
        {
            var span = new SignalSpan(track.CollectedUntil, until, state.StepStartedAt, state.StartedAt, RolloutMachine.IsExposed(state, signal));
            return await source.CollectAsync(span, track.Carry, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // A source that breaks its promise not to throw still says nothing about the release.
            return new SignalBatch { CollectedUntil = track.CollectedUntil, Error = e.Message };
        }
    }

    private async ValueTask<(RolloutEvent Outcome, decimal? Share)> ActAsync(string stream, ShareIntended act)
    {
        try
        {
            await parts.Target.SetAsync(act.To, MoveOf(stream, act), CancellationToken.None).ConfigureAwait(false);
            IReadOnlyList<decimal> shares = await parts.Target.ReadEachAsync(CancellationToken.None).ConfigureAwait(false);
            IReadOnlyList<TargetShare>? several = shares.Count > 1 ? SharesOf(shares) : null;
            decimal share = shares.Max();
            IReadOnlyList<string>? allowed = await parts.ReadAllowedAsync(_definition, CancellationToken.None).ConfigureAwait(false);
            var back = new RolloutObservation { SharePercent = share, Shares = several ?? [], Allowed = allowed };
            if (back.All(act.To, act.Allow)) return (new ShareSet(act.Act, share, Recovered: false, several, act.Allow), share);
            string seen = RolloutState.Signature(several, allowed) is { } told ? (several is null ? string.Create(CultureInfo.InvariantCulture, $"{share}%, {told}") : told) : string.Create(CultureInfo.InvariantCulture, $"{share}%");
            return (new ShareFailed(act.Act, string.Create(CultureInfo.InvariantCulture, $"it was set to {act.To}% and reads back as {seen}"), several), share);
        }
        catch (Exception e)
        {
            return (new ShareFailed(act.Act, e.Message), null);
        }
    }

    /// <summary>The shares with the targets they are of, where there are several.</summary>
    private TargetShare[] SharesOf(IReadOnlyList<decimal>? shares) =>
        shares is { Count: > 1 } ? [.. parts.Target.Identities.Zip(shares, (target, share) => new TargetShare(target, share))] : [];

    private static TargetMove MoveOf(string stream, ShareIntended act)
    {
        string id = stream.StartsWith(RolloutService.Prefix, StringComparison.Ordinal) ? stream[RolloutService.Prefix.Length..] : stream;
        return new TargetMove(id, act.Purpose switch
        {
            SharePurpose.Rollback => string.Create(CultureInfo.InvariantCulture, $"taken back to {act.To:0.######}%"),
            SharePurpose.Restore => string.Create(CultureInfo.InvariantCulture, $"step {act.Step} put right, {act.To:0.######}%"),
            _ => string.Create(CultureInfo.InvariantCulture, $"step {act.Step}, {act.To:0.######}%"),
        }, act.Allow) { Rises = act.Purpose == SharePurpose.Step, TakesBack = act.Purpose == SharePurpose.Rollback };
    }

    /// <summary>An event in a sentence.</summary>
    internal static string Tell(RolloutEvent happened) => happened switch
    {
        ShareIntended e => string.Create(CultureInfo.InvariantCulture, $"setting the share from {e.From}% to {e.To}% ({e.Purpose})."),
        ShareSet e => string.Create(CultureInfo.InvariantCulture, $"the share is {e.Percent}%, read back."),
        ShareFailed e => $"the share could not be set: {e.Error}",
        ShareAbandoned e => $"the act was given up: {e.Reason}.",
        StepPassed e => $"step {e.Step} passed.",
        RolloutPaused e => $"paused: {e.Reason}",
        SignalNoted { DryRun: true } e => $"dry run: {e.Reason}",
        SignalNoted e => $"not critical: {e.Reason}",
        RolloutResumed e => $"goes on: {e.Reason}",
        RollbackStarted e => $"rolling back: {e.Reason}",
        RolledBack e => $"rolled back: {e.Reason}",
        RolloutFailed e => $"failed: {e.Reason}",
        RolloutEscalated e => $"a person must look: {e.Reason}",
        DriftGone => "drift: the target exposes again what was set.",
        ClockSetBack e => string.Create(CultureInfo.InvariantCulture, $"the clock was set back from {e.From.UtcDateTime:u} to {e.To.UtcDateTime:u}."),
        DriftDetected e => string.Create(CultureInfo.InvariantCulture, $"drift: {e.Observed}% instead of {e.Expected}%."),
        TargetUnreadable e => $"the target could not be read: {e.Error}",
        PromotionRefused e => $"not promoted: {e.Reason}.",
        StepPromoted e => string.Create(CultureInfo.InvariantCulture, $"promoted from step {e.From} to {e.To}: {e.Reason}{(e.Overridden.Count > 0 ? $" (overridden: {string.Join("; ", e.Overridden)})" : "")}"),
        EscalationSent e => string.Create(CultureInfo.InvariantCulture, $"the {e.Hook} took escalation {e.Number}."),
        EscalationNotSent e => string.Create(CultureInfo.InvariantCulture, $"the {e.Hook} did not take escalation {e.Number} at try {e.Attempt}{(e.RetryAt is null ? ", and it is given up" : "")}: {e.Error}"),
        StepAwaited e => e.Reason,
        StepCleared e => string.Create(CultureInfo.InvariantCulture, $"step {e.Step} may be entered: {string.Join("; ", e.Checks)}."),
        DeadlinePassed e => e.Step == 0 ? "the deadline of the rollout has passed." : string.Create(CultureInfo.InvariantCulture, $"the deadline of step {e.Step} has passed."),
        RolloutSuperseded e => $"superseded by {e.By}.",
        CheckpointReached e => string.Create(CultureInfo.InvariantCulture, $"checkpoint {e.Number}: {(e.Missed ? "missed" : e.Verdict)}: {e.Reason}"),
        BakeStarted => "the last share is set; baking begins.",
        RolloutSucceeded => "succeeded: baked, and every signal held to the end.",
        _ => happened.GetType().Name,
    };
}
