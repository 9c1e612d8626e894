namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Times as clocks on the wall show them, and the moments they mean. When clocks go forward some times do not exist: they mean the
/// moment of the change. When clocks go back some come twice: the first and the second moment differ.
/// </summary>
internal static class LocalTime
{
    /// <summary>The first moment at which clocks show a time, or have just jumped over it.</summary>
    public static DateTimeOffset First(TimeZoneInfo zone, DateTime local)
    {
        if (zone.IsAmbiguousTime(local)) return Moment(local, zone.GetAmbiguousTimeOffsets(local).Max());
        return zone.IsInvalidTime(local) ? Jump(zone, local) : Moment(local, zone.GetUtcOffset(local));
    }

    /// <summary>The last moment at which clocks show a time, or have just jumped over it.</summary>
    public static DateTimeOffset Last(TimeZoneInfo zone, DateTime local) =>
        zone.IsAmbiguousTime(local) ? Moment(local, zone.GetAmbiguousTimeOffsets(local).Min()) : First(zone, local);

    private static DateTimeOffset Moment(DateTime local, TimeSpan offset) => new(local.Ticks - offset.Ticks, TimeSpan.Zero);

    /// <summary>When clocks jumped over a time: the moment lies where the old offset and the new one would put it, or between.</summary>
    private static DateTimeOffset Jump(TimeZoneInfo zone, DateTime local)
    {
        TimeSpan before = zone.GetUtcOffset(local.AddDays(-2));
        TimeSpan after = zone.GetUtcOffset(local.AddDays(2));
        DateTimeOffset low = Moment(local, before > after ? before : after);
        DateTimeOffset high = Moment(local, before > after ? after : before);
        // Clocks change at whole seconds.
        while (high - low > TimeSpan.FromSeconds(1))
        {
            DateTimeOffset middle = low + TimeSpan.FromSeconds(Math.Floor((high - low).TotalSeconds / 2));
            if (TimeZoneInfo.ConvertTime(middle, zone).DateTime >= local) high = middle;
            else low = middle;
        }

        return high;
    }
}
