using System.Collections.Concurrent;

namespace ReadyOps;

/// <summary>
/// Carries work from the engine's threads to the one thread that PowerShell lets write to its streams and run its commands.
/// </summary>
internal sealed class PipelineThread
{
    private readonly BlockingCollection<Action> _work = [];

    /// <summary>Leaves something to be done on the pipeline thread, in order.</summary>
    public void Post(Action action) => _work.Add(action);

    /// <summary>Does, on this thread, whatever is left to be done until the task has ended and all that it left is done.</summary>
    public void RunUntil(Task task)
    {
        _ = task.ContinueWith(_ => Post(static () => { }), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        while (!task.IsCompleted) _work.Take()();
        while (_work.TryTake(out Action? rest)) rest();
    }
}
