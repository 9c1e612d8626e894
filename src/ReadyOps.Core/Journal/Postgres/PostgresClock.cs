namespace ReadyOps.Core.Journal.Postgres;

/// <summary>
/// The database's clock, as far as a machine can know it: its own, put right by what the database showed last. Agents on machines
/// whose clocks disagree then write one history, and hold steps for as long as they are to be held.
/// </summary>
/// <param name="own">The machine's clock; timers run by it.</param>
internal sealed class PostgresClock(TimeProvider own) : TimeProvider
{
    /// <summary>Less than this is how long answers take and how clocks tremble, and is left alone.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(500);

    private long _offset;

    /// <summary>How far the machine's clock is behind the database's.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    public override TimeZoneInfo LocalTimeZone => own.LocalTimeZone;

    public override long TimestampFrequency => own.TimestampFrequency;

    /// <summary>Takes what the database showed between two moments of the machine.</summary>
    /// <returns>Whether the clock was put right by it.</returns>
    public bool Saw(DateTimeOffset shown, DateTimeOffset asked, DateTimeOffset answered)
    {
        TimeSpan offset = shown - (asked + ((answered - asked) / 2));
        // The answer may have been under way for all of that time.
        if ((offset - Offset).Duration() <= Tolerance + ((answered - asked) / 2)) return false;
        Interlocked.Exchange(ref _offset, offset.Duration() <= Tolerance ? 0 : offset.Ticks);
        return true;
    }

    public override DateTimeOffset GetUtcNow() => own.GetUtcNow() + Offset;

    public override long GetTimestamp() => own.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        own.CreateTimer(callback, state, dueTime, period);
}
