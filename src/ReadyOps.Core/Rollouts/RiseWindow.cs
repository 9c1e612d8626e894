namespace ReadyOps.Core.Rollouts;

/// <summary>A time in which the share may rise, or may not: hours of days that come again, or one span.</summary>
public sealed record RiseWindow
{
    /// <summary>The days on which it begins; every day when there is none.</summary>
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>The time of day at which it begins.</summary>
    public TimeSpan From { get; init; }

    /// <summary>The time of day at which it ends, up to 24 hours; not after <see cref="From"/> it is that of the next day.</summary>
    public TimeSpan To { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The span, where it does not come again; its end does not belong to it.</summary>
    public (WindowEdge From, WindowEdge To)? Once { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The spans that it covers near a stretch of time. In the hour that comes twice, where the beginning or the end could mean either
    /// of two moments, a generous reading takes the longer span and a strict one the shorter.
    /// </summary>
    internal IEnumerable<(DateTimeOffset From, DateTimeOffset To)> Spans(TimeZoneInfo zone, DateTimeOffset from, DateTimeOffset until, bool generous)
    {
        if (Once is { } once)
        {
            (DateTimeOffset start, DateTimeOffset end) = (once.From.Moment(zone, first: generous), once.To.Moment(zone, first: !generous));
            if (end > start) yield return (start, end);
            yield break;
        }

        DateTime last = TimeZoneInfo.ConvertTime(until, zone).Date.AddDays(1);
        for (DateTime day = TimeZoneInfo.ConvertTime(from, zone).Date.AddDays(-2); day <= last; day = day.AddDays(1))
        {
            if (Days.Count > 0 && !Days.Contains(day.DayOfWeek)) continue;
            DateTimeOffset start = new WindowEdge(day + From, null).Moment(zone, first: generous);
            DateTimeOffset end = new WindowEdge(To > From ? day + To : day.AddDays(1) + To, null).Moment(zone, first: !generous);
            if (end > start) yield return (start, end);
        }
    }
}

/// <summary>One edge of a span.</summary>
/// <param name="Time">The time that clocks show.</param>
/// <param name="Offset">Its offset from UTC, where the document says it; otherwise that of the zone counts.</param>
public readonly record struct WindowEdge(DateTime Time, TimeSpan? Offset)
{
    internal DateTimeOffset Moment(TimeZoneInfo zone, bool first) =>
        Offset is { } offset ? new DateTimeOffset(Time.Ticks - offset.Ticks, TimeSpan.Zero)
        : first ? LocalTime.First(zone, Time) : LocalTime.Last(zone, Time);
}
