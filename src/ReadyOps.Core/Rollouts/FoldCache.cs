using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Remembers how far each journal was folded, so that a long-running process neither reads nor folds weeks at every tick. Never
/// trusted over the journal: what is remembered counts only while the journal still holds the very line it was folded up to.
/// </summary>
internal sealed class FoldCache
{
    private readonly ConcurrentDictionary<string, JournalPlace> _places = new(StringComparer.Ordinal);

    // By the very object: whoever reads from a place keeps the state that belongs to it, also when another has read further meanwhile.
    private readonly ConditionalWeakTable<JournalPlace, RolloutState> _states = [];

    // For stores that know no places.
    private readonly ConcurrentDictionary<string, Folded> _whole = new(StringComparer.Ordinal);

    /// <summary>The line that a rollout's journal was folded up to; reading may begin behind it.</summary>
    public JournalPlace? Known(string id) => _places.GetValueOrDefault(id);

    /// <summary>
    /// Folds a journal of which nothing is known yet, piece by piece: a long one is never held in memory as a whole. What does not fit is
    /// left to whoever then reads it, to say so.
    /// </summary>
    public async ValueTask LearnAsync(string id, IJournalStore store, string stream, CancellationToken cancel)
    {
        if (store is not IJournalLines lines || _places.ContainsKey(id)) return;
        JournalScan scan = new();
        JournalLine? line = null;
        JournalPlace? place = null;
        RolloutState state = new();
        while (await lines.ReadBytesAsync(stream, place, cancel).ConfigureAwait(false) is { Count: > 0 } some)
        {
            foreach (byte[] bytes in some)
            {
                scan = scan.Take(bytes, withData: true, ref line);
                if (scan.Problem is not null) return;
                state = state.Fold([line!]);
                place = new JournalPlace(scan.Events, scan.LastHash, place?.FirstHash ?? scan.LastHash, scan.Length);
            }
        }

        if (place is null) return;
        _states.AddOrUpdate(place, state);
        _places.TryAdd(id, place);
    }

    /// <summary>Folds what a lease holds.</summary>
    public RolloutState Fold(string id, IJournalLease lease) => Fold(id, new JournalTail(lease.Before, lease.Lines, lease.End));

    /// <summary>Folds what was read.</summary>
    public RolloutState Fold(string id, JournalTail tail)
    {
        if (tail.End is null) return FoldWhole(id, tail.Lines);
        RolloutState? start = null;
        if (tail.Before is { } before && !_states.TryGetValue(before, out start))
            throw new InvalidOperationException($"The journal of {id} was read from a place that nobody asked for.");
        RolloutState state = (start ?? new RolloutState()).Fold(tail.Lines);
        _states.AddOrUpdate(tail.End, state);
        _places[id] = tail.End;
        return state;
    }

    private RolloutState FoldWhole(string id, IReadOnlyList<JournalLine> lines)
    {
        Folded start = _whole.TryGetValue(id, out Folded? known) && known.Count <= lines.Count && known.Hash == lines[known.Count - 1].Hash
            ? known : new Folded(0, "", new RolloutState());
        RolloutState state = start.State.Fold(lines.Skip(start.Count));
        if (lines.Count > 0) _whole[id] = new Folded(lines.Count, lines[^1].Hash, state);
        return state;
    }

    private sealed record Folded(int Count, string Hash, RolloutState State);
}
