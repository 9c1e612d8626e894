namespace ReadyOps.Benchmarks;

/// <summary>A clock that moves only when told to; timers run in real time, because nothing here is to wait for one.</summary>
internal sealed class VirtualClock : TimeProvider
{
    private DateTimeOffset _now = new(2027, 1, 4, 8, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
