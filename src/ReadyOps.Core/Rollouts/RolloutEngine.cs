using System.Globalization;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Signals;

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
        if (state.Ended) return state;
        state = await AppendAsync(lease, state, RolloutMachine.NoticeClock(state, context.Clock.GetUtcNow()), cancel).ConfigureAwait(false);
        RolloutObservation seen = await ObserveAsync(state, cancel).ConfigureAwait(false);
        for (int acts = 0; acts < MostActsPerTick; acts++)
        {
            RolloutDecision decision = RolloutMachine.Decide(_definition, state, seen, context.Clock.GetUtcNow());
            // An act that was intended before is done by a decision without events.
            bool matters = decision.Act is not null || decision.Events.Any(happened => happened is not SignalsObserved);
            if (acts == 0 && matters && await AskForSuccessorAsync(cancel).ConfigureAwait(false) is { } successor)
                return await AppendAsync(lease, state, [new RolloutSuperseded(successor)], cancel).ConfigureAwait(false);
            state = await AppendAsync(lease, state, decision.Events, cancel).ConfigureAwait(false);
            Signals = decision.Signals;
            if (decision.Act is not { } act) break;

            // Frozen since the intent was written, another may have acted by now; what it left is for the next tick to see.
            if (!lease.IsHeld) throw new ReadyOpsException("JournalFenced", $"The lease of {lease.Stream} ended before the share could be set.", "Nothing was done. The next tick goes by the journal.");
            (RolloutEvent outcome, decimal? share) = await ActAsync(act).ConfigureAwait(false);
            bool news = outcome is not ShareFailed failed || failed.Error != state.OpenActError;
            if (news) state = await AppendAsync(lease, state, [outcome], CancellationToken.None).ConfigureAwait(false);
            if (outcome is ShareFailed) break;
            seen = new RolloutObservation { SharePercent = share };
        }

        return state;
    }

    private ValueTask<string?> AskForSuccessorAsync(CancellationToken cancel) => SuccessorAsync?.Invoke(cancel) ?? new((string?)null);

    private async ValueTask<RolloutState> AppendAsync(IJournalLease lease, RolloutState state, IReadOnlyList<RolloutEvent> events, CancellationToken cancel)
    {
        if (events.Count == 0) return state;
        IReadOnlyList<JournalLine> lines = await lease.AppendAsync([.. events.Select(happened => RolloutEvents.Encode(happened, Self))], cancel).ConfigureAwait(false);
        for (int i = 0; i < events.Count; i++)
        {
            state = state.Apply(events[i], lines[i].Time);
            if (events[i] is not SignalsObserved) _log.LogInformation("{Rollout}: {Event}", _definition.Name, Tell(events[i]));
        }

        return state;
    }

    private async ValueTask<RolloutObservation> ObserveAsync(RolloutState state, CancellationToken cancel)
    {
        Task<(decimal? Share, string? Error)> share = ReadTargetAsync(cancel);
        // A person who takes the release back must not wait for a metrics backend that may be down: nothing it says would change that.
        IEnumerable<SignalDefinition> asked = state.RollbackAsked is null ? _definition.Signals : [];
        Task<(string Name, SignalReading Reading)>[] signals = [.. asked.Select(signal => CollectAsync(signal, state, cancel))];
        (string Name, SignalReading Reading)[] readings = await Task.WhenAll(signals).ConfigureAwait(false);
        (decimal? percent, string? error) = await share.ConfigureAwait(false);
        foreach ((string name, SignalReading reading) in readings)
            if (reading.Batch.Error is { } problem) _log.LogWarning("{Rollout}: signal {Signal} could not be measured: {Problem}", _definition.Name, name, problem);
        if (error is not null) _log.LogWarning("{Rollout}: the target could not be read: {Problem}", _definition.Name, error);
        return new RolloutObservation
        {
            SharePercent = percent,
            TargetError = error,
            Signals = readings.ToDictionary(pair => pair.Name, pair => pair.Reading),
        };
    }

    private async Task<(decimal? Share, string? Error)> ReadTargetAsync(CancellationToken cancel)
    {
        try
        {
            return (await parts.Target.ReadAsync(cancel).ConfigureAwait(false), null);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            return (null, e.Message);
        }
    }

    private async Task<(string Name, SignalReading Reading)> CollectAsync(SignalDefinition signal, RolloutState state, CancellationToken cancel)
    {
        SignalTrack track = state.Tracks.GetValueOrDefault(signal.Name) ?? RolloutMachine.NewTrack(state);
        SignalBatch batch = await CollectAsync(parts.Sources[signal.Name], signal, state, track, cancel).ConfigureAwait(false);
        if (!parts.StableSources.TryGetValue(signal.Name, out ISignalSource? source)) return (signal.Name, new SignalReading(batch));

        SignalTrack stableTrack = state.StableTracks.GetValueOrDefault(signal.Name) ?? RolloutMachine.NewTrack(state);
        return (signal.Name, new SignalReading(batch, await CollectAsync(source, signal, state, stableTrack, cancel).ConfigureAwait(false)));
    }

    private async Task<SignalBatch> CollectAsync(ISignalSource source, SignalDefinition signal, RolloutState state, SignalTrack track, CancellationToken cancel)
    {
        try
        {
            var span = new SignalSpan(track.CollectedUntil, context.Clock.GetUtcNow(), state.StepStartedAt, state.StartedAt, RolloutMachine.IsExposed(state, signal));
            return await source.CollectAsync(span, track.Carry, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            // A source that breaks its promise not to throw still says nothing about the release.
            return new SignalBatch { CollectedUntil = track.CollectedUntil, Error = e.Message };
        }
    }

    private async ValueTask<(RolloutEvent Outcome, decimal? Share)> ActAsync(ShareIntended act)
    {
        try
        {
            await parts.Target.SetAsync(act.To, CancellationToken.None).ConfigureAwait(false);
            decimal share = await parts.Target.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            return Math.Abs(share - act.To) <= RolloutMachine.Tolerance
                ? (new ShareSet(act.Act, share, Recovered: false), share)
                : (new ShareFailed(act.Act, string.Create(CultureInfo.InvariantCulture, $"it was set to {act.To}% and reads back as {share}%")), share);
        }
        catch (Exception e)
        {
            return (new ShareFailed(act.Act, e.Message), null);
        }
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
        RolloutSuperseded e => $"superseded by {e.By}.",
        CheckpointReached e => string.Create(CultureInfo.InvariantCulture, $"checkpoint {e.Number}: {(e.Missed ? "missed" : e.Verdict)}: {e.Reason}"),
        BakeStarted => "the last share is set; baking begins.",
        RolloutSucceeded => "succeeded: baked, and every signal held to the end.",
        _ => happened.GetType().Name,
    };
}
