using System.Globalization;
using ReadyOps.Core.Statistics;

namespace ReadyOps.Core.Signals.Comparisons;

/// <summary>
/// Counts the events of one side between two moments from the values of counters there. Differences, and no <c>increase()</c>: that
/// extrapolates, so events would come in lumps of four thirds, and its windows leave out what happens between them. Differences
/// of whole counters are whole, none is lost, and none is counted twice.
/// </summary>
/// <param name="side">What is counted.</param>
/// <param name="events">The counter of events, by process.</param>
/// <param name="sizes">What they are out of.</param>
/// <param name="rule">How it is compared.</param>
internal sealed class CounterSteps(CompareSide side, CounterGrid events, CounterGrid sizes, CompareRule rule)
{
    // Counters of different places are not read at the same moment.
    private const double Slack = 1.05;

    /// <summary>What was counted from one moment to the next. Looks at these two moments only.</summary>
    /// <param name="moment">The later moment.</param>
    /// <param name="missing">Why there is nothing; <see langword="null"/> when there is.</param>
    /// <exception cref="ReadyOpsException"><c>ComparisonInvalid</c>: the counters do not belong together.</exception>
    public EventCount Count(long moment, out string? missing)
    {
        CounterGrid.Row[] counted = [.. events.Rows.Where(row => events.Spans(row, moment))];
        // Where every series of events is of a process of which the size is known too, both are taken together.
        bool joined = side.SizeIsCounter && counted.All(row => sizes.Beside(row) is { } beside && sizes.Spans(beside, moment));
        double? size = null;
        double count = 0;
        bool unfit = false;
        foreach (CounterGrid.Row row in sizes.Rows)
        {
            double now = sizes.At(row, moment), before = side.SizeIsCounter ? sizes.At(row, moment - 1) : 0;
            if (double.IsNaN(now) || double.IsNaN(before)) continue;
            bool restarted = side.SizeIsCounter && now < before;
            double? found = restarted && !row.IsProcess ? null : joined ? EventsOf(row, moment, restarted) : 0;
            double step = restarted ? now : now - before;
            if (joined && found > Most(step))
            {
                // It began anew and has come further than it was: neither counter shows that alone, so this look of it cannot be told.
                (found, unfit) = (null, true);
            }

            size = (size ?? 0) + (found is null ? 0 : step);
            count += found ?? 0;
        }

        if (!joined) count = counted.Sum(row => Step(row, moment));
        missing = size is null ? $"there is no series of {side.Size}"
            : unfit && size == 0 ? $"what was counted by {side} does not belong together: a restart that cannot be told from counting on, or counters of different things"
            : counted.Length == 0 && !rule.AbsentIsZero ? $"there is no series of {side.Events}; if that means that there were none, say 'absentIsZero: true'" : null;
        return missing is null ? Fit(count, size!.Value) : default;
    }

    // A process that counts its requests has counted no events as long as it has no series of them.
    private double? EventsOf(CounterGrid.Row size, long moment, bool restarted)
    {
        if (events.Beside(size) is not { } row) return 0;
        double now = events.At(row, moment), before = events.At(row, moment - 1);
        if (double.IsNaN(now)) return 0;
        if (restarted || double.IsNaN(before)) return Whole(now);
        // Some of its series were given up, and the process goes on: what it counted meanwhile cannot be told.
        return now >= before ? Whole(now) - Whole(before) : null;
    }

    private double Step(CounterGrid.Row row, long moment)
    {
        double now = events.At(row, moment), before = events.At(row, moment - 1);
        if (double.IsNaN(now) || double.IsNaN(before)) return 0;
        return now >= before ? Whole(now) - Whole(before) : row.IsProcess ? Whole(now) : 0;
    }

    private EventCount Fit(double count, double size)
    {
        bool shares = rule.Kind == CompareKind.Shares;
        if (shares) size = Math.Round(size);
        if (!double.IsFinite(size) || size < 0) throw ComparisonOptions.Invalid(string.Create(CultureInfo.InvariantCulture, $"{size} is nothing out of which events are counted: {side.Size}."), "Give a counter, or PromQL that gives the exposure.");
        if (count > Most(size))
            throw ComparisonOptions.Invalid(string.Create(CultureInfo.InvariantCulture, $"{count} events out of {size} do not belong together: {side}."), "Give the counter that the events are part of.");
        if (side.CountsGood) count = Math.Max(0, Math.Round(size) - count);
        if (shares) count = Math.Min(count, size);
        // Without any exposure nothing can have happened in it.
        return size == 0 ? default : new EventCount(count, size);
    }

    // Of trials and of everything there are no fewer than of what is a part of them; of an exposure there may be.
    private double Most(double size) => rule.Kind == CompareKind.Shares || side.CountsGood ? (size * Slack) + 1 : double.PositiveInfinity;

    private static double Whole(double value) => Math.Round(value);
}
