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

    public DateTimeOffset Now => new(scheduler.Now + Ahead.Ticks, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => scheduler.Now;

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

    private void FireNext()
    {
        SimTimer next = _timers.Count > 0 ? _timers.MinBy(timer => timer.Due)! : throw new InvalidOperationException("An agent waits for nothing.");
        scheduler.SleepUntil(next.Due);
        _timers.Remove(next);
        next.Fire();
    }

    private sealed class SimTimer(SimClock clock, TimerCallback callback, object? state) : ITimer
    {
        public long Due { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock._timers.Remove(this);
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
