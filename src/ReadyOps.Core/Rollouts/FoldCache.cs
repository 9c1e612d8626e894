using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Remembers how far each journal was folded, so that a tick neither reads nor folds weeks: within a process, and beside the journal for
/// the processes after it. Never trusted over the journal: what is remembered counts only while the journal still holds the very line it
/// was folded up to.
/// </summary>
/// <param name="log">Told what could not be kept or used.</param>
internal sealed class FoldCache(ILogger log)
{
    private readonly ConcurrentDictionary<string, JournalPlace> _places = new(StringComparer.Ordinal);

    // By the very object: whoever reads from a place keeps the state that belongs to it, also when another has read further meanwhile.
    private readonly ConditionalWeakTable<JournalPlace, RolloutState> _states = [];

    // For stores that know no places.
    private readonly ConcurrentDictionary<string, Folded> _whole = new(StringComparer.Ordinal);

    // Where each journal ended when this process let go of it: it was told that all of that is kept.
    private readonly ConcurrentDictionary<string, JournalPlace> _left = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JournalPlace> _lost = new(StringComparer.Ordinal);

    // Up to where the snapshot beside each journal goes.
    private readonly ConcurrentDictionary<string, long> _kept = new(StringComparer.Ordinal);

    /// <summary>
    /// How many bytes a journal grows before its state is kept beside it anew: what the next process reads at most. 256 KiB are read,
    /// verified and folded in about two milliseconds, and writing some kilobytes once for that many costs nothing; most rollouts end
    /// without ever growing so far.
    /// </summary>
    public long KeepEvery { get; set; } = 256 * 1024;

    /// <summary>The line that a rollout's journal was folded up to; reading may begin behind it.</summary>
    public JournalPlace? Known(string id) => _places.GetValueOrDefault(id);

    /// <summary>
    /// Folds a journal of which nothing is known yet, piece by piece: a long one is never held in memory as a whole. Begins with what
    /// another process left beside it, if that still fits. What does not fit in the journal is left to whoever then reads it, to say so.
    /// </summary>
    public async ValueTask LearnAsync(string id, IJournalStore store, string stream, CancellationToken cancel)
    {
        if (store is not IJournalLines lines || _places.ContainsKey(id)) return;
        if (store is IJournalSnapshots snapshots && await snapshots.ReadSnapshotAsync(stream, cancel).ConfigureAwait(false) is { } bytes)
        {
            if (RolloutSnapshot.TryDecode(bytes, stream) is { } kept && await FoldAsync(lines, stream, kept.Place, kept.State, cancel).ConfigureAwait(false) is { } behind)
            {
                Remember(id, behind);
                _kept[id] = kept.Place.Offset;
                return;
            }

            log.LogDebug("The snapshot of {Stream} does not fit and is not used.", stream);
        }

        if (await FoldAsync(lines, stream, null, new RolloutState(), cancel).ConfigureAwait(false) is { } whole) Remember(id, whole);
    }

    /// <summary>Forgets the rollouts that are not there any more, and says which they were.</summary>
    public IReadOnlyList<string> ForgetAllBut(IEnumerable<string> there)
    {
        string[] gone = [.. _left.Keys.Except(there, StringComparer.Ordinal)];
        foreach (string id in gone) _left.TryRemove(id, out _);
        return gone;
    }

    /// <summary>Notes where a journal ends, for a lease that is about to be let go.</summary>
    public void Leave(string id, IJournalLease lease)
    {
        if (lease.End is { } end) _left[id] = end;
    }

    /// <summary>
    /// Where a journal ended that does not have that line any more: its store lost what it had confirmed, as a server can that was replaced
    /// by a standby which never got it, or by an older copy.
    /// </summary>
    public JournalPlace? Lost(string id) => _lost.GetValueOrDefault(id);

    /// <summary>Whoever must know of a loss has been told.</summary>
    public void TellLost(string id) => _lost.TryRemove(id, out _);

    /// <summary>Folds what a lease holds.</summary>
    public RolloutState Fold(string id, IJournalLease lease)
    {
        // Nobody else appends meanwhile: what is shorter here is.
        if (_left.TryGetValue(id, out JournalPlace? left) && lease.End is { } end && end.Sequence < left.Sequence) Lose(id, left);
        return Fold(id, new JournalTail(lease.Before, lease.Lines, lease.End));
    }

    /// <summary>Folds what was read.</summary>
    public RolloutState Fold(string id, JournalTail tail)
    {
        if (tail.End is null) return FoldWhole(id, tail.Lines);
        if (_left.TryGetValue(id, out JournalPlace? left) && IsOther(tail, left)) Lose(id, left);
        // What is kept beside it, if anything, did not fit either.
        if (tail.Before is null) _kept.TryRemove(id, out _);
        RolloutState? start = null;
        if (tail.Before is { } before && !_states.TryGetValue(before, out start))
            throw new InvalidOperationException($"The journal of {id} was read from a place that nobody asked for.");
        RolloutState state = (start ?? new RolloutState()).Fold(tail.Lines);
        _states.AddOrUpdate(tail.End, state);
        _places[id] = tail.End;
        return state;
    }

    /// <summary>
    /// Keeps the state beside the journal for the next process, when the journal has grown by enough. The last thing of a tick, under its
    /// lease; nothing depends on it, and a rollout that has ended has no next tick.
    /// </summary>
    public async ValueTask KeepAsync(string id, IJournalStore store, IJournalLease lease, CancellationToken cancel)
    {
        if (store is not IJournalSnapshots snapshots || lease.End is not { } end || end.Offset - _kept.GetValueOrDefault(id) < KeepEvery) return;
        RolloutState state = Fold(id, lease);
        if (state.Ended) return;
        // One that cannot be kept is not tried again at every tick.
        _kept[id] = end.Offset;
        if (RolloutSnapshot.TryEncode(lease.Stream, end, state) is { } bytes) await snapshots.WriteSnapshotAsync(lease.Stream, bytes, cancel).ConfigureAwait(false);
        else log.LogDebug("The state of {Stream} cannot be kept beside it.", lease.Stream);
    }

    /// <summary>Folds a journal from a place on, as far as it goes; <see langword="null"/> where it does not continue that place, or is empty.</summary>
    internal static async ValueTask<(JournalPlace Place, RolloutState State)?> FoldAsync(
        IJournalLines store, string stream, JournalPlace? place, RolloutState state, CancellationToken cancel, long until = long.MaxValue)
    {
        var scan = JournalScan.After(place);
        JournalLine? line = null;
        while (scan.Events < until && await store.ReadBytesAsync(stream, place, cancel).ConfigureAwait(false) is { Count: > 0 } some)
        {
            foreach (byte[] bytes in some.Take((int)Math.Min(some.Count, until - scan.Events)))
            {
                scan = scan.Take(bytes, withData: true, ref line);
                if (scan.Problem is not null) return null;
                state = state.Fold([line!]);
                place = new JournalPlace(scan.Events, scan.LastHash, place?.FirstHash ?? scan.LastHash, scan.Length);
            }
        }

        return place is null ? null : (place, state);
    }

    private void Lose(string id, JournalPlace left)
    {
        _lost[id] = left;
        _left.TryRemove(id, out _);
    }

    /// <summary>Whether another line is in a place. One before what was read was looked at when that was.</summary>
    private static bool IsOther(JournalTail tail, JournalPlace place)
    {
        long index = place.Sequence - (tail.Before?.Sequence ?? 0) - 1;
        return index >= 0 ? index < tail.Lines.Count && tail.Lines[(int)index].Hash != place.Hash : index == -1 && tail.Before!.Hash != place.Hash;
    }

    private void Remember(string id, (JournalPlace Place, RolloutState State) folded)
    {
        _states.AddOrUpdate(folded.Place, folded.State);
        _places.TryAdd(id, folded.Place);
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
