namespace ReadyOps.Core.Signals.Baselines;

/// <summary>
/// Tells the hour of the week in a time zone. Where clocks are put back, an hour comes twice and both are that hour; where they are
/// put forward, one hour of that week does not come.
/// </summary>
/// <param name="zone">The time zone.</param>
internal sealed class HourOfWeek(TimeZoneInfo zone)
{
    /// <summary>The hour of the week (0 is Monday from midnight on) and a number of the week that no other week has.</summary>
    public (int Hour, int Week) Of(DateTimeOffset time)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(time, zone);
        int day = ((int)local.DayOfWeek + 6) % 7;
        return ((day * 24) + local.Hour, (DateOnly.FromDateTime(local.DateTime).DayNumber - day) / 7);
    }
}
