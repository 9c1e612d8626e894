namespace ReadyOps.Core.Journal;

/// <summary>What tells without reading it whether a stream has changed.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Mark">Another text after each append; <see langword="null"/> where the store cannot tell.</param>
public sealed record JournalStamp(string Stream, string? Mark);
