using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ReadyOps.Core;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Rollouts;

namespace ReadyOps.Agent.Running;

/// <summary>
/// Ticks every rollout of a store at its own pace, side by side, so that none waits for another. Rollouts that other processes
/// start are picked up; one that another agent is at is left to it.
/// </summary>
internal sealed class RolloutLoop(RolloutService rollouts, IJournalStore store, RolloutBoard board, AgentMetrics metrics, EngineContext context)
{
    /// <summary>The error id of a rollout that another process holds.</summary>
    private const string Busy = "RolloutBusy";

    private static readonly TimeSpan StorePace = TimeSpan.FromSeconds(2);

    /// <summary>A rollout that has ended moves again when a person takes it back.</summary>
    private static readonly TimeSpan EndedPace = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan RetryPace = TimeSpan.FromSeconds(15);

    private readonly ILogger _log = context.Logs.CreateLogger("ReadyOps.Agent");
    private readonly ConcurrentDictionary<string, string> _told = new();
    private readonly Dictionary<string, DateTimeOffset> _lookAgain = [];

    /// <summary>Ticks until it is stopped; an act under way is finished first.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var workers = new Dictionary<string, Task>(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                await AdoptAsync(workers, stop);
                await Task.Delay(StorePace, context.Clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Task.WhenAll(workers.Values);
        }
    }

    /// <summary>Ticks every rollout that has not ended, once each.</summary>
    /// <returns>Where they stand, and how many could not be ticked.</returns>
    public async Task<(IReadOnlyList<RolloutStatus> Rollouts, int Failed)> RunOnceAsync(CancellationToken stop)
    {
        IReadOnlyList<string> streams = await store.ListAsync(RolloutService.Prefix, stop);
        Task<Outcome>[] ticks = [.. streams.Select(stream => Task.Run(() => LookAndTickAsync(stream[RolloutService.Prefix.Length..], stop), CancellationToken.None))];
        Outcome[] outcomes = await Task.WhenAll(ticks);
        stop.ThrowIfCancellationRequested();
        return ([.. outcomes.Select(outcome => outcome.Status).OfType<RolloutStatus>().Where(status => !status.Ended || status.Events.Count > 0)], outcomes.Count(outcome => outcome.Failed));
    }

    private async Task<Outcome> LookAndTickAsync(string id, CancellationToken stop)
    {
        Outcome seen = await LookAsync(id, stop);
        return seen.Status is { Ended: false } ? await TickAsync(id, stop) : seen;
    }

    private async Task AdoptAsync(Dictionary<string, Task> workers, CancellationToken stop)
    {
        IReadOnlyList<string> streams;
        try
        {
            streams = await store.ListAsync(RolloutService.Prefix, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            board.StoreFailed(e.Message);
            Tell("", e);
            return;
        }

        string[] ids = [.. streams.Select(stream => stream[RolloutService.Prefix.Length..])];
        board.StoreSeen(ids);
        _told.TryRemove("", out _);
        foreach (string id in ids)
        {
            if (workers.TryGetValue(id, out Task? worker) && !worker.IsCompleted) continue;
            DateTimeOffset now = context.Clock.GetUtcNow();
            if (_lookAgain.TryGetValue(id, out DateTimeOffset due) && now < due) continue;

            Outcome seen = await LookAsync(id, stop);
            _lookAgain[id] = now + (seen.Failed ? RetryPace : EndedPace);
            if (seen.Status is { Ended: false }) workers[id] = Task.Run(() => WorkAsync(id, stop), CancellationToken.None);
        }
    }

    private async Task WorkAsync(string id, CancellationToken stop)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                long begun = context.Clock.GetTimestamp();
                Outcome outcome = await TickAsync(id, stop);
                if (outcome.Status is { Ended: true }) return;
                TimeSpan wait = outcome.Wait - context.Clock.GetElapsedTime(begun);
                if (wait > TimeSpan.Zero) await Task.Delay(wait, context.Clock, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
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

    private readonly record struct Outcome(RolloutStatus? Status, TimeSpan Wait, bool Failed);
}
