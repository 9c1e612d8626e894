using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals.Baselines;

/// <summary>What a caller wants captured otherwise than the plan says.</summary>
public sealed record BaselineCapture
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>How many weeks, instead.</summary>
    public int? Weeks { get; init; }

    /// <summary>How far apart the samples of all metrics are.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Whether each hour of the week is captured on its own, too.</summary>
    public bool SameHourOfWeek { get; init; }

    /// <summary>Whose hours they are.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The release that is running.</summary>
    public string? Release { get; init; }

    /// <summary>The plan with all of it.</summary>
    /// <exception cref="ReadyOpsException"><c>BaselineSpanInvalid</c>, <c>IntervalInvalid</c>, <c>TimeZoneUnknown</c></exception>
    public PerformanceBaseline On(PerformanceBaseline plan)
    {
        if (Weeks is not null && Window is not null) throw new ReadyOpsException("BaselineSpanInvalid", "Both -Weeks and -Window say how long is captured.", "Leave one of them out.");
        bool asked = SameHourOfWeek && !plan.SameHourOfWeek;
        string zone = TimeZone ?? plan.TimeZone;
        if (TimeZones.Find(zone) is null) throw new ReadyOpsException("TimeZoneUnknown", $"This machine knows no time zone '{zone}'.", $"Give {TimeZones.Expected}.");
        TimeSpan span = Weeks is { } weeks ? TimeSpan.FromDays(7 * weeks) : Window ?? (asked ? TimeSpan.FromDays(28) : plan.Span);
        if (span < TimeSpan.FromSeconds(1)) throw new ReadyOpsException("BaselineSpanInvalid", $"A span of {Quantities.Format(span)} has nothing to capture.", "Give a -Window such as 1h.");
        if (Interval is { } interval && (interval < ShortestInterval || interval.Ticks % TimeSpan.TicksPerMillisecond != 0))
            throw new ReadyOpsException("IntervalInvalid", $"{Quantities.Format(interval)} is no distance of samples.", "Give whole milliseconds, at least 100ms, such as 15s.");

        // Weeks of samples every 15 s tell an hour no better than one a minute does.
        TimeSpan least = asked ? TimeSpan.FromMinutes(1) : TimeSpan.Zero;
        return plan with
        {
            SameHourOfWeek = asked || plan.SameHourOfWeek,
            TimeZone = zone,
            Span = span,
            Release = Release ?? plan.Release,
            Metrics = [.. plan.Metrics.Select(metric => metric with { Interval = Interval ?? (metric.Interval < least ? least : metric.Interval) })],
        };
    }
}
