using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Agent.Running;

/// <summary>
/// Ticks every rollout of a store at its own pace: a queue of what is due, and so many ticks side by side. Rollouts that other processes
/// start are picked up; one that another agent is at is left to it.
/// </summary>
/// <param name="rollouts">Ticks them.</param>
/// <param name="store">Where they are.</param>
/// <param name="board">What is known of them.</param>
/// <param name="metrics">Counts the ticks.</param>
/// <param name="context">The surroundings.</param>
/// <param name="concurrency">How many ticks may be under way at once, at least 1.</param>
internal sealed class RolloutLoop(RolloutService rollouts, IJournalStore store, RolloutBoard board, AgentMetrics metrics, EngineContext context, int concurrency = RolloutLoop.Concurrency)
{
    /// <summary>
    /// Ticks at once where nobody says otherwise. A tick waits for others most of its time, and one that waits for a backend that is down
    /// must not keep the rest from theirs.
    /// </summary>
    public const int Concurrency = 64;

    /// <summary>The error id of a rollout that another process holds.</summary>
    private const string Busy = "RolloutBusy";

    private static readonly TimeSpan StorePace = TimeSpan.FromSeconds(2);

    /// <summary>A rollout that has ended moves again when a person takes it back; where the store cannot tell that, it is looked at.</summary>
    private static readonly TimeSpan EndedPace = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RetryPace = TimeSpan.FromSeconds(15);

    private readonly ILogger _log = context.Logs.CreateLogger("ReadyOps.Agent");
    private readonly ConcurrentDictionary<string, string> _told = new();
    private readonly DueQueue _due = new(context.Clock);

    // Rollouts that are not in the queue: what their stream was like when they were looked at last, and when to look again at the latest.
    private readonly ConcurrentDictionary<string, Rest> _resting = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string?> _marks = new(StringComparer.Ordinal);

    /// <summary>Ticks until it is stopped; an act under way is finished first.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Task ticking = TickDueAsync(stop);
        try
        {
            while (true)
            {
                await AdoptAsync(stop);
                await Task.Delay(StorePace, context.Clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await ticking;
        }
    }

    /// <summary>Ticks every rollout that has not ended, once each.</summary>
    /// <returns>Where they stand, and how many could not be ticked.</returns>
    public async Task<(IReadOnlyList<RolloutStatus> Rollouts, int Failed)> RunOnceAsync(CancellationToken stop)
    {
        var outcomes = new ConcurrentBag<(string Id, Outcome Outcome)>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = stop };
        await Parallel.ForEachAsync(await rollouts.ListActiveIdsAsync(stop), options, async (id, _) => outcomes.Add((id, await LookAndTickAsync(id, stop))));
        stop.ThrowIfCancellationRequested();
        return ([.. outcomes.OrderBy(one => one.Id, StringComparer.Ordinal).Select(one => one.Outcome.Status).OfType<RolloutStatus>().Where(status => !status.Ended || status.Events.Count > 0)], outcomes.Count(one => one.Outcome.Failed));
    }

    private async Task<Outcome> LookAndTickAsync(string id, CancellationToken stop)
    {
        Outcome seen = await LookAsync(id, stop);
        return seen.Status is { Ended: false } or { EscalationsPending: > 0 } ? await TickAsync(id, stop) : seen;
    }

    private async Task AdoptAsync(CancellationToken stop)
    {
        IReadOnlyList<JournalStamp> streams;
        try
        {
            streams = await store.ListStampsAsync(RolloutService.Prefix, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            board.StoreFailed(e.Message);
            Tell("", e);
            return;
        }

        board.StoreSeen([.. streams.Select(stamp => stamp.Stream[RolloutService.Prefix.Length..])]);
        _told.TryRemove("", out _);
        foreach (JournalStamp stamp in streams)
        {
            string id = stamp.Stream[RolloutService.Prefix.Length..];
            if (_due.Has(id)) continue;
            if (_resting.TryGetValue(id, out Rest? rest) && context.Clock.GetTimestamp() < rest.LookAt && (rest.Failed || rest.Mark == stamp.Mark)) continue;
            _marks[id] = stamp.Mark;
            _due.Add(id);
        }
    }

    /// <summary>Hands out what is due, no more at once than may be.</summary>
    private async Task TickDueAsync(CancellationToken stop)
    {
        using var room = new SemaphoreSlim(concurrency);
        int own = 0;
        try
        {
            while (true)
            {
                await room.WaitAsync(stop);
                own = 1;
                string id = await _due.TakeAsync(stop);
                own = 0;
                _ = Task.Run(async () =>
                {
                    try
                    {
                        await WorkAsync(id, stop);
                    }
                    catch (Exception e)
                    {
                        // Whatever went wrong, a rollout that has not ended is never left without its next tick.
                        Tell(id, e);
                        _due.Again(id, RetryPace);
                    }
                    finally
                    {
                        room.Release();
                    }
                }, CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }

        // Those that are under way are ended before the process is.
        for (int i = own; i < concurrency; i++) await room.WaitAsync(CancellationToken.None);
    }

    private async Task WorkAsync(string id, CancellationToken stop)
    {
        long begun = context.Clock.GetTimestamp();
        bool isNew = _marks.TryRemove(id, out string? mark);
        Outcome outcome = isNew ? await LookAndTickAsync(id, stop) : await TickAsync(id, stop);
        if (outcome.Status is { Ended: false } or { EscalationsPending: > 0 } || (outcome.Failed && !isNew))
        {
            TimeSpan wait = outcome.Wait - context.Clock.GetElapsedTime(begun);
            _due.Again(id, wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
            return;
        }

        // Without a mark only the time tells when to look again; one that cannot be read is tried again soon.
        TimeSpan pause = outcome.Failed ? RetryPace : mark is null ? EndedPace : TimeSpan.FromDays(1);
        _resting[id] = new Rest(mark, outcome.Failed, context.Clock.GetTimestamp() + (long)(pause.TotalSeconds * context.Clock.TimestampFrequency));
        _due.Remove(id);
    }

    private async Task<Outcome> TickAsync(string id, CancellationToken stop)
    {
        long begun = context.Clock.GetTimestamp();
        try
        {
            RolloutStatus status = await rollouts.TickAsync(id, stop);
            TimeSpan pace = PaceOf(status);
            metrics.Ticked("ok", context.Clock.GetElapsedTime(begun));
            board.Ticked(status, pace);
            _told.TryRemove(id, out _);
            // A hold that ends before the next tick is not waited past.
            return new Outcome(status, status.Remaining is { } left && left > TimeSpan.Zero && left < pace ? left + context.Clock.GetElapsedTime(begun) : pace, Failed: false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new Outcome(null, TimeSpan.Zero, Failed: false);
        }
        catch (ReadyOpsException e) when (e.Id == Busy)
        {
            metrics.Ticked("busy", context.Clock.GetElapsedTime(begun));
            return await LookAsync(id, stop);
        }
        catch (Exception e)
        {
            metrics.Ticked("error", context.Clock.GetElapsedTime(begun));
            board.Failed(id, e.Message);
            Tell(id, e);
            return new Outcome(null, RetryPace, Failed: true);
        }
    }

    private async Task<Outcome> LookAsync(string id, CancellationToken stop)
    {
        try
        {
            RolloutStatus status = await rollouts.GetAsync(id, stop);
            board.Looked(status, PaceOf(status));
            return new Outcome(status, PaceOf(status), Failed: false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new Outcome(null, TimeSpan.Zero, Failed: false);
        }
        catch (Exception e)
        {
            board.Failed(id, e.Message);
            Tell(id, e);
            return new Outcome(null, RetryPace, Failed: true);
        }
    }

    private TimeSpan PaceOf(RolloutStatus status)
    {
        TimeSpan pace = status.NextTickAt is { } next ? next - context.Clock.GetUtcNow() : RetryPace;
        return pace > TimeSpan.FromMilliseconds(50) ? pace : TimeSpan.FromMilliseconds(50);
    }

    /// <summary>Logs a failure once, and again only when it changes: a damaged journal must not fill the log at every tick.</summary>
    private void Tell(string id, Exception problem)
    {
        if (_told.TryGetValue(id, out string? before) && before == problem.Message) return;
        _told[id] = problem.Message;
        _log.LogError("{What}: {Problem} {NextStep}", id.Length > 0 ? id : store.Location, problem.Message, (problem as ReadyOpsException)?.NextStep);
    }

    private sealed record Rest(string? Mark, bool Failed, long LookAt);

    private readonly record struct Outcome(RolloutStatus? Status, TimeSpan Wait, bool Failed);
}
