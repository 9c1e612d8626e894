namespace ReadyOps.Core.Journal;

/// <summary>Journals in memory, for simulation and tests: same chain, leases and fencing as on disk, gone with the object.</summary>
/// <param name="context">Clock, host and log.</param>
public sealed class MemoryJournalStore(EngineContext context) : JournalStore(new MemoryMedium(), context);
