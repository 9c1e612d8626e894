namespace ReadyOps;

/// <summary>What a metric was like in one hour of the week.</summary>
public sealed record BaselineHour
{
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    internal BaselineHour()
    {
    }

    /// <summary>Which hour: 0 is Monday from midnight to 1 o'clock, 167 Sunday from 23 o'clock on, in the time zone of the baseline.</summary>
    public int Hour { get; internal init; }

    /// <summary>The same for people: <c>Mon 00:00</c>.</summary>
    public string Name => NameOf(Hour);

    /// <summary>In how many weeks at least half of this hour had samples.</summary>
    public int Weeks { get; internal init; }

    /// <summary>Its figures.</summary>
    public BaselineValues Values { get; internal init; } = new();

    internal static string NameOf(int hour) => FormattableString.Invariant($"{Days[hour / 24]} {hour % 24:00}:00");
}
