using System.Collections.Concurrent;

namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>
/// One thread that lasts as long as this process. A server that is to die with its parent (<c>setpriv --pdeathsig</c>) dies with the thread
/// that started it, as Linux has it; a thread of the pool ends when there is nothing to do, in the middle of a test of another class.
/// </summary>
internal static class LastingThread
{
    private static readonly BlockingCollection<Action> Work = [];

    static LastingThread() => new Thread(() =>
    {
        foreach (Action one in Work.GetConsumingEnumerable()) one();
    }) { IsBackground = true, Name = "servers" }.Start();

    /// <summary>Does something on it.</summary>
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }
}
