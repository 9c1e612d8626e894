namespace ReadyOps.Benchmarks;

/// <summary>A clock that moves only when told to; timers run in real time, because nothing here is to wait for one.</summary>
/// <param name="start">What it shows first; a Monday morning when not given.</param>
internal sealed class VirtualClock(DateTimeOffset? start = null) : TimeProvider
{
    private DateTimeOffset _now = start ?? new(2027, 1, 4, 8, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
