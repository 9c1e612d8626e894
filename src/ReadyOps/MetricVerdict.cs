namespace ReadyOps;

/// <summary>What a metric said from a moment on.</summary>
public sealed record MetricVerdict
{
    internal MetricVerdict()
    {
    }

    /// <summary>From when on (UTC): the time of the sample that changed it.</summary>
    public DateTimeOffset At { get; internal init; }

    /// <summary>What it said.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>Clear, pending or breached.</summary>
    public SignalState State { get; internal init; }

    /// <summary>The value then, in base units; nothing where there was none.</summary>
    public double? Value { get; internal init; }

    /// <summary>One sentence: why.</summary>
    public string Reason { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{At.UtcDateTime:u}: {Verdict}: {Reason}";
}
