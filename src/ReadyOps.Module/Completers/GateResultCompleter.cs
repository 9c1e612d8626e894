using System.Globalization;
using ReadyOps.Core;
using ReadyOps.Core.Gates;
using ReadyOps.Core.Journal;

namespace ReadyOps.Completers;

/// <summary>Completes the journal references of past results, the newest of each gate first.</summary>
internal sealed class GateResultCompleter : StateCompleter
{
    private const int MostOfEach = 20;

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Choice>> AskAsync(IJournalStore store, CancellationToken cancel)
    {
        var history = new GateHistory(store, new EngineContext());
        List<Choice> choices = [];
        foreach (string stream in await store.ListAsync(GateJournal.Prefix, cancel).ConfigureAwait(false))
        {
            List<Choice> some = [];
            await foreach (GateResult result in history.ReadAsync(stream, new GateHistoryQuery { Last = MostOfEach }, _ => { }, cancel).ConfigureAwait(false))
                some.Add(new Choice(result.JournalReference, string.Create(CultureInfo.InvariantCulture, $"{result.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'} {result.Status} {result.Score:0.#} {result.Release}")));
            choices.AddRange(Enumerable.Reverse(some));
        }

        return choices;
    }
}
