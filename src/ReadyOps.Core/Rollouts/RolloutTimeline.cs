using System.Globalization;
using ReadyOps.Core.Checks;
using ReadyOps.Core.Documents;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Signals;

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
            string what = $"step {i + 1} of {definition.Steps.Count}";
            if (definition.Windows is { } windows && windows.Closed(now + after) is { } closed)
            {
                Add($"{what} waits: {closed}");
                // A document whose windows never open is refused.
                after = (windows.OpensAt(now + after) ?? now + after) - now;
            }

            share = step.Percent;
            string once = step.Before.Count > 0 ? $"once {string.Join(" and ", step.Before.Select(Tell))} {(step.Before.Count == 1 ? "passes" : "pass")}, " : "";
            string hold = step.Hold > TimeSpan.Zero ? $", hold it for at least {Quantities.Format(step.Hold)}" : "";
            string[] named = [.. step.Allow.Except(i > 0 ? definition.Steps[i - 1].Allow : [])];
            string set = named.Length > 0 ? $"give it to {string.Join(", ", named)}" : $"set the share to {share.ToString("0.###", CultureInfo.InvariantCulture)}%";
            Add($"{what}: {once}{set}{hold}{Within(step.Deadline)}");
            after += step.Hold;
        }

        if (definition.Bake > TimeSpan.Zero)
        {
            Add($"bake for at least {Quantities.Format(definition.Bake)}");
            after += definition.Bake;
        }

        Add($"succeed{Within(definition.Deadline)}");
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

    private static string Within(TroublePolicy? deadline) => deadline is null ? ""
        : $" (after {Quantities.Format(deadline.After)} without that: {(deadline.Action == TroubleAction.Hold ? "call a person" : deadline.Action == TroubleAction.Pause ? "pause" : "roll back")})";

    private static string Tell(CheckDefinition check) => check.Check is ApprovalCheck { Demand: var demand }
        ? string.Create(CultureInfo.InvariantCulture, $"'{check.Name}' ({demand.Required} {(demand.Required == 1 ? "approval" : "approvals")}{(demand.Roles.Count > 0 ? $" as {string.Join(" or ", demand.Roles)}" : "")})")
        : $"'{check.Name}'";
}
