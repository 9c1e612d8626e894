using System.Collections.Concurrent;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// A signal's history, asked for once and served to any number of runs. Samples with their whole window are the same for every
/// run. Those so near the start of a step that their window is clipped are asked of the source itself, once for each start.
/// </summary>
/// <param name="samples">The samples with their whole window, in order of time.</param>
/// <param name="signal">The signal.</param>
/// <param name="reach">How far back a sample looks.</param>
/// <param name="source">
/// Gives samples with a clipped window; <see langword="null"/> where there are none: then a sample whose window reaches back before
/// the rollout is left out, and one whose window reaches back before the step does not count towards leaving it.
/// </param>
/// <param name="end">When the history ends; nothing after it is asked for.</param>
internal sealed class BacktestSource(SignalSample[] samples, SignalDefinition signal, TimeSpan reach, ISignalSource? source, DateTimeOffset end) : IBacktestSource
{
    private readonly ConcurrentDictionary<(DateTimeOffset StepStart, DateTimeOffset Start), Lazy<Task<SignalBatch>>> _clipped = new();

    /// <summary>The samples with their whole window, in order of time.</summary>
    public ReadOnlySpan<SignalSample> Samples => samples;

    /// <summary>How far back a sample looks: nearer than this to the start of a step, samples are not <see cref="Samples"/>.</summary>
    public TimeSpan Reach => reach;

    /// <inheritdoc/>
    public long Count => samples.Length;

    /// <inheritdoc/>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public ISignalSource For(SignalDefinition signal) => this;

    /// <inheritdoc/>
    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        // The same grid as PrometheusSignalSource has.
        long last = (span.Until - signal.Lag - DateTimeOffset.UnixEpoch).Ticks / signal.Interval.Ticks;
        DateTimeOffset until = DateTimeOffset.UnixEpoch + (last * signal.Interval);
        if (until <= span.After) return new SignalBatch { CollectedUntil = span.After };

        DateTimeOffset whole = span.StepStart + reach;
        if (span.After >= whole) return new SignalBatch { CollectedUntil = until, Samples = Slice(samples, span.After, until) };

        IReadOnlyList<SignalSample> clipped = source is null ? Unclipped(span) : await ClippedAsync(span, cancel).ConfigureAwait(false);
        DateTimeOffset border = whole < until ? whole : until;
        return new SignalBatch
        {
            CollectedUntil = until,
            Samples = [.. clipped.Where(sample => sample.Time > span.After && sample.Time <= border), .. Slice(samples, border, until)],
        };
    }

    /// <summary>Index of the first of the samples after a moment.</summary>
    public static int IndexAfter(ReadOnlySpan<SignalSample> samples, DateTimeOffset time)
    {
        int low = 0, high = samples.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (samples[middle].Time <= time) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private static ArraySegment<SignalSample> Slice(SignalSample[] samples, DateTimeOffset after, DateTimeOffset until)
    {
        int from = IndexAfter(samples, after), to = IndexAfter(samples, until);
        return from < to ? new ArraySegment<SignalSample>(samples, from, to - from) : ArraySegment<SignalSample>.Empty;
    }

    private List<SignalSample> Unclipped(SignalSpan span)
    {
        var kept = new List<SignalSample>();
        foreach (SignalSample sample in Slice(samples, span.After, span.StepStart + reach))
        {
            TimeSpan sinceStart = sample.Time - span.Start, sinceStep = sample.Time - span.StepStart;
            if (sinceStart > TimeSpan.Zero && sinceStart >= reach)
                kept.Add(sample with { InStep = sample.InStep && sinceStep > TimeSpan.Zero && sinceStep >= reach });
        }

        return kept;
    }

    private async ValueTask<IReadOnlyList<SignalSample>> ClippedAsync(SignalSpan span, CancellationToken cancel)
    {
        DateTimeOffset whole = span.StepStart + reach + signal.Lag;
        // Ticks differ between runs, the windows do not: ask from before whatever is left of the step before.
        DateTimeOffset from = span.StepStart - signal.Lag - (2 * signal.Interval);
        from = from < span.Start ? span.Start : from;
        var all = new SignalSpan(from, whole < end ? whole : end, span.StepStart, span.Start);
        SignalBatch batch;
        if (span.After < from)
        {
            batch = await source!.CollectAsync(all with { After = span.After }, null, cancel).ConfigureAwait(false);
        }
        else
        {
            batch = await _clipped.GetOrAdd((span.StepStart, span.Start),
                _ => new Lazy<Task<SignalBatch>>(() => source!.CollectAsync(all, null, cancel).AsTask())).Value.ConfigureAwait(false);
        }

        Failure ??= batch.Error;
        return batch.Samples;
    }
}
