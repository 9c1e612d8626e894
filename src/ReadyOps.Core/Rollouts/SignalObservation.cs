using System.Buffers.Binary;
using System.Security.Cryptography;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// What a decision needed of one signal over one span, small enough that a week at 15 s stays small. The query is in the
/// document that <see cref="RolloutStarted"/> holds.
/// </summary>
public sealed record SignalObservation
{
    private static readonly string DigestOfNothing = HexOf([]);

    /// <summary>Name of the signal.</summary>
    public required string Signal { get; init; }

    /// <summary>What it said after this span.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>Why, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The span begins after this moment.</summary>
    public required DateTimeOffset After { get; init; }

    /// <summary>Samples in the span that were numbers.</summary>
    public required int Samples { get; init; }

    /// <summary>How many of them broke the bound.</summary>
    public required int Bad { get; init; }

    /// <summary>Samples in the span that said nothing (NaN).</summary>
    public int Empty { get; init; }

    /// <summary>Least value in the span; of a check, of what it measured.</summary>
    public double? Min { get; init; }

    /// <summary>Greatest value in the span; of a check, of what it measured.</summary>
    public double? Max { get; init; }

    /// <summary>The stretches of bad samples in the span: time of the first and the last of each.</summary>
    public IReadOnlyList<TimeStretch>? Broken { get; init; }

    /// <summary>The stretches in the span longer than twice the interval without a sample.</summary>
    public IReadOnlyList<TimeStretch>? Gaps { get; init; }

    /// <summary>The longest time without a sample that ended in the span, also where it began before it; before the first sample, the time since the start.</summary>
    public TimeSpan? Silence { get; init; }

    /// <summary>
    /// SHA-256 over the samples in order, each the Unix time in milliseconds as a little-endian 64-bit integer and then the value
    /// as a little-endian IEEE 754 double; lower-case hex.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>What the source warned of.</summary>
    public IReadOnlyList<string>? Warnings { get; init; }

    /// <summary>What is remembered of the signal after this span.</summary>
    public required SignalTrack Track { get; init; }

    /// <summary>What is remembered of the stable side after this span, if it is watched.</summary>
    public SignalTrack? Stable { get; init; }

    /// <summary>Condenses a batch.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="status">What it says after it.</param>
    /// <param name="before">What was remembered before it.</param>
    /// <param name="batch">What its source answered.</param>
    /// <param name="track">What is remembered after it.</param>
    /// <param name="stable">The same of the stable side.</param>
    /// <param name="expected">From when on samples could be expected: no silence before that.</param>
    internal static SignalObservation Of(
        SignalDefinition signal, SignalStatus status, SignalTrack before, SignalBatch batch, SignalTrack track, SignalTrack? stable, DateTimeOffset expected)
    {
        DateTimeOffset after = before.CollectedUntil;
        SignalSample[] numbers = [.. batch.Samples.Where(sample => !double.IsNaN(sample.Value))];
        IReadOnlyList<TimeStretch> broken = Stretches(numbers, sample => !signal.Bound.Holds(sample.Value));
        IReadOnlyList<TimeStretch> gaps = GapsIn(numbers, after, batch.CollectedUntil, signal.Interval * 2);
        return new SignalObservation
        {
            Signal = signal.Name,
            Verdict = status.Verdict,
            Reason = status.Reason,
            After = after,
            Samples = numbers.Length,
            Bad = numbers.Count(sample => !signal.Bound.Holds(sample.Value)),
            Empty = batch.Samples.Count - numbers.Length,
            Min = signal.IsCheck ? batch.Measured : numbers.Length > 0 ? numbers.Min(sample => sample.Value) : null,
            Max = signal.IsCheck ? batch.Measured : numbers.Length > 0 ? numbers.Max(sample => sample.Value) : null,
            Broken = broken.Count > 0 ? broken : null,
            Gaps = gaps.Count > 0 ? gaps : null,
            Silence = SilenceIn(numbers, before.LastTime ?? expected),
            Digest = DigestOf(batch.Samples),
            Warnings = batch.Warnings.Count > 0 ? batch.Warnings : null,
            Track = track,
            Stable = stable,
        };
    }

    private static List<TimeStretch> Stretches(SignalSample[] samples, Func<SignalSample, bool> belongs)
    {
        var stretches = new List<TimeStretch>();
        bool open = false;
        foreach (SignalSample sample in samples)
        {
            bool now = belongs(sample);
            if (now && open) stretches[^1] = stretches[^1] with { To = sample.Time };
            else if (now) stretches.Add(new TimeStretch(sample.Time, sample.Time));
            open = now;
        }

        return stretches;
    }

    private static List<TimeStretch> GapsIn(SignalSample[] samples, DateTimeOffset after, DateTimeOffset until, TimeSpan longest)
    {
        var gaps = new List<TimeStretch>();
        DateTimeOffset last = after;
        foreach (DateTimeOffset time in samples.Select(sample => sample.Time).Append(until))
        {
            if (time - last > longest) gaps.Add(new TimeStretch(last, time));
            last = time;
        }

        return gaps;
    }

    private static TimeSpan? SilenceIn(SignalSample[] samples, DateTimeOffset last)
    {
        TimeSpan? longest = samples.Length > 0 ? TimeSpan.Zero : null;
        foreach (SignalSample sample in samples)
        {
            if (sample.Time - last > longest) longest = sample.Time - last;
            last = sample.Time;
        }

        return longest;
    }

    private static string HexOf(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private static string DigestOf(IReadOnlyList<SignalSample> samples)
    {
        if (samples.Count == 0) return DigestOfNothing;
        byte[] bytes = new byte[samples.Count * 16];
        for (int i = 0; i < samples.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 16), samples[i].Time.ToUnixTimeMilliseconds());
            BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan((i * 16) + 8), samples[i].Value);
        }

        return HexOf(bytes);
    }
}

/// <summary>A stretch of time.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end.</param>
public sealed record TimeStretch(DateTimeOffset From, DateTimeOffset To);
