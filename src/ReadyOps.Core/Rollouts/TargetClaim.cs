using System.Text.Json;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Which rollout moves a target. Each target has a journal of its own, so that two rollouts started at once on two machines
/// cannot both have it.
/// </summary>
internal static class TargetClaim
{
    private const string Type = "TargetClaimed";

    /// <summary>The stream of a target.</summary>
    public static string StreamOf(string identity) => JournalName.Of("targets/", identity);

    public static JournalEntry Encode(string identity, string rollout, string actor) =>
        new(Type, actor, JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["target"] = identity, ["rollout"] = rollout }));

    /// <summary>The rollouts that claimed the target, the last one first.</summary>
    public static IEnumerable<string> NewestFirst(IReadOnlyList<JournalLine> lines) =>
        lines.Reverse().Where(line => line.Type == Type).Select(line => line.Data.GetProperty("rollout").GetString()!);
}
