namespace ReadyOps.Core.Checks;

/// <summary>How often a check that did not pass is tried, and how far apart. Nothing is random: the same run waits the same.</summary>
public sealed record RetryPolicy
{
    /// <summary>Try once.</summary>
    public static RetryPolicy None { get; } = new();

    /// <summary>How often it is tried at most, the first time included; at least 1.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>How long to wait after the first attempt.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How much longer each wait is than the one before; at least 1.</summary>
    public double Factor { get; init; } = 2;

    /// <summary>No wait is longer than this.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait after an attempt that did not pass: <c>delay × factor^(attempt − 1)</c>, at most <see cref="MaxDelay"/>.</summary>
    /// <param name="attempt">Its number, from 1.</param>
    public TimeSpan DelayAfter(int attempt)
    {
        double ticks = Delay.Ticks * Math.Pow(Factor, attempt - 1);
        return ticks >= MaxDelay.Ticks ? MaxDelay : new TimeSpan((long)ticks);
    }
}
