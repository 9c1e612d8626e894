namespace ReadyOps;

/// <summary>Where one signal of a rollout stands.</summary>
public sealed record SignalStatus
{
    internal SignalStatus()
    {
    }

    /// <summary>Name of the signal.</summary>
    public string Signal { get; internal init; } = "";

    /// <summary>What its samples in this step say.</summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>Clear, pending or breached.</summary>
    public SignalState State { get; internal init; }

    /// <summary>Since when it is pending or breached: the time of the first bad sample.</summary>
    public DateTimeOffset? Since { get; internal init; }

    /// <summary>The newest value, in base units (seconds, bytes, 0–1); nothing for a check, whose verdict is all there is.</summary>
    public double? Value { get; internal init; }

    /// <summary>When that value was seen.</summary>
    public DateTimeOffset? ValueTime { get; internal init; }

    /// <summary>What a healthy value looks like; nothing for a check.</summary>
    public Bound? Bound { get; internal init; }

    /// <summary>How far inside the bound the value is, in base units; negative outside.</summary>
    public double? Margin { get; internal init; }

    /// <summary>How many samples were seen in this step.</summary>
    public int Samples { get; internal init; }

    /// <summary>How many are needed in this step before it can pass.</summary>
    public int MinSamples { get; internal init; }

    /// <summary>For how much longer every sample must break the bound before it acts; set while pending by time.</summary>
    public TimeSpan? TimeToBreach { get; internal init; }

    /// <summary>One sentence: why it says so.</summary>
    public string Reason { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Signal}: {Verdict}: {Reason}";
}
