namespace ReadyOps.Agent.Running;

/// <summary>What has to be done when, each thing once: the one that is due first comes first. One reader, many writers.</summary>
/// <param name="clock">Paces it.</param>
internal sealed class DueQueue(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<string, (long Due, long Turn)> _queue = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private long _turn;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many there are, those that are being done included.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _known.Count;
        }
    }

    /// <summary>Adds something that is not there yet; due at once.</summary>
    public void Add(string id)
    {
        lock (_gate)
            if (_known.Add(id)) Enqueue(id, TimeSpan.Zero);
    }

    /// <summary>Whether something is there.</summary>
    public bool Has(string id)
    {
        lock (_gate) return _known.Contains(id);
    }

    /// <summary>What was taken is to be done again after a while.</summary>
    public void Again(string id, TimeSpan after)
    {
        lock (_gate) Enqueue(id, after);
    }

    /// <summary>What was taken is done for good.</summary>
    public void Remove(string id)
    {
        lock (_gate) _known.Remove(id);
    }

    /// <summary>Waits until something is due and takes it.</summary>
    public async Task<string> TakeAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            TimeSpan wait = Timeout.InfiniteTimeSpan;
            lock (_gate)
            {
                if (_queue.TryPeek(out _, out (long Due, long Turn) first))
                {
                    wait = clock.GetElapsedTime(clock.GetTimestamp(), first.Due);
                    if (wait <= TimeSpan.Zero) return _queue.Dequeue();
                }

                if (_changed.Task.IsCompleted) _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                changed = _changed.Task;
            }

            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            await Task.WhenAny(changed, Task.Delay(wait, clock, enough.Token));
            await enough.CancelAsync();
            cancel.ThrowIfCancellationRequested();
        }
    }

    private void Enqueue(string id, TimeSpan after)
    {
        long due = clock.GetTimestamp() + (long)(after.TotalSeconds * clock.TimestampFrequency);
        bool first = !_queue.TryPeek(out _, out (long Due, long Turn) next) || due < next.Due;
        _queue.Enqueue(id, (due, _turn++));
        if (first) _changed.TrySetResult();
    }
}
