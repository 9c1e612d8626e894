namespace ReadyOps.Core.Signals;

/// <summary>
/// Sustained breach, exactly: a bound broken by every sample over <c>for:</c>, or by so many in a row. A good sample clears; a
/// missing one neither extends nor clears. Pure: the same samples give the same track however they are cut into batches.
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
        foreach (SignalSample sample in batch.Samples)
        {
            // Asked for twice after a crash, a sample still counts once.
            if (sample.Time <= track.LastTime) continue;
            if (Judge(signal, sample.Value) is not { } good) continue;

            track = Take(signal, track, sample, good, stepStart);
            if (track.Breach is { StableFails: false } || !IsBreached(signal, track)) continue;

            // A breach that the stable side shares gives way to one that it no longer does, in this batch as in the next.
            bool stableFails = cursor.FailsAt(sample.Time);
            if (track.Breach is null || !stableFails)
                track = track with { Breach = new SignalBreach(track.BadSince!.Value, sample.Time, sample.Value, stableFails) };
        }

        return track with
        {
            CollectedUntil = batch.CollectedUntil > track.CollectedUntil ? batch.CollectedUntil : track.CollectedUntil,
            ErrorSince = batch.Error is null ? null : track.ErrorSince ?? now,
            Error = batch.Error,
            Warning = batch.Warnings.Count > 0 ? batch.Warnings[0] : null,
            Carry = batch.Carry ?? (batch.Error is null ? null : track.Carry),
        };
    }

    /// <summary>What remains of a track when a new step begins: the runs go on, the counts of the step begin anew.</summary>
    public static SignalTrack EnterStep(SignalTrack track) => track with { StepGood = 0, StepSamples = 0 };

    /// <summary>What remains of a track once its breach was acted on.</summary>
    public static SignalTrack Acknowledge(SignalTrack track) => track with { Breach = null };

    /// <summary>What remains of a track once the release it watched was taken back: what was bad then is not held against what comes.</summary>
    public static SignalTrack Reset(SignalTrack track) =>
        EnterStep(track) with { Breach = null, BadSince = null, BadFor = TimeSpan.Zero, BadInARow = 0 };

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

    /// <summary>
    /// Whether a value keeps the bound; <see langword="null"/> when it says nothing. An infinite value that would keep the bound
    /// is a division by nothing and no proof of health, so it says nothing.
    /// </summary>
    private static bool? Judge(SignalDefinition signal, double value)
    {
        if (double.IsNaN(value)) return null;
        bool holds = signal.Bound.Holds(value);
        return holds && double.IsInfinity(value) ? null : holds;
    }

    private static SignalTrack Take(SignalDefinition signal, SignalTrack track, SignalSample sample, bool good, DateTimeOffset stepStart)
    {
        bool inStep = sample.InStep && sample.Time > stepStart;
        SignalTrack next = track with
        {
            LastTime = sample.Time,
            LastValue = sample.Value,
            LastGood = good,
            StepSamples = track.StepSamples + (inStep ? 1 : 0),
            StepGood = track.StepGood + (inStep && good ? 1 : 0),
        };
        if (good) return next with { BadSince = null, BadFor = TimeSpan.Zero, BadInARow = 0 };
        if (track.BadSince is null) return next with { BadSince = sample.Time, BadFor = TimeSpan.Zero, BadInARow = 1 };

        // A sample speaks for the time it covers and no more: what lies in a gap before it was not seen.
        TimeSpan sinceLast = sample.Time - track.LastTime!.Value;
        TimeSpan covers = sample.Covers > signal.Interval ? sample.Covers : signal.Interval;
        return next with { BadFor = track.BadFor + (sinceLast < covers ? sinceLast : covers), BadInARow = track.BadInARow + 1 };
    }

    /// <summary>Whether the present run of bad samples has lasted as long, or come as often, as the document says.</summary>
    internal static bool IsBreached(SignalDefinition signal, SignalTrack track) =>
        track.BadInARow > 0
        && (signal.Consecutive is { } count ? track.BadInARow >= count : track.BadFor >= signal.For);

    /// <summary>Walks the stable side along with the new one.</summary>
    private sealed class StableCursor : IDisposable
    {
        private readonly SignalDefinition _signal;
        private readonly DateTimeOffset _stepStart;
        private readonly IEnumerator<SignalSample>? _samples;
        private SignalTrack _track = new();
        private bool _more;

        public StableCursor(SignalDefinition signal, (SignalTrack Track, SignalBatch Batch)? stable, DateTimeOffset stepStart)
        {
            _signal = signal;
            _stepStart = stepStart;
            if (stable is not var (track, batch)) return;
            _track = track;
            _samples = batch.Samples.GetEnumerator();
            _more = _samples.MoveNext();
        }

        /// <summary>
        /// Whether the stable side fails too: its own run of bad samples has come at least half the way to a breach. Half is
        /// enough to know that the release alone is not to blame, and a blip on the stable side is not.
        /// </summary>
        public bool FailsAt(DateTimeOffset time)
        {
            while (_more && _samples!.Current.Time <= time)
            {
                SignalSample sample = _samples.Current;
                if (!(sample.Time <= _track.LastTime) && Judge(_signal, sample.Value) is { } good)
                    _track = Take(_signal, _track, sample, good, _stepStart);
                _more = _samples.MoveNext();
            }

            if (_track.BadInARow == 0) return false;
            return _signal.Consecutive is { } count ? _track.BadInARow * 2 >= count : _track.BadFor * 2 >= _signal.For;
        }

        public void Dispose() => _samples?.Dispose();
    }
}
