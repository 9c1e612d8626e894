namespace ReadyOps;

/// <summary>A stretch of a monitoring window of which nothing is known.</summary>
public sealed record MonitoringGap
{
    internal MonitoringGap()
    {
    }

    /// <summary>The checkpoint that it lies before.</summary>
    public int Checkpoint { get; internal init; }

    /// <summary>The signal of which nothing was seen; empty for a checkpoint that was missed.</summary>
    public string Signal { get; internal init; } = "";

    /// <summary>For how long nothing was seen of it; <see langword="null"/> for a checkpoint that was missed.</summary>
    public TimeSpan? Silence { get; internal init; }

    /// <summary>One sentence: what is not known.</summary>
    public string Reason { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => Reason;
}
