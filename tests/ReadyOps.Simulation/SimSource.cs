using ReadyOps.Core.Signals;

namespace ReadyOps.Simulation;

/// <summary>A signal's samples straight from the traffic: what the client for Prometheus gives, without HTTP in between.</summary>
internal sealed class SimSource(SimWorld world, SimProcess process, SimSignal signal, string series) : ISignalSource
{
    public ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        process.Touch();
        if (Failure() is { } error)
        {
            world.Laws.Answered(process, signal, series, span, span.After, [], isError: true);
            return ValueTask.FromResult(new SignalBatch { CollectedUntil = span.After, Error = error, SeesOnlyTicks = signal.IsCheck });
        }

        SignalBatch batch = signal.IsCheck ? LookOnce(span) : LookBack(span);
        world.Laws.Answered(process, signal, series, span, batch.CollectedUntil, batch.Samples, isError: false);
        return ValueTask.FromResult(batch);
    }

    private string? Failure()
    {
        if (world.Is(Fault.MetricsSlow))
        {
            TimeSpan wait = world.Random.Seconds(1, 20);
            world.Sleep(process, wait);
            if (wait > TimeSpan.FromSeconds(10)) return "no answer within 10 s";
        }

        return world.Is(Fault.MetricsDown) ? "connection refused"
            : world.Is(Fault.MetricsStatus) ? "HTTP 503"
            : world.Is(Fault.MetricsGarbage) ? "not what the API gives" : null;
    }

    private SignalBatch LookBack(SignalSpan span)
    {
        long step = signal.Interval.Ticks;
        long last = (span.Until - signal.Lag).UtcTicks / step * step;
        if (last <= span.After.UtcTicks) return new SignalBatch { CollectedUntil = span.After };
        var samples = new List<SignalSample>();
        for (long time = ((span.After.UtcTicks / step) + 1) * step; time <= last; time += step)
        {
            // However wrong the clock of the one that asks: there is nothing yet of what is still to come.
            double value = time <= world.Scheduler.Now ? world.Traffic.At(series, time) : double.NaN;
            var at = new DateTimeOffset(time, TimeSpan.Zero);
            if (!double.IsNaN(value) && at > span.Start) samples.Add(new SignalSample(at, value, signal.Interval, at > span.StepStart));
        }

        return new SignalBatch { CollectedUntil = new DateTimeOffset(last, TimeSpan.Zero), Samples = samples };
    }

    private SignalBatch LookOnce(SignalSpan span)
    {
        double value = world.Traffic.At(series, world.Scheduler.Now);
        return new SignalBatch
        {
            CollectedUntil = span.Until,
            Samples = double.IsNaN(value) ? [] : [new SignalSample(span.Until, value <= 0.01 ? 1 : 0, span.Until - span.After, span.Until > span.StepStart)],
            SeesOnlyTicks = true,
        };
    }
}

/// <summary>The same through the real client for Prometheus; only tells the laws what came of it.</summary>
internal sealed class WatchedSource(SimWorld world, SimProcess process, SimSignal signal, string series, ISignalSource inner) : ISignalSource
{
    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        SignalBatch batch = await inner.CollectAsync(span, carry, cancel).ConfigureAwait(false);
        world.Laws.AfterAnswer(signal, series, span, batch);
        world.Laws.Answered(process, signal, series, span, batch.CollectedUntil, batch.Samples, batch.Error is not null);
        return batch;
    }
}
