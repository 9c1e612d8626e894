using System.Globalization;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Completers;

/// <summary>Completes the ids of monitoring windows, those that still last first.</summary>
internal sealed class MonitoringWindowIdCompleter : StateCompleter
{
    // Reading all journals of years would be slow.
    private const int MostRead = 50;

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Choice>> AskAsync(IJournalStore store, CancellationToken cancel)
    {
        IReadOnlyList<string> streams = await store.ListAsync(RolloutService.Prefix, cancel).ConfigureAwait(false);
        var found = new List<(bool Ended, Choice Choice)>();
        foreach (string stream in streams.TakeLast(MostRead))
        {
            RolloutState state = new RolloutState().Fold(await store.ReadAsync(stream, cancel).ConfigureAwait(false));
            string tip = string.Create(CultureInfo.InvariantCulture, $"{state.Phase}, {state.Checkpoints.Count} checkpoints reached");
            if (state.IsWindow) found.Add((state.Ended, new Choice(stream[RolloutService.Prefix.Length..], tip)));
        }

        return [.. found.OrderBy(window => window.Ended).Select(window => window.Choice)];
    }
}
