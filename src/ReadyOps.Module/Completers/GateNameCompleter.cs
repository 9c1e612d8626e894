using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;

namespace ReadyOps.Completers;

/// <summary>Completes the names of gates that the journals know: by their results and by what people decided.</summary>
internal sealed class GateNameCompleter : StateCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Choice>> AskAsync(IJournalStore store, CancellationToken cancel)
    {
        IReadOnlyList<string> results = await GateJournal.NamesAsync(store, cancel).ConfigureAwait(false);
        IReadOnlyList<string> approvals = await ApprovalJournal.NamesAsync(store, cancel).ConfigureAwait(false);
        return [.. results.Union(approvals, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => new Choice(name))];
    }
}
