namespace ReadyOps.Core.Rollouts;

/// <summary>A clock that stands where history is being played.</summary>
internal sealed class BacktestClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    public override DateTimeOffset GetUtcNow() => _now;

    public void MoveTo(DateTimeOffset time) => _now = time;
}
