namespace ReadyOps.Core.Signals;

/// <summary>
/// Sustained breach, exactly: a bound broken by every sample over <c>for:</c>, by so many in a row, or by so many within a time. A
/// good sample clears a run and never a total; a missing one neither extends nor clears. Pure: the same samples give the same track
/// however they are cut into batches.
/// </summary>
public static class SignalTracker
{
    /// <summary>Takes in what a source answered.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="track">What was remembered.</param>
    /// <param name="batch">What its source answered.</param>
    /// <param name="stable">The stable side over the same span: what was remembered before it, and what was answered.</param>
    /// <param name="stepStart">When the present step began.</param>
    /// <param name="now">When it was asked, for the time since which a source is down.</param>
    public static SignalTrack Advance(
        SignalDefinition signal, SignalTrack track, SignalBatch batch, (SignalTrack Track, SignalBatch Batch)? stable, DateTimeOffset stepStart, DateTimeOffset now)
    {
        using StableCursor cursor = new(signal, stable, stepStart);
        var walk = new SignalWalk(signal, track, stepStart);
        SignalBreach? breach = track.Breach;
        foreach (SignalSample sample in batch.Samples)
        {
            if (!walk.IsBad(sample) || breach is { StableFails: false }) continue;
            bool byRun = walk.RunIsBreach;
            if (!byRun && !walk.TotalIsBreach) continue;

            // A breach that the stable side shares gives way to one that it no longer does, in this batch as in the next.
            bool stableFails = cursor.FailsAt(sample.Time);
            if (breach is null || !stableFails)
                breach = new SignalBreach(byRun ? walk.BadSince : walk.FirstFailure, sample.Time, sample.Value, stableFails, ByTotal: !byRun);
        }

        return walk.ToTrack() with
        {
            Breach = breach,
            CollectedUntil = batch.CollectedUntil > track.CollectedUntil ? batch.CollectedUntil : track.CollectedUntil,
            ErrorSince = batch.Error is null ? null : track.ErrorSince ?? now,
            Error = batch.Error,
            Errors = Errors(signal, track, batch, now),
            Warning = batch.Warnings.Count > 0 ? batch.Warnings[0] : null,
            Says = batch.Says ?? track.Says,
            Measured = batch.Samples.Count > 0 ? batch.Measured : track.Measured,
            Carry = batch.Carry ?? (batch.Error is null ? null : track.Carry),
        };
    }

    /// <summary>What remains of a track when a new step begins: the runs and totals go on, the counts of the step begin anew.</summary>
    public static SignalTrack EnterStep(SignalTrack track) => track with { StepGood = 0, StepGoodInARow = 0, StepSamples = 0 };

    /// <summary>What remains of a track once its breach was acted on.</summary>
    public static SignalTrack Acknowledge(SignalTrack track) => track with { Breach = null };

    /// <summary>What remains of a track on the way back: neither a breach nor a total has anything left to ask for.</summary>
    public static SignalTrack Forgive(SignalTrack track) => track with { Breach = null, Failures = null };

    /// <summary>What remains of a track once the release it watched was taken back: what was bad then is not held against what comes.</summary>
    public static SignalTrack Reset(SignalTrack track) => EnterStep(Forgive(track)) with
    {
        BadSince = null, BadFor = TimeSpan.Zero, BadInARow = 0, GoodInARow = 0, FailingSince = null, RestlessSince = null,
        SilentInARow = 0, Silences = null, Errors = null,
    };

    /// <summary>What remains of a track after a time in which nobody watched: its samples are not asked for any more.</summary>
    public static SignalTrack Skip(SignalTrack track, DateTimeOffset until) => until > track.CollectedUntil ? track with { CollectedUntil = until } : track;

    /// <summary>
    /// What remains of a track when the clock was set back to a time before its newest sample: what comes now is taken in again,
    /// and a run that lies in the time to come is not counted twice. A breach stays.
    /// </summary>
    public static SignalTrack Rewind(SignalTrack track, DateTimeOffset now)
    {
        SignalTrack rewound = track with
        {
            CollectedUntil = track.CollectedUntil < now ? track.CollectedUntil : now,
            LastTime = track.LastTime > now ? now : track.LastTime,
            ErrorSince = track.ErrorSince > now ? now : track.ErrorSince,
            FailingSince = track.FailingSince > now ? now : track.FailingSince,
            RestlessSince = track.RestlessSince > now ? now : track.RestlessSince,
            SilentTime = track.SilentTime > now ? now : track.SilentTime,
            SilentInARow = track.SilentTime > now ? 0 : track.SilentInARow,
            Failures = RecentTimes.Until(track.Failures, now),
            Silences = RecentTimes.Until(track.Silences, now),
            Errors = RecentTimes.Until(track.Errors, now),
        };
        if (track.BadSince is not { } since || !(track.LastTime > now)) return rewound;
        if (since > now) return rewound with { BadSince = null, BadFor = TimeSpan.Zero, BadInARow = 0 };

        // What the run had come to by now; the samples after it will be seen again and must not count twice.
        TimeSpan badFor = now - since < track.BadFor ? now - since : track.BadFor;
        int further = track.BadFor > TimeSpan.Zero ? (int)((track.BadInARow - 1) * (badFor / track.BadFor)) : 0;
        return rewound with { BadFor = badFor, BadInARow = 1 + further };
    }

    /// <summary>Clear, pending or breached.</summary>
    public static SignalState StateOf(SignalTrack track) =>
        track.Breach is not null ? SignalState.Breached : track.BadInARow > 0 ? SignalState.Pending : SignalState.Clear;

    /// <summary>Whether nothing bad is remembered that has not run out: neither a run nor a total.</summary>
    internal static bool IsOver(SignalTrack track) => track.BadInARow == 0 && track.Failures is null;

    /// <summary>Whether a run of bad samples has lasted as long, or come as often, as the document says.</summary>
    internal static bool RunIsBreach(SignalDefinition signal, int badInARow, TimeSpan badFor) =>
        badInARow > 0 && (badInARow >= signal.Consecutive || badFor >= signal.For);

    /// <summary>
    /// When the source failed, once an interval for as long as it does, so that how often it is asked changes nothing. Nothing where
    /// no total is asked for.
    /// </summary>
    private static RecentTimes? Errors(SignalDefinition signal, SignalTrack track, SignalBatch batch, DateTimeOffset now)
    {
        if (signal.ErrorLimit is not { Within: not null } limit) return null;
        RecentTimes? errors = RecentTimes.Prune(track.Errors, now, limit);
        if (batch.Error is null) return errors;
        if (track.ErrorSince is null || track.Errors is null) return RecentTimes.Add(errors, now, limit);

        DateTimeOffset last = track.Errors.Newest;
        long missed = (now - last).Ticks / signal.Interval.Ticks;
        for (long i = Math.Max(1, missed - limit.Count + 1); i <= missed; i++) errors = RecentTimes.Add(errors, last + (i * signal.Interval), limit);
        return errors;
    }

    /// <summary>Walks the stable side along with the new one.</summary>
    private sealed class StableCursor : IDisposable
    {
        private readonly SignalWalk? _walk;
        private readonly IEnumerator<SignalSample>? _samples;
        private bool _more;

        public StableCursor(SignalDefinition signal, (SignalTrack Track, SignalBatch Batch)? stable, DateTimeOffset stepStart)
        {
            if (stable is not var (track, batch)) return;
            _walk = new SignalWalk(signal, track, stepStart);
            _samples = batch.Samples.GetEnumerator();
            _more = _samples.MoveNext();
        }

        /// <summary>Whether the stable side fails too.</summary>
        public bool FailsAt(DateTimeOffset time)
        {
            while (_more && _samples!.Current.Time <= time)
            {
                _walk!.IsBad(_samples.Current);
                _more = _samples.MoveNext();
            }

            return _walk?.IsHalfway(time) == true;
        }

        public void Dispose() => _samples?.Dispose();
    }
}
