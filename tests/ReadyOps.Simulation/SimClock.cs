namespace ReadyOps.Simulation;

/// <summary>
/// The clock of one machine: it may be wrong and it may jump, but what it measures (timestamps, timers) goes on evenly. Timers fire
/// on the thread of the agent that waits, when nothing else is left for it to do.
/// </summary>
internal sealed class SimClock(Scheduler scheduler) : TimeProvider
{
    private readonly List<SimTimer> _timers = [];

    /// <summary>How far ahead of the true time it is.</summary>
    public TimeSpan Ahead { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>What the process here goes by instead, if not by its machine.</summary>
    public TimeProvider? Shared { get; set; }

    /// <summary>The time that the process here goes by.</summary>
    public DateTimeOffset Now => Shared?.GetUtcNow() ?? GetUtcNow();

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp() + Ahead.Ticks, TimeSpan.Zero);

    public override long GetTimestamp()
    {
        scheduler.DemandTurn();
        return scheduler.Now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits for the result of something that waits for timers of this clock only.</summary>
    public T Await<T>(ValueTask<T> pending)
    {
        if (pending.IsCompleted) return pending.GetAwaiter().GetResult();
        Task<T> task = pending.AsTask();
        while (!task.IsCompleted) FireNext();
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Waits within a call while what runs beside it, as the renewal of a lease, goes on.</summary>
    public void WaitUntil(long time)
    {
        while (_timers.Count > 0 && _timers.MinBy(timer => timer.Due)!.Due <= time) FireNext();
        scheduler.SleepUntil(time);
    }

    /// <summary>As <see cref="Task.Delay(TimeSpan, TimeProvider, CancellationToken)"/>, which goes on elsewhere when it is cancelled; this stays on the thread of its agent.</summary>
    public async Task WaitAsync(TimeSpan wait, CancellationToken cancel)
    {
        var over = new TaskCompletionSource();
        await using ITimer timer = CreateTimer(_ => over.TrySetResult(), null, wait, Timeout.InfiniteTimeSpan);
        await using CancellationTokenRegistration stopped = cancel.UnsafeRegister(_ => over.TrySetCanceled(cancel), null);
        await over.Task.ConfigureAwait(false);
    }

    private void FireNext()
    {
        SimTimer next = _timers.Count > 0 ? _timers.MinBy(timer => timer.Due)! : throw new InvalidOperationException("An agent waits for nothing.");
        scheduler.SleepUntil(next.Due);
        next.Fire();
    }

    private sealed class SimTimer(SimClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public void Fire()
        {
            clock._timers.Remove(this);
            if (_period > TimeSpan.Zero)
            {
                // Who stood still for several periods is told once.
                Due = Math.Max(Due, clock.GetTimestamp()) + _period.Ticks;
                clock._timers.Add(this);
            }

            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._timers.Remove(this);
            _period = period;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            Due = clock.GetTimestamp() + dueTime.Ticks;
            clock._timers.Add(this);
            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
