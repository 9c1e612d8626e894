using System.Globalization;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Completers;

/// <summary>Completes the ids of rollouts, those that still move first.</summary>
internal sealed class RolloutIdCompleter : StateCompleter
{
    // Reading all journals of years would be slow; the ids of the others are offered without their state.
    private const int MostRead = 20;

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<Choice>> AskAsync(IJournalStore store, CancellationToken cancel)
    {
        IReadOnlyList<string> streams = await store.ListAsync(RolloutService.Prefix, cancel).ConfigureAwait(false);
        var active = new List<Choice>();
        var ended = new List<Choice>();
        foreach (string stream in streams.TakeLast(MostRead))
        {
            RolloutState state = new RolloutState().Fold(await store.ReadAsync(stream, cancel).ConfigureAwait(false));
            string tip = string.Create(CultureInfo.InvariantCulture, $"{state.Phase} at {state.SharePercent:0.##}%");
            (state.Ended ? ended : active).Add(new Choice(stream[RolloutService.Prefix.Length..], tip));
        }

        return [.. active, .. ended, .. streams.SkipLast(MostRead).Select(stream => new Choice(stream[RolloutService.Prefix.Length..]))];
    }
}
