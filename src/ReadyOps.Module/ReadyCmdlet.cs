using System.Diagnostics.CodeAnalysis;
using System.Management.Automation;
using ReadyOps.Core;

namespace ReadyOps;

/// <summary>
/// What every cmdlet of ReadyOps shares: it can be stopped at any moment, waits for the engine while the engine's log and
/// progress reach their streams, and turns expected failures into error records.
/// </summary>
public abstract class ReadyCmdlet : PSCmdlet, IDisposable
{
    // Never disposed: PowerShell may stop a pipeline after it disposed its cmdlets, and a source without a timer holds nothing.
    private readonly CancellationTokenSource _stop = new();
    private readonly PipelineThread _pipeline = new();
    private ProgressBar? _progress;

    /// <summary>Cancelled as soon as the user presses Ctrl+C or the pipeline ends early.</summary>
    protected CancellationToken StopToken => _stop.Token;

    /// <summary>All time comes from here.</summary>
    internal static TimeProvider Clock => TimeProvider.System;

    /// <summary>A bar for work that takes over a second; written on the pipeline thread at most five times a second.</summary>
    private protected ProgressBar Progress => _progress ??= new ProgressBar(record => _pipeline.Post(() => WriteProgress(record)), WriteProgress, Clock);

    /// <summary>The surroundings of the engine as this session has them.</summary>
    /// <param name="actor">Who acts, for the journal.</param>
    /// <param name="allowCommand">Whether commands written in documents may run.</param>
    internal EngineContext CreateContext(string? actor = null, bool allowCommand = false)
    {
        var context = new EngineContext
        {
            Actor = string.IsNullOrWhiteSpace(actor) ? Environment.UserName : actor,
            AllowCommand = allowCommand,
            Logs = new PipelineLog(this, _pipeline),
        };
        return context with { Secrets = new PipelineSecretSource(this, _pipeline, context.Secrets) };
    }

    /// <summary>Waits for work of the engine and meanwhile writes what it tells.</summary>
    private protected T Await<T>(Func<CancellationToken, Task<T>> work)
    {
        Task<T> task = Task.Run(() => work(StopToken), CancellationToken.None);
        try
        {
            _pipeline.RunUntil(task);
        }
        catch
        {
            // The pipeline was stopped while something was written: nothing may go on behind its back.
            _stop.Cancel();
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            _ = task.Exception;
            throw;
        }

        return task.GetAwaiter().GetResult();
    }

    /// <summary>Leaves something to be written on the pipeline thread while the engine works on another.</summary>
    private protected void Later(Action write) => _pipeline.Post(write);

    /// <summary>Waits for work of the engine that returns nothing.</summary>
    private protected void Await(Func<CancellationToken, Task> work) => Await(async cancel =>
    {
        await work(cancel).ConfigureAwait(false);
        return true;
    });

    /// <summary>Pulls a sequence of the engine, one item at a time, so that a slow or early-ending pipeline holds it back.</summary>
    private protected IEnumerable<T> Pull<T>(Func<CancellationToken, IAsyncEnumerable<T>> source)
    {
        IAsyncEnumerator<T> items = source(StopToken).GetAsyncEnumerator(StopToken);
        try
        {
            while (Await(_ => items.MoveNextAsync().AsTask())) yield return items.Current;
        }
        finally
        {
            Await(_ => items.DisposeAsync().AsTask());
        }
    }

    /// <summary>Runs work for one item; what is expected to go wrong becomes error records of that item, and the next one goes on.</summary>
    /// <param name="item">The item.</param>
    /// <param name="work">The work.</param>
    /// <param name="failed">What else to do about a failure, after its errors are written.</param>
    /// <returns>Whether it went well.</returns>
    private protected bool Try(object? item, Action work, Action<Exception>? failed = null)
    {
        try
        {
            work();
            return true;
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            // PowerShell reports the stop itself.
        }
        catch (Exception e) when (Errors.IsExpected(e))
        {
            _progress?.Close();
            foreach (ErrorRecord record in Errors.From(e, item)) WriteError(record);
            failed?.Invoke(e);
        }

        return false;
    }

    /// <summary>Ends the command with an error: nothing that could still come would succeed.</summary>
    [DoesNotReturn]
    private protected void StopHere(string id, string message, string nextStep, object? item = null)
    {
        ThrowTerminatingError(Errors.From(new ReadyOpsException(id, message, nextStep), item));
        throw new PipelineStoppedException();
    }

    /// <inheritdoc/>
    protected override void EndProcessing() => _progress?.Close();

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Stops what still runs: a pipeline that ends early skips EndProcessing.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops what still runs.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _stop.Cancel();
    }
}
