namespace ReadyOps.Core.Journal;

/// <summary>
/// Journals as files of JSON Lines: stream <c>gates/production</c> is <c>gates/production.jsonl</c> below the folder. One machine
/// at a time: the leases are locks of the operating system, which free themselves when their process dies.
/// </summary>
/// <param name="folder">Where; made when the first event is written. A relative path is below the process's folder.</param>
/// <param name="context">Clock, host and log.</param>
public sealed class FolderJournalStore(string folder, EngineContext context)
    : JournalStore(new FolderMedium(folder), context);
