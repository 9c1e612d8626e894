using System.Collections.Concurrent;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Tells rollouts that have ended for good, with nobody left to be called, from those that have not, without reading their journals: by
/// the type of the last line of those whose document calls nobody, and once that is known, by the stamp of the stream alone.
/// </summary>
/// <param name="store">Where the journals live.</param>
internal sealed class EndedRollouts(IJournalStore store)
{
    private readonly ConcurrentDictionary<string, string> _marks = new(StringComparer.Ordinal);

    /// <summary>A rollout that was looked at has ended for good.</summary>
    public void Note(JournalStamp stamp)
    {
        if (stamp.Mark is { } mark) _marks[stamp.Stream] = mark;
    }

    /// <summary>Whether a rollout has ended for certain; whoever is told no has to look at its journal.</summary>
    public async ValueTask<bool> KnowsAsync(JournalStamp stamp, CancellationToken cancel)
    {
        if (stamp.Mark is not { } mark) return false;
        if (_marks.TryGetValue(stamp.Stream, out string? known) && known == mark) return true;
        try
        {
            if (await store.TryReadLastAsync(stamp.Stream, cancel).ConfigureAwait(false) is not { } last || !RolloutEvents.IsEnd(last.Type)) return false;
            // Whom its escalations have still to reach, only its whole journal tells.
            if (await store.TryReadFirstAsync(stamp.Stream, cancel).ConfigureAwait(false) is not { Sequence: 1 } first || first.DataUtf8.Span.IndexOf("escalation"u8) >= 0) return false;
            Note(stamp);
            return true;
        }
        catch (ReadyOpsException)
        {
            // Whoever reads it will say why it cannot be read.
            return false;
        }
    }
}
