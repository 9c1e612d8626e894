using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ReadyOps.Core.Journal;

/// <summary>
/// Journals as files of JSON Lines: stream <c>gates/production</c> is <c>gates/production.jsonl</c> below the folder. One machine
/// at a time: the leases are locks of the operating system, which free themselves when their process dies. What looks like two
/// machines, or like a file system whose locks may not reach the other one, is warned of once.
/// </summary>
public sealed class FolderJournalStore : JournalStore
{
    /// <summary>Who wrote longer ago than this has moved away, or was another machine under the same disk.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    private const string NextStep = "A folder is for one machine: let only one write to it, or share the journals in PostgreSQL (-StatePath env:NAME, docs/journal.md).";

    private readonly Func<string, string?> _network;
    private readonly ConcurrentDictionary<string, bool> _lookedAt = new(StringComparer.Ordinal);
    private int _looked;
    private int _warned;

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">Where; made when the first event is written. A relative path is below the process's folder.</param>
    /// <param name="context">Clock, host and log.</param>
    public FolderJournalStore(string folder, EngineContext context)
        : this(folder, context, NetworkFolder.Find)
    {
    }

    internal FolderJournalStore(string folder, EngineContext context, Func<string, string?> network)
        : this(new FolderMedium(folder), context, network)
    {
    }

    internal FolderJournalStore(FolderMedium medium, EngineContext context, Func<string, string?> network)
        : base(medium, context) => _network = network;

    private protected override void Acquired(JournalLease lease)
    {
        if (Interlocked.Exchange(ref _looked, 1) == 0 && _network(Location) is { } kind)
            Log.LogWarning("The journals in {Folder} are on a network file system ({Kind}), whose locks may not keep two machines apart. {NextStep}", Location, kind, NextStep);
        if (LastOf(lease) is { } last && last.Host != Context.HostName && (Context.Clock.GetUtcNow() - last.Time).Duration() < Recent)
            WarnOfTwo(string.Create(CultureInfo.InvariantCulture, $"{last.Host} wrote to {lease.Stream} at {last.Time.UtcDateTime:u}"));
    }

    /// <summary>The last line of a stream. Who looked at it before it took the lease has read it already: then it is read again, the first time.</summary>
    private JournalLine? LastOf(JournalLease lease)
    {
        if (lease.Lines is [.., { } last]) return last;
        if (lease.Before is null || Volatile.Read(ref _warned) == 1 || !_lookedAt.TryAdd(lease.Stream, true)) return null;
        try
        {
            using IJournalFile? file = Medium.OpenRead(lease.Stream);
            return file is null ? null : JournalLastLine.Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is for a warning only.
            return null;
        }
    }

    private protected override void FoundHeld(string stream)
    {
        if (Medium.Holder(stream) is { } holder && !holder.StartsWith($"{Context.HostName}, ", StringComparison.Ordinal))
            WarnOfTwo($"{stream} is held by {holder}");
    }

    private void WarnOfTwo(string what)
    {
        if (Interlocked.Exchange(ref _warned, 1) == 0)
            Log.LogWarning("The journals in {Folder} are used by two machines: {What}, and this is {Host}. {NextStep}", Location, what, Context.HostName, NextStep);
    }
}
