using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>Reads <c>windows:</c>.</summary>
internal static class WindowReader
{
    private const string TimeExpected = "a time of day from 00:00 to 24:00, in quotes";
    private const string MomentExpected = "a date and time such as 2026-12-18T18:00, or with its offset 2026-12-18T18:00+01:00, or a date";
    private const string EndsFirst = "it ends before it begins";
    private const string EndExpected = "an end after the beginning";
    private const string DaysExpected = "days such as mon, mon-fri or [sat, sun]";

    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly string[] MomentFormats = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>Reads the windows of a rollout; <see langword="null"/> when there are none.</summary>
    public static RiseWindows? Read(ObjectReader? reader)
    {
        if (reader is null) return null;
        var windows = new RiseWindows(reader.OptionalText("timeZone") ?? "UTC",
            [.. reader.Objects("allowed").Select(ReadOne)], [.. reader.Objects("freezes").Select(ReadOne)]);
        if (reader.Has("allowed") && windows.Allowed.Count == 0) reader.Problem("allowed", "the list is empty, so the share could never rise", "at least one window, or no 'allowed'");
        return windows;
    }

    /// <summary>
    /// Notes what makes windows useless here. Not asked of a rollout that runs: a machine without the zone must still be able to take
    /// it back.
    /// </summary>
    public static void NoteUnusable(ObjectReader root, RiseWindows? windows, DateTimeOffset now)
    {
        if (windows is null) return;
        ObjectReader reader = root.Object("windows")!;
        if (!windows.ZoneIsKnown) reader.Problem("timeZone", $"this machine knows no time zone '{windows.TimeZone}'", TimeZones.Expected);
        else if (windows.OpensAt(now) is null) reader.Problem("allowed", "the share may not rise at any time within a year", "windows that leave some time");
        if (TimeZones.Find(windows.TimeZone) is not { } zone) return;
        NoteReversed(reader.Objects("allowed"), windows.Allowed, zone);
        NoteReversed(reader.Objects("freezes"), windows.Freezes, zone);
    }

    /// <summary>A span that ends before it begins would keep nobody from anything.</summary>
    private static void NoteReversed(IReadOnlyList<ObjectReader> items, IReadOnlyList<RiseWindow> windows, TimeZoneInfo zone)
    {
        for (int i = 0; i < windows.Count; i++)
        {
            if (windows[i].Once is not { } once || once.From.Offset == once.To.Offset) continue;
            if (once.To.Moment(zone, first: false) <= once.From.Moment(zone, first: true)) items[i].Problem("to", EndsFirst, EndExpected);
        }
    }

    private static RiseWindow ReadOne(ObjectReader reader)
    {
        string? from = reader.OptionalText("from");
        string? to = reader.OptionalText("to");
        var window = new RiseWindow { Days = Days(reader), Reason = reader.OptionalText("reason") };
        if (from is not null && from.Contains('-', StringComparison.Ordinal))
        {
            if (reader.Has("days")) reader.Problem("days", "a window from one date to another has no days", "either days or dates");
            WindowEdge start = Edge(reader, "from", from, TimeSpan.Zero);
            if (to is null)
            {
                reader.Problem("to", "'to' is missing", MomentExpected);
                return window;
            }

            // A last day that is only named is meant with all its hours.
            WindowEdge end = Edge(reader, "to", to, TimeSpan.FromDays(1));
            // Where their offsets differ, the clocks do not say which is first.
            if (end.Offset == start.Offset && end.Time <= start.Time) reader.Problem("to", EndsFirst, EndExpected);
            return window with { Once = (start, end) };
        }

        TimeSpan begins = TimeOfDay(reader, "from", from, TimeSpan.Zero);
        TimeSpan ends = TimeOfDay(reader, "to", to, TimeSpan.FromDays(1));
        if (begins == TimeSpan.FromDays(1)) reader.Problem("from", "a day has no time after 24:00", "a time before 24:00");
        if (begins == ends) reader.Problem("to", "it ends when it begins", "another time");
        if (!reader.Has("days") && from is null && to is null) reader.Problem("from", "nothing says when", "'days', 'from' or 'to'");
        return window with { From = begins, To = ends };
    }

    private static DayOfWeek[] Days(ObjectReader reader)
    {
        var days = new SortedSet<DayOfWeek>();
        foreach (string text in reader.Texts("days").SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries)))
        {
            string[] ends = text.ToLowerInvariant().Split('-', StringSplitOptions.TrimEntries);
            int first = Array.IndexOf(DayNames, ends[0]);
            int last = Array.IndexOf(DayNames, ends[^1]);
            if (first < 0 || last < 0 || ends.Length > 2)
            {
                reader.Problem("days", $"this is '{text}'", DaysExpected);
                return [];
            }

            for (int day = first; ; day = (day + 1) % DayNames.Length)
            {
                days.Add((DayOfWeek)day);
                if (day == last) break;
            }
        }

        if (reader.Has("days") && days.Count == 0) reader.Problem("days", "there are no days", DaysExpected);
        return [.. days];
    }

    private static TimeSpan TimeOfDay(ObjectReader reader, string name, string? text, TimeSpan fallback)
    {
        if (text is null) return fallback;
        if (text is "24:00") return TimeSpan.FromDays(1);
        if (TimeOnly.TryParseExact(text, ["HH:mm", "H:mm", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)) return time.ToTimeSpan();
        reader.Problem(name, $"this is '{text}'", TimeExpected);
        return fallback;
    }

    private static WindowEdge Edge(ObjectReader reader, string name, string text, TimeSpan ofWholeDay)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date))
            return new WindowEdge(date.ToDateTime(TimeOnly.MinValue) + ofWholeDay, null);
        if (DateTime.TryParseExact(text, MomentFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local)) return new WindowEdge(local, null);
        if (DateTimeOffset.TryParseExact(text, [.. MomentFormats.Select(format => format + "K")], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment))
            return new WindowEdge(moment.DateTime, moment.Offset);
        reader.Problem(name, $"this is '{text}'", MomentExpected);
        return new WindowEdge(DateTime.UnixEpoch, TimeSpan.Zero);
    }
}
