namespace ReadyOps.Core.Journal;

/// <summary>
/// A line of a stream that was verified before, so that reading can go on behind it. Never trusted: a store holds it against the
/// line that is there now, and reads from the beginning where that is another.
/// </summary>
/// <param name="Sequence">The line's number, from 1.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="FirstHash">The hash of the stream's first line.</param>
/// <param name="Offset">Bytes of the stream up to the end of that line, line feeds included.</param>
public sealed record JournalPlace(long Sequence, string Hash, string FirstHash, long Offset);
