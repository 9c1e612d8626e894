namespace ReadyOps.Core.Signals;

/// <summary>Where the samples of one signal come from.</summary>
public interface ISignalSource
{
    /// <summary>
    /// The samples of a span, in order of time. A source with a history (Prometheus) answers the same for the same span
    /// whenever it is asked; one without (a scrape, a check) looks once, now, and says so in <see cref="SignalBatch.SeesOnlyTicks"/>.
    /// Never throws for a source that is down, slow or talks nonsense: that is <see cref="SignalBatch.Error"/>.
    /// </summary>
    /// <param name="span">What is asked for.</param>
    /// <param name="carry">What the last batch of this signal asked to be kept, or <see langword="null"/>.</param>
    /// <param name="cancel">Stops waiting.</param>
    ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel);
}

/// <summary>A span to collect.</summary>
/// <param name="After">Samples after this moment; the moment itself was collected before.</param>
/// <param name="Until">And up to this moment, now.</param>
/// <param name="StepStart">When the current step began: no window reaches back before it where it can be clipped.</param>
/// <param name="Start">When the rollout began: nothing from before it says anything about it.</param>
/// <param name="Exposed">Whether the step exposes what the signal can measure: without a share of traffic, or a comparison without a baseline that still has some, there is nothing to see.</param>
public readonly record struct SignalSpan(DateTimeOffset After, DateTimeOffset Until, DateTimeOffset StepStart, DateTimeOffset Start, bool Exposed = true);

/// <summary>One sample of a signal.</summary>
/// <param name="Time">When it was seen.</param>
/// <param name="Value">Its value in base units; NaN is no data, and infinities are compared but never pass.</param>
/// <param name="Covers">How much time before <paramref name="Time"/> it speaks for: the interval of its grid, or the time between two scrapes.</param>
/// <param name="InStep">Whether all it was computed from lies in the current step, so that it counts towards leaving the step.</param>
/// <param name="Traffic">How much traffic it stands for, where that is measured; NaN where it could not be told.</param>
public readonly record struct SignalSample(DateTimeOffset Time, double Value, TimeSpan Covers, bool InStep, double? Traffic = null)
{
    /// <summary>Whether the source looked and could not decide yet: no gap, and neither good nor bad. Its value is NaN.</summary>
    public bool Undecided { get; init; }
}

/// <summary>What a source answered.</summary>
public sealed record SignalBatch
{
    /// <summary>The samples, in order of time, none twice.</summary>
    public IReadOnlyList<SignalSample> Samples { get; init; } = [];

    /// <summary>
    /// Up to when the source has answered: the next span begins after it. Before the end of the asked span where newer values may
    /// still change, and the start of the asked span when a source with a history
    /// failed: it is asked for again.
    /// </summary>
    public required DateTimeOffset CollectedUntil { get; init; }

    /// <summary>Why the source could not be asked; <see langword="null"/> when it answered, even with nothing.</summary>
    public string? Error { get; init; }

    /// <summary>What the source warned of.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// Why the newest sample says what it says, in a sentence, for samples that are verdicts and have no value to show; of a batch
    /// with a bad sample, why the first of those is bad. <see langword="null"/> for a source whose values say it themselves.
    /// </summary>
    public string? Says { get; init; }

    /// <summary>What a check measured at its look, in base units; nothing where its verdict is all there is, and for a source whose samples are values.</summary>
    public double? Measured { get; init; }

    /// <summary>To be handed to the next call: for example the counters of the last scrape.</summary>
    public string? Carry { get; init; }

    /// <summary>Whether a breach between two ticks can go unseen, because the source has no history.</summary>
    public bool SeesOnlyTicks { get; init; }
}
