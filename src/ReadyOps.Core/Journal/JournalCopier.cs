using System.Globalization;

namespace ReadyOps.Core.Journal;

/// <summary>
/// Copies journals from one store to another, byte for byte and in constant memory. What is there already is held against the source
/// and not written again, so a copy that broke off is simply run once more.
/// </summary>
/// <param name="source">Where to copy from. Its stores must be this engine's own.</param>
/// <param name="destination">Where to copy to.</param>
public sealed class JournalCopier(IJournalStore source, IJournalStore destination)
{
    private static readonly TimeSpan LeaseWait = TimeSpan.FromSeconds(5);

    private readonly IJournalLines _from = (IJournalLines)source;
    private readonly IJournalLines _to = (IJournalLines)destination;

    /// <summary>Copies one journal: what it held when this began.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="progress">Told how many events are at the destination, and of how many.</param>
    /// <param name="cancel">Stops it; what was copied stays.</param>
    /// <exception cref="ReadyOpsException">
    /// <c>JournalDamaged</c>: either is not what was written; nothing was copied. <c>JournalDiverged</c>: the destination has other
    /// events; nothing was copied. <c>JournalBusy</c>: somebody is writing to the destination. <c>JournalStreamInvalid</c>: it is the
    /// catalog, which each store keeps for itself.
    /// </exception>
    public async ValueTask<JournalCopy> CopyAsync(string stream, Action<long, long>? progress, CancellationToken cancel)
    {
        JournalName.CheckNotCatalog(stream);
        JournalVerification proof = await DemandWholeAsync(_from, stream, cancel).ConfigureAwait(false);
        JournalPlace? there = null;
        string? hashThere = null;
        await foreach (JournalPlace place in WalkAsync(_to, stream, cancel).ConfigureAwait(false))
        {
            there = place;
            if (place.Sequence == proof.Events) hashThere = place.Hash;
        }

        if (there is not null) await DemandWholeAsync(_to, stream, cancel).ConfigureAwait(false);
        long copied = 0;
        if (there is null || there.Sequence < proof.Events) copied = await AppendRestAsync(stream, there, proof.Events, progress, cancel).ConfigureAwait(false);
        else if (hashThere != proof.LastHash) throw Diverged(stream, proof.Events);

        if (copied > 0)
        {
            JournalVerification after = await DemandWholeAsync(_to, stream, cancel).ConfigureAwait(false);
            if (after.Events < proof.Events || (after.Events == proof.Events && after.LastHash != proof.LastHash)) throw Diverged(stream, after.Events);
        }

        return new JournalCopy
        {
            Stream = stream,
            Outcome = copied > 0 ? JournalCopyOutcome.Copied : there!.Sequence > proof.Events ? JournalCopyOutcome.DestinationAhead : JournalCopyOutcome.UpToDate,
            Events = proof.Events,
            Copied = copied,
            LastHash = proof.LastHash,
            Source = source.Location,
            Destination = destination.Location,
        };
    }

    private async ValueTask<long> AppendRestAsync(string stream, JournalPlace? there, long events, Action<long, long>? progress, CancellationToken cancel)
    {
        JournalPlace? at = null;
        if (there is not null)
        {
            await foreach (JournalPlace place in WalkAsync(_from, stream, cancel).ConfigureAwait(false))
            {
                at = place;
                if (place.Sequence == there.Sequence) break;
            }

            if (at?.Hash != there.Hash) throw Diverged(stream, there.Sequence);
        }

        await using var lease = (IJournalLinesLease?)await _to.TryAcquireAsync(stream, at, LeaseWait, cancel).ConfigureAwait(false)
            ?? throw new ReadyOpsException("JournalBusy", $"The journal {stream} in {_to.Location} is held by {_to.DescribeHolder(stream) ?? "another process"}.", "Stop who writes to it, then run the same again.");
        if (lease.End != at) throw Diverged(stream, lease.End?.Sequence ?? 1);
        long copied = 0;
        for (long next = (at?.Sequence ?? 0) + 1; next <= events;)
        {
            IReadOnlyList<byte[]> lines = await _from.ReadBytesAsync(stream, lease.End, cancel).ConfigureAwait(false);
            if (lines.Count == 0) throw Diverged(_from, stream, next, "it has got shorter");
            if (lines.Count > events - next + 1) lines = [.. lines.Take((int)(events - next + 1))];
            await lease.AppendBytesAsync(lines, cancel).ConfigureAwait(false);
            copied += lines.Count;
            next += lines.Count;
            progress?.Invoke(next - 1, events);
        }

        await lease.SealAsync(cancel).ConfigureAwait(false);
        return copied;
    }

    /// <summary>Goes over a stream line by line and verifies its chain.</summary>
    private static async IAsyncEnumerable<JournalPlace> WalkAsync(
        IJournalLines store, string stream, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        JournalScan scan = new();
        JournalLine? before = null;
        JournalPlace? place = null;
        while (await store.ReadBytesAsync(stream, place, cancel).ConfigureAwait(false) is { Count: > 0 } lines)
        {
            foreach (byte[] line in lines)
            {
                scan = scan.Take(line, withData: false, ref before);
                if (scan.Problem is not null) throw Damaged(store, stream, string.Create(CultureInfo.InvariantCulture, $"Line {scan.Events + 1} does not fit: {scan.Problem}."));
                place = new JournalPlace(scan.Events, scan.LastHash, place?.FirstHash ?? scan.LastHash, scan.Length);
                yield return place;
            }
        }
    }

    private static async ValueTask<JournalVerification> DemandWholeAsync(IJournalStore store, string stream, CancellationToken cancel)
    {
        JournalVerification proof = await store.VerifyAsync(stream, cancel).ConfigureAwait(false);
        return proof.Valid ? proof : throw Damaged(store, stream, proof.Reason);
    }

    private static ReadyOpsException Damaged(IJournalStore store, string stream, string why) => new("JournalDamaged",
        $"The journal {stream} in {store.Location} is not what was written: {why}", $"It was not copied. Look at it: Test-DeploymentJournal -Stream {stream}");

    private ReadyOpsException Diverged(string stream, long line) => Diverged(_to, stream, line, $"it is another than in {_from.Location}");

    private static ReadyOpsException Diverged(IJournalStore store, string stream, long line, string why) => new("JournalDiverged",
        string.Create(CultureInfo.InvariantCulture, $"The journal {stream} in {store.Location} has gone another way at line {line} or before: {why}."),
        "Nothing was overwritten. Find out who wrote to both; keep the one that counts, and move the other aside.");
}
