using ReadyOps.Core.Journal;

namespace ReadyOps.Completers;

/// <summary>Completes the types of events that the journals hold.</summary>
internal sealed class EventTypeCompleter : StateCompleter
{
    private const int MostStreams = 20;

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Choice>> AskAsync(IJournalStore store, CancellationToken cancel)
    {
        var types = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string stream in (await store.ListAsync("", cancel).ConfigureAwait(false)).TakeLast(MostStreams))
            types.UnionWith((await store.ReadAsync(stream, cancel).ConfigureAwait(false)).Select(line => line.Type));
        return [.. types.Select(type => new Choice(type))];
    }
}
