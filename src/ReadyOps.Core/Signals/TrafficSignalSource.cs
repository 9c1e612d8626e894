namespace ReadyOps.Core.Signals;

/// <summary>A query beside another that counts the traffic which each of its samples stands for.</summary>
/// <param name="values">The samples.</param>
/// <param name="traffic">The traffic, on the same grid.</param>
internal sealed class TrafficSignalSource(IQuerySource values, IQuerySource traffic) : IQuerySource
{
    /// <inheritdoc/>
    public TimeSpan Reach => values.Reach > traffic.Reach ? values.Reach : traffic.Reach;

    /// <inheritdoc/>
    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        Task<SignalBatch> counting = traffic.CollectAsync(span, null, cancel).AsTask();
        SignalBatch seen = await values.CollectAsync(span, carry, cancel).ConfigureAwait(false);
        SignalBatch counted = await counting.ConfigureAwait(false);
        Dictionary<DateTimeOffset, SignalSample> counts = counted.Samples.ToDictionary(sample => sample.Time);
        // What is answered by one side only is asked for again.
        DateTimeOffset until = seen.CollectedUntil < counted.CollectedUntil ? seen.CollectedUntil : counted.CollectedUntil;
        return seen with
        {
            CollectedUntil = until,
            Samples = [.. seen.Samples.Where(sample => sample.Time <= until).Select(sample => With(sample, counts))],
            Error = seen.Error ?? counted.Error,
            Warnings = [.. seen.Warnings.Union(counted.Warnings)],
        };
    }

    /// <summary>Traffic that nobody counted is no traffic: a sample without it says nothing.</summary>
    private static SignalSample With(SignalSample sample, Dictionary<DateTimeOffset, SignalSample> counts) =>
        counts.TryGetValue(sample.Time, out SignalSample count)
            ? sample with { Traffic = count.Value, InStep = sample.InStep && count.InStep }
            : sample with { Traffic = double.NaN };
}
