using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Says which ticks need not be played: those at which every signal passes as it did at the tick before and no hold ends. The
/// machine decides nothing then, and its next tick sees the same samples in one batch.
/// </summary>
internal sealed class BacktestPace(RolloutDefinition definition, IReadOnlyDictionary<string, IBacktestSource> sources, bool everyTick)
{
    private readonly Walk[] _walks = [.. definition.Signals.Where(signal => sources[signal.Name] is BacktestSource).Select(signal => new Walk(signal, (BacktestSource)sources[signal.Name]))];

    // What a comparison says of a look follows from all before it: every tick is played.
    private readonly bool _everyTick = everyTick || sources.Values.Any(source => source is not BacktestSource);

    /// <summary>When the next tick is to be played.</summary>
    /// <param name="state">Where the rollout stands.</param>
    /// <param name="signals">What the signals said at the last tick.</param>
    /// <param name="now">When that was.</param>
    public DateTimeOffset NextTick(RolloutState state, IReadOnlyList<SignalStatus> signals, DateTimeOffset now)
    {
        DateTimeOffset holdEnd = HoldEnd(state, now);
        DateTimeOffset next = now + definition.Tick;
        // As RolloutService.RunAsync ticks: on time for the end of a hold.
        if (holdEnd > now && holdEnd < next) return holdEnd;
        if (_everyTick || state.OpenAct is not null || state.Phase is not (RolloutPhase.Progressing or RolloutPhase.Baking)) return next;
        // One that fails on and off may do so for too long with the next good sample.
        if (state.Tracks.Values.Any(track => track.FailingSince is not null || track.RestlessSince is not null || track.Failures is not null || track.Silences is not null)) return next;
        if (holdEnd <= now || signals.Count == 0 || signals.Any(signal => signal.Verdict != Verdict.Pass || signal.State != SignalState.Clear)) return next;

        DateTimeOffset quietUntil = DeadlineEnd(state) is { } deadline && deadline < holdEnd ? deadline : holdEnd;
        foreach (Walk walk in _walks)
        {
            DateTimeOffset until = walk.QuietUntil(now, state.StepStartedAt);
            if (until < quietUntil) quietUntil = until;
        }

        long ticks = (quietUntil - now).Ticks / definition.Tick.Ticks;
        return ticks > 1 ? now + (ticks * definition.Tick) : next;
    }

    private DateTimeOffset HoldEnd(RolloutState state, DateTimeOffset now)
    {
        TimeSpan? hold = state.Phase switch
        {
            RolloutPhase.Progressing => definition.Steps[state.Step - 1].Hold,
            RolloutPhase.Baking => definition.Bake,
            _ => null,
        };
        if (hold is not { } length) return DateTimeOffset.MaxValue;
        TimeSpan left = length - state.Held(now);
        return left < DateTimeOffset.MaxValue - now ? now + left : DateTimeOffset.MaxValue;
    }

    /// <summary>The next moment at which the rollout or its step has taken too long, if that was not told yet.</summary>
    private DateTimeOffset? DeadlineEnd(RolloutState state)
    {
        DateTimeOffset? whole = state.DeadlineTold ? null : state.StartedAt + definition.Deadline?.After;
        DateTimeOffset? step = state.StepDeadlineTold || state.Phase != RolloutPhase.Progressing ? null : state.StepStartedAt + definition.Steps[state.Step - 1].Deadline?.After;
        return !(whole <= step) ? step ?? whole : whole;
    }

    /// <summary>Walks forward over the samples of one signal, each looked at once.</summary>
    private sealed class Walk(SignalDefinition signal, BacktestSource source)
    {
        // With gaps up to this, the newest sample that a tick can see is never stale.
        private readonly TimeSpan _longestGap = signal.StaleAfter - signal.Lag - signal.Interval;
        private int _quietTo = -1;

        /// <summary>Up to when this signal passes, at least; a moment not after <paramref name="now"/> where that cannot be told.</summary>
        public DateTimeOffset QuietUntil(DateTimeOffset now, DateTimeOffset stepStart)
        {
            ReadOnlySpan<SignalSample> samples = source.Samples;
            int seen = BacktestSource.IndexAfter(samples, now - signal.Lag) - 1;
            if (seen < 0 || samples[seen].Time < stepStart + source.Reach || now - samples[seen].Time > signal.Interval + signal.Lag || !IsGood(samples[seen])) return now;
            int to = Math.Max(seen, _quietTo);
            while (to + 1 < samples.Length && samples[to + 1].Time - samples[to].Time <= _longestGap && IsGood(samples[to + 1])) to++;
            _quietTo = to;

            // A bad sample, a gap or the end comes next: no tick may be left out from the last good sample on.
            return samples[to].Time;
        }

        private bool IsGood(in SignalSample sample) =>
            double.IsFinite(sample.Value) && signal.Bound.Holds(sample.Value) && (signal.MinTraffic is not { } least || sample.Traffic is not { } counted || counted >= least);
    }
}
