using System.Runtime.CompilerServices;
using ReadyOps.Core.Flags.Stores;
using ReadyOps.Core.Flags.Strategies;
using ReadyOps.Core.Journal;

namespace ReadyOps.Core.Flags;

/// <summary>
/// All changes of a flag document go through here: each is a compare-and-set with an actor and a reason, checked as a whole
/// before it is written, and two events of the journal, before and after. Two writers never lose one another's change.
/// </summary>
/// <param name="store">Where the document lives.</param>
/// <param name="journals">Where changes are written down.</param>
/// <param name="context">Who acts, and when.</param>
public sealed class FlagService(IFlagStore store, IJournalStore journals, EngineContext context)
{
    /// <summary>What the streams of changes begin with.</summary>
    public const string Prefix = "flags/";

    private const int Attempts = 20;

    private static readonly TimeSpan LeaseWait = TimeSpan.FromSeconds(10);

    /// <summary>The stream in which the changes of a document are written down.</summary>
    public static string StreamOf(string location) => JournalName.Of(Prefix, location);

    /// <summary>The document as it is now, compiled; only what flagd itself refuses is refused.</summary>
    /// <exception cref="DocumentException">Everything that is wrong with it.</exception>
    public async ValueTask<FlagSet> GetAsync(CancellationToken cancel)
    {
        FlagStoreContent content = await store.ReadAsync(cancel).ConfigureAwait(false);
        return FlagSet.Load(content.Utf8, store.Location, FlagSetOptions.AsFlagd with { Clock = context.Clock });
    }

    /// <summary>What a change would change. Writes nothing.</summary>
    /// <exception cref="DocumentException">The document would be wrong afterwards.</exception>
    public async ValueTask<FlagChange> PreviewAsync(string reason, Action<FlagEditor> edit, CancellationToken cancel)
    {
        (FlagStoreContent? before, byte[] after) = await EditAsync(edit, cancel).ConfigureAwait(false);
        return Describe(reason, before, after);
    }

    /// <summary>Changes the document.</summary>
    /// <param name="reason">Why: nothing is changed without a reason.</param>
    /// <param name="edit">Makes the change; called again from the new content when somebody else was faster.</param>
    /// <param name="cancel">Stops before anything is written.</param>
    /// <returns>What was changed; nothing at all where the document was so already.</returns>
    /// <exception cref="DocumentException">The document would be wrong afterwards: nothing was written.</exception>
    /// <exception cref="ReadyOpsException"><c>FlagReasonMissing</c>, <c>FlagConflict</c>, or what <paramref name="edit"/> and the store say.</exception>
    public async ValueTask<FlagChange> ChangeAsync(string reason, Action<FlagEditor> edit, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(reason))
            throw new ReadyOpsException("FlagReasonMissing", $"No reason was given for the change of {store.Location}, so nothing was changed.", "Say why with -Reason: whoever reads the history during an incident needs it.");
        return await WriteAsync(LeaseWait, async stop =>
        {
            (FlagStoreContent? before, byte[] after) = await EditAsync(edit, stop).ConfigureAwait(false);
            return (before, after, Describe(reason, before, after));
        }, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// Moves the share of one flag for a rollout, and leaves all else as it is. Nothing but that flag is looked at: what is wrong with another
    /// must keep no rollback from acting.
    /// </summary>
    /// <param name="key">The flag.</param>
    /// <param name="reason">Which rollout, and why.</param>
    /// <param name="move">Makes the new document of the old one.</param>
    /// <param name="wait">How long to wait for others who change the document.</param>
    /// <param name="cancel">Stops before anything is written.</param>
    internal async ValueTask<FlagChange> MoveAsync(string key, string reason, Func<ReadOnlyMemory<byte>, byte[]> move, TimeSpan wait, CancellationToken cancel) =>
        await WriteAsync(wait, async stop =>
        {
            FlagStoreContent before = await store.ReadAsync(stop).ConfigureAwait(false);
            byte[] after = move(before.Utf8);
            bool related = after.AsSpan().IndexOf("readyops.requires"u8) >= 0;
            return (before, after, Describe(reason, before, after, related ? null : key));
        }, cancel).ConfigureAwait(false);

    private async ValueTask<FlagChange> WriteAsync(
        TimeSpan wait, Func<CancellationToken, ValueTask<(FlagStoreContent? Before, byte[] After, FlagChange Change)>> edit, CancellationToken cancel)
    {
        IJournalLease lease = await journals.TryAcquireAsync(StreamOf(store.Location), wait, cancel).ConfigureAwait(false)
            ?? throw new ReadyOpsException("JournalBusy", $"Another process is changing {store.Location}, so nothing was changed.", "Try again when it is done.");
        await using (lease.ConfigureAwait(false))
        {
            await SettleAsync(lease, cancel).ConfigureAwait(false);
            for (int attempt = 1; ; attempt++)
            {
                (FlagStoreContent? before, byte[] after, FlagChange change) = await edit(cancel).ConfigureAwait(false);
                if (change.Differences.Count == 0 && before is not null) return change;
                try
                {
                    return await ApplyAsync(lease, change, before, after, cancel).ConfigureAwait(false);
                }
                catch (ReadyOpsException e) when (e.Id == FlagStoreErrors.ConflictId && attempt < Attempts)
                {
                    // Written by somebody who keeps no journal with us: made anew from what they wrote.
                }
            }
        }
    }

    /// <summary>The changes that were made, in order, with those that did not take effect.</summary>
    /// <param name="key">Only those of one flag, or <see langword="null"/> for all.</param>
    /// <param name="cancel">Stops reading.</param>
    public async IAsyncEnumerable<FlagChange> HistoryAsync(string? key, [EnumeratorCancellation] CancellationToken cancel)
    {
        string stream = StreamOf(store.Location);
        foreach (FlagChange change in FlagJournal.Read(stream, await JournalProof.ReadAsync(journals, stream, cancel).ConfigureAwait(false)))
            if (key is null || change.Differences.Any(difference => difference.Flag == key)) yield return change;
    }

    private async ValueTask<(FlagStoreContent? Before, byte[] After)> EditAsync(Action<FlagEditor> edit, CancellationToken cancel)
    {
        FlagStoreContent? before = null;
        try
        {
            before = await store.ReadAsync(cancel).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id == FlagStoreErrors.MissingId)
        {
            // The first flag makes the document.
        }

        var editor = new FlagEditor(before?.Utf8 ?? FlagEditor.EmptyDocument, store.Location);
        edit(editor);
        FlagRequirements.Refresh(editor);
        _ = FlagSet.Load(editor.Utf8, store.Location, new FlagSetOptions { Clock = context.Clock });
        return (before, editor.Utf8);
    }

    private FlagChange Describe(string reason, FlagStoreContent? before, byte[] after, string? only = null) => new()
    {
        Location = store.Location,
        Time = context.Clock.GetUtcNow(),
        Actor = context.Actor,
        Reason = reason,
        DigestBefore = before is null ? "" : FileFlagStore.VersionOf(before.Utf8.Span),
        DigestAfter = FileFlagStore.VersionOf(after),
        Differences = FlagDifferences.Between(before?.Utf8, after, only),
    };

    private async ValueTask<FlagChange> ApplyAsync(IJournalLease lease, FlagChange change, FlagStoreContent? before, byte[] after, CancellationToken cancel)
    {
        await lease.AppendAsync([FlagJournal.Intended(change)], cancel).ConfigureAwait(false);
        try
        {
            await store.WriteAsync(after, before?.Version, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ReadyOpsException e) when (e.Id is FlagStoreErrors.ConflictId or "FlagNotWritten" or "FlagBusy")
        {
            // What it wrote is known to be nothing; any other failure leaves that open, and the next change finds out.
            await lease.AppendAsync([FlagJournal.Failed(change, e.Message)], CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        IReadOnlyList<JournalLine> lines = await lease.AppendAsync([FlagJournal.Changed(change, recovered: false)], CancellationToken.None).ConfigureAwait(false);
        return change with { Applied = true, Time = lines[^1].Time, JournalReference = $"{lease.Stream}#{lines[^1].Sequence}" };
    }

    /// <summary>A change whose process did not live to say what became of it.</summary>
    private async ValueTask SettleAsync(IJournalLease lease, CancellationToken cancel)
    {
        if (lease.Lines.LastOrDefault(line => FlagJournal.Types.Contains(line.Type)) is not { } last || FlagJournal.OpenIntent(last) is not { } open) return;
        string now = "";
        try
        {
            now = FileFlagStore.VersionOf((await store.ReadAsync(cancel).ConfigureAwait(false)).Utf8.Span);
        }
        catch (ReadyOpsException e) when (e.Id == FlagStoreErrors.MissingId)
        {
            // Nothing was written, then.
        }

        JournalEntry outcome = now == open.DigestAfter ? FlagJournal.Changed(open, recovered: true)
            : FlagJournal.Failed(open, now == open.DigestBefore ? "its process ended before it was written" : "its process ended, and the document is another one by now");
        await lease.AppendAsync([outcome], cancel).ConfigureAwait(false);
    }
}
