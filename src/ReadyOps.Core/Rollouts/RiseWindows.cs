using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// When a share may rise. In doubt it does not: where a time comes twice, a freeze covers both, and allowed hours cover what both
/// readings agree on. Going back never asks.
/// </summary>
/// <param name="TimeZone">The IANA id of the zone that times without an offset are in.</param>
/// <param name="Allowed">The only times in which it may; always, when there is none.</param>
/// <param name="Freezes">Times in which it may not, whatever else is allowed.</param>
public sealed record RiseWindows(string TimeZone, IReadOnlyList<RiseWindow> Allowed, IReadOnlyList<RiseWindow> Freezes)
{
    // Beyond a year nobody plans, and a window that never opens must not be looked for forever.
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(370);
    private static readonly TimeSpan Near = TimeSpan.FromDays(2);

    /// <summary>Whether this machine knows the zone; where it does not, the share does not rise.</summary>
    public bool ZoneIsKnown => TimeZones.Find(TimeZone) is not null;

    /// <summary>Why the share may not rise now, without a full stop; <see langword="null"/> when it may.</summary>
    public string? Closed(DateTimeOffset now)
    {
        if (TimeZones.Find(TimeZone) is not { } zone) return $"this machine does not know the time zone '{TimeZone}', so it does not know whether the share may rise; tick it on one that does";
        if (Freezes.FirstOrDefault(freeze => Covering(freeze, zone, now, generous: true) is not null) is { } frozen)
            return $"a freeze{(frozen.Reason is { } why ? $" ({why})" : "")}{Until(zone, now)}";
        if (Allowed.Count == 0 || Allowed.Any(hours => Covering(hours, zone, now, generous: false) is not null)) return null;
        return $"outside the hours in which the share may rise{Until(zone, now)}";
    }

    /// <summary>The first moment from <paramref name="now"/> on at which the share may rise; <see langword="null"/> for none within a year.</summary>
    public DateTimeOffset? OpensAt(DateTimeOffset now)
    {
        if (TimeZones.Find(TimeZone) is not { } zone) return null;
        DateTimeOffset at = now;
        while (at - now < Horizon)
        {
            DateTimeOffset? thawed = Freezes.Select(freeze => Covering(freeze, zone, at, generous: true)).Max();
            if (thawed is { } later)
            {
                at = later;
                continue;
            }

            if (Allowed.Count == 0 || Allowed.Any(hours => Covering(hours, zone, at, generous: false) is not null)) return at;
            DateTimeOffset[] next = [.. Allowed.SelectMany(hours => hours.Spans(zone, at, now + Horizon, generous: false).Where(span => span.From > at).Take(1)).Select(span => span.From)];
            if (next.Length == 0) return null;
            at = next.Min();
        }

        return null;
    }

    /// <summary>The end of the span that covers a moment.</summary>
    private static DateTimeOffset? Covering(RiseWindow window, TimeZoneInfo zone, DateTimeOffset at, bool generous)
    {
        DateTimeOffset? end = null;
        foreach ((DateTimeOffset from, DateTimeOffset to) in window.Spans(zone, at - Near, at + Near, generous))
            if (from <= at && at < to && !(end >= to)) end = to;
        return end;
    }

    private string Until(TimeZoneInfo zone, DateTimeOffset now)
    {
        if (OpensAt(now) is not { } opens) return ", and it may not rise for a year";
        DateTimeOffset local = TimeZoneInfo.ConvertTime(opens, zone);
        return string.Create(CultureInfo.InvariantCulture, $" until {local:yyyy-MM-dd HH:mm} {TimeZone}");
    }
}
