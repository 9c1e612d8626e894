namespace ReadyOps.Core.Journal;

/// <summary>What reading a stream from a known place found.</summary>
/// <param name="Before">The place that was known and still fits; <see langword="null"/> where the stream was read from its beginning.</param>
/// <param name="Lines">All lines behind it.</param>
/// <param name="End">The place of the last line; <see langword="null"/> for an empty stream, and for a store that knows no places.</param>
public sealed record JournalTail(JournalPlace? Before, IReadOnlyList<JournalLine> Lines, JournalPlace? End);
