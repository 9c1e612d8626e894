using System.Collections.Concurrent;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Tells rollouts that have ended from those that have not without reading their journals: by the type of the last line, and once that
/// is known, by the stamp of the stream alone.
/// </summary>
/// <param name="store">Where the journals live.</param>
internal sealed class EndedRollouts(IJournalStore store)
{
    private readonly ConcurrentDictionary<string, string> _marks = new(StringComparer.Ordinal);

    /// <summary>Whether a rollout has ended for certain; whoever is told no has to look at its journal.</summary>
    public async ValueTask<bool> KnowsAsync(JournalStamp stamp, CancellationToken cancel)
    {
        if (stamp.Mark is not { } mark) return false;
        if (_marks.TryGetValue(stamp.Stream, out string? known) && known == mark) return true;
        try
        {
            if (await store.TryReadLastAsync(stamp.Stream, cancel).ConfigureAwait(false) is not { } last || !RolloutEvents.IsEnd(last.Type)) return false;
            _marks[stamp.Stream] = mark;
            return true;
        }
        catch (ReadyOpsException)
        {
            // Whoever reads it will say why it cannot be read.
            return false;
        }
    }
}
