namespace ReadyOps.Core.Journal;

/// <summary>
/// A store that keeps, beside a stream, something that was made of it and saves reading it: it may be gone, old, torn or changed at any
/// moment, and whoever reads it has to notice. Nothing here fails or waits for long: what goes wrong is a line in the log.
/// </summary>
internal interface IJournalSnapshots
{
    /// <summary>What was kept; <see langword="null"/> where there is none, or none that can be read.</summary>
    ValueTask<byte[]?> ReadSnapshotAsync(string stream, CancellationToken cancel);

    /// <summary>Keeps this instead; not flushed. For the holder of the stream's lease, so that an older one never replaces a newer one.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="snapshot">The bytes; <see langword="null"/> to keep none.</param>
    /// <param name="cancel">Stops it.</param>
    /// <returns>Whether it was done.</returns>
    ValueTask<bool> WriteSnapshotAsync(string stream, byte[]? snapshot, CancellationToken cancel);
}
