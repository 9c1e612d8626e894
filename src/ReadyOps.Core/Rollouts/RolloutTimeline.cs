using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Rollouts;

/// <summary>What would happen when, if every signal passes.</summary>
public static class RolloutTimeline
{
    /// <summary>The timeline of a rollout that starts now. Touches nothing.</summary>
    public static IReadOnlyList<RolloutTimelineEntry> Of(RolloutDefinition definition, DateTimeOffset now)
    {
        if (definition.Window is { } window) return OfWindow(window, definition.Steps[0].Percent, now);
        var entries = new List<RolloutTimelineEntry>();
        TimeSpan after = TimeSpan.Zero;
        decimal share = 0;
        for (int i = 0; i < definition.Steps.Count; i++)
        {
            RolloutStep step = definition.Steps[i];
            share = step.Percent;
            string hold = step.Hold > TimeSpan.Zero ? $", hold it for at least {Quantities.Format(step.Hold)}" : "";
            Add($"step {i + 1} of {definition.Steps.Count}: set the share to {share.ToString("0.###", CultureInfo.InvariantCulture)}%{hold}");
            after += step.Hold;
        }

        if (definition.Bake > TimeSpan.Zero)
        {
            Add($"bake for at least {Quantities.Format(definition.Bake)}");
            after += definition.Bake;
        }

        Add("succeed");
        return entries;

        void Add(string action) => entries.Add(new RolloutTimelineEntry { After = after, At = now + after, SharePercent = share, Action = action });
    }

    private static IReadOnlyList<RolloutTimelineEntry> OfWindow(WindowDefinition window, decimal share, DateTimeOffset now)
    {
        int count = window.Checkpoints.Count;
        IEnumerable<RolloutTimelineEntry> checkpoints = window.Checkpoints.Select((after, i) =>
            Entry(after, string.Create(CultureInfo.InvariantCulture, $"checkpoint {i + 1} of {count}: report what every signal did")));
        return [Entry(TimeSpan.Zero, $"watch for {Quantities.Format(window.Length)}"), .. checkpoints, Entry(window.Length, "succeed")];

        RolloutTimelineEntry Entry(TimeSpan after, string action) => new() { After = after, At = now + after, SharePercent = share, Action = action };
    }
}
