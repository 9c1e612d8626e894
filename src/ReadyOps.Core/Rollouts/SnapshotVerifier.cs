using System.Globalization;
using System.Text.Json.Nodes;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Rollouts;

/// <summary>
/// Holds what is kept beside the journals of rollouts against the journals themselves. A tick begins from it unread, so somebody who
/// changes it and its digest changes what is decided, and leaves the journal whole.
/// </summary>
/// <param name="store">Where the journals live.</param>
public sealed class SnapshotVerifier(IJournalStore store)
{
    /// <summary>
    /// A verification, or that the stream's snapshot tells another state than its lines, which is then removed. One that does not fit in
    /// any other way is used by nobody and says nothing.
    /// </summary>
    /// <param name="verified">What verifying the stream came to.</param>
    /// <param name="cancel">Stops it.</param>
    public async ValueTask<JournalVerification> VerifyAsync(JournalVerification verified, CancellationToken cancel)
    {
        string stream = verified.Stream;
        if (!verified.Valid || !stream.StartsWith(RolloutService.Prefix, StringComparison.Ordinal) || store is not (IJournalLines and IJournalSnapshots)) return verified;
        var snapshots = (IJournalSnapshots)store;
        if (await snapshots.ReadSnapshotAsync(stream, cancel).ConfigureAwait(false) is not { } bytes || RolloutSnapshot.TryDecode(bytes, stream) is not { } kept) return verified;
        if (await FoldCache.FoldAsync((IJournalLines)store, stream, null, new RolloutState(), cancel, until: kept.Place.Sequence).ConfigureAwait(false) is not { } folded
            || folded.Place.Hash != kept.Place.Hash || folded.Place.Offset != kept.Place.Offset || Same(folded.State, kept.State)) return verified;

        bool isRemoved = await snapshots.WriteSnapshotAsync(stream, null, cancel).ConfigureAwait(false);
        return verified with
        {
            Valid = false,
            Reason = string.Create(CultureInfo.InvariantCulture,
                $"All {verified.Events} lines fit, but the snapshot beside them tells another state than they do up to line {kept.Place.Sequence}: somebody changed it, and what was decided since then may rest on it. It {(isRemoved ? "was removed; the next tick reads the journal" : "could not be removed: do it before the next tick")}."),
        };
    }

    private static bool Same(RolloutState a, RolloutState b) => JsonNode.DeepEquals(Node(a), Node(b));

    private static JsonNode? Node(RolloutState state) => JsonObject.Create(RolloutSnapshot.ToJson(state));
}
