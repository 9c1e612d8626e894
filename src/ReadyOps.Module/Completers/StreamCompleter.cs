using ReadyOps.Core.Journal;

namespace ReadyOps.Completers;

/// <summary>Completes the names of journals.</summary>
internal sealed class StreamCompleter : StateCompleter
{
    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Choice>> AskAsync(IJournalStore store, CancellationToken cancel) =>
        [.. (await store.ListAsync("", cancel).ConfigureAwait(false)).Select(stream => new Choice(stream))];
}
