using System.Globalization;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>Reads a document of kind Monitor into the rollout that it is: one without steps that reports while it bakes.</summary>
internal static class MonitorReader
{
    private const int MostCheckpoints = 10_000;

    /// <summary>Every 15 minutes for six hours, hourly to the end of the first day, every three hours to the end of the second: 50 checkpoints.</summary>
    public static IReadOnlyList<(TimeSpan Every, TimeSpan Until)> StandardSchedule { get; } =
    [
        (TimeSpan.FromMinutes(15), TimeSpan.FromHours(6)), (TimeSpan.FromHours(1), TimeSpan.FromHours(24)), (TimeSpan.FromHours(3), TimeSpan.FromHours(48)),
    ];

    /// <summary>Reads it, noting what is wrong.</summary>
    /// <param name="reader">The root of the document.</param>
    /// <param name="name">Its name.</param>
    public static RolloutDefinition Read(ObjectReader reader, string name)
    {
        decimal share = reader.Percent("share", 100);
        if (share <= 0 && reader.Has("share")) reader.Problem("share", "nothing is exposed at 0%, so there is nothing to watch", "the share that the release has reached");
        RolloutStep[] steps = [new(share, TimeSpan.Zero)];
        IReadOnlyList<TimeSpan> checkpoints = ReadSchedule(reader);
        SignalPolicies policies = SignalPolicies.Read(reader.Object("policies"), SignalPolicies.Default);
        var definition = new RolloutDefinition
        {
            Name = name,
            Release = reader.OptionalText("release"),
            Strategy = RolloutStrategy.Custom,
            Steps = steps,
            Bake = checkpoints[^1],
            Signals = SignalReader.ReadAll(reader, policies),
            Policies = policies,
            Rollback = RolloutReader.ReadRollback(reader.Object("rollback"), steps),
            Tick = SignalMembers.AtLeast(reader, "tick", reader.Duration("tick", TimeSpan.FromMinutes(1)), TimeSpan.FromMilliseconds(100)),
            Window = new WindowDefinition(checkpoints, reader.Duration("maxGap", TimeSpan.FromMinutes(15)), reader.Has("target")),
        };
        if (definition.Signals.Count == 0) reader.Problem("signals", "a window without signals sees nothing", "'signals' or 'goldenSignals'");
        RolloutReader.DemandWatched(reader, definition.Signals, share);
        if (reader.Has("rollback") && !reader.Has("target")) reader.Problem("rollback", "there is nothing to take back", "a 'target' as well, or no 'rollback'");
        return definition;
    }

    /// <summary>The moments of a schedule, from the start of the window.</summary>
    internal static IReadOnlyList<TimeSpan> Moments(IEnumerable<(TimeSpan Every, TimeSpan Until)> schedule)
    {
        var moments = new List<TimeSpan>();
        TimeSpan last = TimeSpan.Zero;
        foreach ((TimeSpan every, TimeSpan until) in schedule)
        {
            for (TimeSpan next = last + every; next < until; next += every) moments.Add(next);
            // The end of a stretch is a checkpoint even where the distance does not divide it: the last one is the end of the window.
            moments.Add(until);
            last = until;
        }

        return moments;
    }

    private static IReadOnlyList<TimeSpan> ReadSchedule(ObjectReader reader)
    {
        if (!reader.Has("schedule")) return Moments(StandardSchedule);
        var schedule = new List<(TimeSpan Every, TimeSpan Until)>();
        TimeSpan last = TimeSpan.Zero;
        double count = 0;
        foreach (ObjectReader item in reader.Objects("schedule"))
        {
            TimeSpan every = SignalMembers.AtLeast(item, "every", item.Duration("every", TimeSpan.FromMinutes(15)), TimeSpan.FromSeconds(1));
            TimeSpan until = item.Duration("until", TimeSpan.Zero);
            if (!item.Has("every")) item.Problem("every", "'every' is missing", Quantities.DurationExpected);
            if (!item.Has("until")) item.Problem("until", "'until' is missing", Quantities.DurationExpected);
            else if (until <= last) item.Problem("until", $"{Quantities.Format(until)} is not after {Quantities.Format(last)}, where the stretch before it ends", "times since the start of the window that rise");
            if (every <= TimeSpan.Zero || until <= last) continue;
            count += Math.Ceiling((until - last) / every);
            schedule.Add((every, until));
            last = until;
        }

        if (count > MostCheckpoints)
            reader.Problem("schedule", string.Create(CultureInfo.InvariantCulture, $"these are {count} checkpoints"), string.Create(CultureInfo.InvariantCulture, $"at most {MostCheckpoints}"));
        else if (schedule.Count > 0)
            return Moments(schedule);
        else if (reader.Objects("schedule").Count == 0)
            reader.Problem("schedule", "there are no stretches", "at least one, for example {every: 15m, until: 6h}");
        return Moments(StandardSchedule);
    }
}
