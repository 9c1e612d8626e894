namespace ReadyOps.Scenario.Tests.Servers;

/// <summary>When it is told to, it lets a client's next words pass and cuts the connection as soon as the server has begun to answer.</summary>
internal sealed class LossyProxy(int server) : LoopbackProxy(server)
{
    private int _swallow;

    /// <summary>Answers that were swallowed so far.</summary>
    public int Swallowed { get; private set; }

    /// <summary>Swallows the answers to the next so many questions, each with its connection.</summary>
    public void SwallowNext(int answers = 1) => Interlocked.Exchange(ref _swallow, answers);

    /// <inheritdoc/>
    protected override bool Withholds(ReadOnlySpan<byte> asked) => Volatile.Read(ref _swallow) > 0 && Interlocked.Decrement(ref _swallow) >= 0;

    /// <inheritdoc/>
    protected override bool Withheld()
    {
        Swallowed++;
        return false;
    }
}
