namespace ReadyOps.Core.Journal;

/// <summary>Reads streams that something is decided by.</summary>
internal static class JournalProof
{
    /// <summary>
    /// Everything in a stream, held against its chain and against the catalog: a stream that was replaced, removed or cut off
    /// behind a seal has a whole chain and is damaged all the same. Empty for a stream that nobody has ever begun.
    /// </summary>
    /// <exception cref="ReadyOpsException"><c>JournalDamaged</c></exception>
    public static async ValueTask<IReadOnlyList<JournalLine>> ReadAsync(IJournalStore store, string stream, CancellationToken cancel)
    {
        JournalVerification proof = await store.VerifyAsync(stream, cancel).ConfigureAwait(false);
        IReadOnlyList<JournalLine> lines = await store.ReadAsync(stream, cancel).ConfigureAwait(false);
        bool begun = lines.Count > 0 || proof.BadLine is not null || proof.Events > 0;
        if (proof.Valid || !begun) return lines;
        throw new ReadyOpsException("JournalDamaged", $"The journal {stream} in {store.Location} is not what was written: {proof.Reason}",
            $"Nothing in it counts. Compare it with a copy, and look at it: Test-DeploymentJournal -Stream {stream}");
    }
}
