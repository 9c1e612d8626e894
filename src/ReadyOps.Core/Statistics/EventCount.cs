namespace ReadyOps.Core.Statistics;

/// <summary>Events of one side, and out of how much.</summary>
/// <param name="Events">How many events there were: errors, timeouts.</param>
/// <param name="Size">Trials (requests) of which each can be an event, or exposure (hours, gigabytes) during which events happen.</param>
public readonly record struct EventCount(double Events, double Size)
{
    /// <summary>Events per trial or per unit of exposure.</summary>
    public double Rate => Events / Size;

    /// <summary>Both together.</summary>
    public static EventCount operator +(EventCount left, EventCount right) => new(left.Events + right.Events, left.Size + right.Size);
}
