using System.Collections.Concurrent;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Remembers how far each journal was folded, so that a long-running process does not fold weeks at every tick. Never trusted
/// over the journal: what is remembered counts only while the journal still holds the very line it was folded up to.
/// </summary>
internal sealed class FoldCache
{
    private readonly ConcurrentDictionary<string, Folded> _known = new();

    /// <summary>Folds a journal.</summary>
    /// <param name="id">The rollout.</param>
    /// <param name="lines">All its lines, verified.</param>
    public RolloutState Fold(string id, IReadOnlyList<JournalLine> lines)
    {
        Folded start = _known.TryGetValue(id, out Folded? known) && known.Count <= lines.Count && known.Hash == lines[known.Count - 1].Hash
            ? known : new Folded(0, "", new RolloutState());
        RolloutState state = start.State.Fold(lines.Skip(start.Count));
        if (lines.Count > 0) _known[id] = new Folded(lines.Count, lines[^1].Hash, state);
        return state;
    }

    private sealed record Folded(int Count, string Hash, RolloutState State);
}
