using System.Runtime.CompilerServices;

namespace ReadyOps.Core.Rollouts;

public sealed partial class RolloutService
{
    /// <summary>How many rollouts are ticked side by side where several are, at least 1.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>
    /// Ticks rollouts, beginning in the order given, <see cref="Concurrency"/> of them side by side: one whose backend does not answer must not
    /// keep the others waiting. Begins none when the time is up; what has begun is brought to its end, since a tick that is cut off would
    /// never find out that it has been without metrics for too long.
    /// </summary>
    /// <returns>What came of each, as it ends.</returns>
    public async IAsyncEnumerable<RolloutTick> TickEachAsync(IEnumerable<string> ids, TimeSpan budget, [EnumeratorCancellation] CancellationToken cancel)
    {
        long began = context.Clock.GetTimestamp();
        var ticks = new List<Task<RolloutTick>>();
        try
        {
            foreach (string id in ids)
            {
                if (ticks.Count >= Concurrency) yield return await EndAsync(ticks).ConfigureAwait(false);
                if (context.Clock.GetElapsedTime(began) >= budget) yield return new RolloutTick(id);
                // On another thread only where there are several: a single one goes on as a plain call does.
                else ticks.Add(Concurrency > 1 ? Task.Run(() => TickOneAsync(id, cancel), CancellationToken.None) : TickOneAsync(id, cancel));
            }

            while (ticks.Count > 0) yield return await EndAsync(ticks).ConfigureAwait(false);
        }
        finally
        {
            // Who stops listening does not leave a tick behind that nobody waits for.
            await ((Task)Task.WhenAll(ticks)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<RolloutTick> EndAsync(List<Task<RolloutTick>> ticks)
    {
        Task<RolloutTick> first = await Task.WhenAny(ticks).ConfigureAwait(false);
        ticks.Remove(first);
        return await first.ConfigureAwait(false);
    }

    private async Task<RolloutTick> TickOneAsync(string id, CancellationToken cancel)
    {
        try
        {
            return new RolloutTick(id, await TickAsync(id, cancel).ConfigureAwait(false));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return new RolloutTick(id, Failure: e);
        }
    }
}
