namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>
/// A signal that compares the release with a baseline for as long as the rollout runs. Looks follow upon each other at the multiples
/// of the interval since the Unix epoch, each wholly within a step that exposes something and leaves the baseline something; so what
/// is found does not depend on when it is asked for. A sample is 1 where the comparison lets the step pass, 0 where the canary is
/// shown to be worse, and undecided otherwise.
/// </summary>
/// <param name="feed">Where looks come from.</param>
/// <param name="rule">What is compared, and how.</param>
internal sealed class CompareSignalSource(ICompareFeed feed, CompareRule rule) : ISignalSource
{
    /// <summary>More looks than this come with the next tick.</summary>
    internal const int MostLooks = PrometheusClient.MaxPoints - 1;

    /// <summary>Where looks come from.</summary>
    public ICompareFeed Feed => feed;

    /// <summary>What is compared, and how.</summary>
    public CompareRule Rule => rule;

    /// <inheritdoc/>
    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        long after = Floor(span.After), last = Math.Min(Floor(span.Until - rule.Lag), after + MostLooks);
        // A look that began before the step saw something of another share of the traffic.
        long first = Math.Max(after, Ceiling(span.StepStart + rule.Delay)) + 1;
        if (last <= after) return new SignalBatch { CollectedUntil = span.After, Carry = carry };
        if (!span.Exposed || last < first) return new SignalBatch { CollectedUntil = At(last), Carry = carry };

        CompareTrack track;
        try
        {
            track = CompareTrack.Load(rule, carry);
        }
        catch (ReadyOpsException e)
        {
            return new SignalBatch { CollectedUntil = span.After, Error = e.Message };
        }

        CompareAnswer answer = await feed.LooksAsync(first, last, cancel).ConfigureAwait(false);
        if (answer.Error is not null) return new SignalBatch { CollectedUntil = span.After, Error = answer.Error, Warnings = answer.Warnings ?? [] };
        return Batch(At(last), answer, track, span.StepStart);
    }

    private static SignalBatch Batch(DateTimeOffset until, CompareAnswer answer, CompareTrack track, DateTimeOffset stepStart)
    {
        var samples = new List<SignalSample>();
        string? bad = null;
        foreach (CompareLook look in answer.Looks)
        {
            if (track.Take(look, stepStart) is not { } sample) continue;
            samples.Add(sample);
            if (sample.Value == 0) bad ??= track.Says;
        }

        string? missing = answer.Looks.Count > 0 ? answer.Looks[^1].Missing : null;
        return new SignalBatch
        {
            CollectedUntil = until,
            Samples = samples,
            Says = bad ?? (samples.Count > 0 ? track.Says : null),
            Warnings = [.. missing is null ? [] : new[] { $"At {until.UtcDateTime:u} {missing}." }, .. answer.Warnings ?? []],
            Carry = track.Save(),
        };
    }

    private DateTimeOffset At(long index) => DateTimeOffset.UnixEpoch + (index * rule.Interval);

    private long Floor(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / rule.Interval.Ticks;

    private long Ceiling(DateTimeOffset time) => Floor(time - TimeSpan.FromTicks(1)) + 1;
}
