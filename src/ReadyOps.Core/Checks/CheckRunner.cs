using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>Runs checks side by side, each with its timeout and its retries, and makes evidence of what they see.</summary>
public static class CheckRunner
{
    /// <summary>Runs checks, at most <see cref="RunOptions.Throttle"/> at a time, and gives their evidence in the order of the list.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="options">How to run them.</param>
    /// <param name="context">Clock, HTTP and secrets.</param>
    /// <param name="cancel">Stops all of them. So does leaving the enumeration.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static async IAsyncEnumerable<Evidence> RunAsync(
        IReadOnlyList<CheckDefinition> checks, RunOptions options, EngineContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Throttle, 1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var results = new TaskCompletionSource<Evidence>[checks.Count];
        for (int i = 0; i < results.Length; i++) results[i] = new(TaskCreationOptions.RunContinuationsAsynchronously);

        int next = -1;
        async Task WorkAsync()
        {
            for (int i = Interlocked.Increment(ref next); i < results.Length; i = Interlocked.Increment(ref next))
            {
                try
                {
                    results[i].SetResult(await RunOneAsync(checks[i], context, stop.Token).ConfigureAwait(false));
                }
                catch (OperationCanceledException)
                {
                    results[i].SetCanceled(stop.Token);
                }
                catch (Exception e)
                {
                    // A bug in the runner itself: it must come out, not leave the reader waiting.
                    results[i].SetException(e);
                }
            }
        }

        Task[] workers = [.. Enumerable.Range(0, Math.Min(options.Throttle, checks.Count)).Select(_ => Task.Run(WorkAsync, CancellationToken.None))];
        try
        {
            foreach (TaskCompletionSource<Evidence> result in results) yield return await result.Task.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(workers).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Runs one check until it passes or has no attempt left. Every verdict but a pass is tried again: that is what people mean
    /// by retry; the evidence tells each attempt.
    /// </summary>
    /// <param name="check">The check.</param>
    /// <param name="context">Clock, HTTP and secrets.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="OperationCanceledException">It was stopped; nothing else is ever thrown.</exception>
    public static async Task<Evidence> RunOneAsync(CheckDefinition check, EngineContext context, CancellationToken cancel)
    {
        long started = context.Clock.GetTimestamp();
        var earlier = new List<string>();
        int attempt = 1;
        Observation seen = await AttemptAsync(check, context, cancel).ConfigureAwait(false);
        while (seen.Verdict != Verdict.Pass && attempt < check.Retry.Attempts)
        {
            earlier.Add(string.Create(CultureInfo.InvariantCulture, $"Attempt {attempt}: {seen.Verdict}: {seen.Reason}"));
            await DelayAsync(check.Retry.DelayAfter(attempt), context.Clock, cancel).ConfigureAwait(false);
            attempt++;
            seen = await AttemptAsync(check, context, cancel).ConfigureAwait(false);
        }

        Evidence evidence = new()
        {
            Check = check.Name,
            Type = check.Type,
            Verdict = seen.Verdict,
            Value = seen.Value,
            Bound = seen.Bound,
            Margin = seen.Margin,
            Unit = seen.Unit,
            Reason = seen.Reason,
            Details = earlier.Count == 0 ? seen.Details : [.. seen.Details, .. earlier],
            NextStep = seen.NextStep,
            Parts = seen.Parts,
            Memory = seen.Memory,
            Comparison = seen.Comparison,
            ValidUntil = seen.Verdict == Verdict.Pass ? Validity.Earlier(seen.ValidUntil, context.Clock.GetUtcNow() + check.ValidFor) : null,
            Time = context.Clock.GetUtcNow(),
            Duration = context.Clock.GetElapsedTime(started),
            Attempts = attempt,
            Source = check.Source,
            From = check.From,
            Guessed = check.Guessed,
        };
        Tell(evidence, context);
        return evidence;
    }

    private static async Task<Observation> AttemptAsync(CheckDefinition check, EngineContext context, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var deadline = new CancellationTokenSource(check.Timeout, context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        CancellationToken stop = either.Token;
        try
        {
            // A task of its own, left behind at the deadline, because a check may hang in a call that cannot be cancelled:
            // opening a file on a dead network share, for example.
            Task<Observation> look = context.StaysOnThread ? check.Check.ObserveAsync(context, stop).AsTask() : Task.Run(() => check.Check.ObserveAsync(context, stop).AsTask(), CancellationToken.None);
            return await look.WaitAsync(stop).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            cancel.ThrowIfCancellationRequested();
            return e is OperationCanceledException && deadline.IsCancellationRequested ? check.Check.TimedOut(check.Timeout) : Observation.Failed(e);
        }
    }

    private static Task DelayAsync(TimeSpan delay, TimeProvider clock, CancellationToken cancel) =>
        delay > TimeSpan.Zero ? Task.Delay(delay, clock, cancel) : Task.CompletedTask;

    private static void Tell(Evidence evidence, EngineContext context)
    {
        ILogger log = context.Logs.CreateLogger("ReadyOps.Checks");
        if (log.IsEnabled(LogLevel.Debug))
        {
            log.LogDebug("{Check}: {Verdict} in {Duration}: {Reason}",
                evidence.Check, evidence.Verdict, Quantities.Format(evidence.Duration), evidence.Reason);
        }
    }
}
