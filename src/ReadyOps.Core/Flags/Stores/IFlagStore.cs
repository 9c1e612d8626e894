namespace ReadyOps.Core.Flags.Stores;

/// <summary>Where a flag document lives: a file, or a key of Redis. Knows nothing of what is in it.</summary>
public interface IFlagStore : IAsyncDisposable
{
    /// <summary>What to call it in a message. Holds no secret.</summary>
    string Location { get; }

    /// <summary>The document as it is now.</summary>
    /// <exception cref="ReadyOpsException"><c>FlagStoreMissing</c> where there is none, <c>FlagStoreUnavailable</c>, <c>FlagUnreadable</c>.</exception>
    ValueTask<FlagStoreContent> ReadAsync(CancellationToken cancel);

    /// <summary>Puts a document in the place of another, or of none; whole or not at all.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="expected">The version it takes the place of; <see langword="null"/> where there must be none.</param>
    /// <param name="cancel">Stops waiting, as long as nothing is written yet.</param>
    /// <exception cref="ReadyOpsException"><c>FlagConflict</c> when it is another version by now: nothing was written.</exception>
    ValueTask<FlagStoreContent> WriteAsync(ReadOnlyMemory<byte> utf8, string? expected, CancellationToken cancel);

    /// <summary>
    /// Returns once the document may be another than the one known: told by the store where it can tell, and by looking now and
    /// then where it cannot, whichever is first. May return too often, never too seldom.
    /// </summary>
    /// <param name="known">The version that is known; <see langword="null"/> for none.</param>
    /// <param name="cancel">Stops waiting.</param>
    ValueTask WaitForChangeAsync(string? known, CancellationToken cancel);
}

/// <summary>A flag document in a store.</summary>
/// <param name="Utf8">The document.</param>
/// <param name="Version">Which one it is: a text that only the store understands, another for each change.</param>
public sealed record FlagStoreContent(ReadOnlyMemory<byte> Utf8, string Version);
