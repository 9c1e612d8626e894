namespace ReadyOps;

/// <summary>Where one signal of a rollout, or one metric that is analysed, stands.</summary>
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

    /// <summary>The sample that completed a breach; nothing while there is none that asks for an answer.</summary>
    public DateTimeOffset? BreachedAt { get; internal init; }

    /// <summary>The newest value, in base units (seconds, bytes, 0–1); nothing for a check that measures none.</summary>
    public double? Value { get; internal init; }

    /// <summary>When that value was seen.</summary>
    public DateTimeOffset? ValueTime { get; internal init; }

    /// <summary>What a healthy value looks like; nothing for a check without a bound.</summary>
    public Bound? Bound { get; internal init; }

    /// <summary>How far inside the bound the value is, in base units; negative outside.</summary>
    public double? Margin { get; internal init; }

    /// <summary>What one sample looks back over where its query has a window, clipped to the step; nothing for others.</summary>
    public TimeSpan? Window { get; internal init; }

    /// <summary>How many samples were seen in this step.</summary>
    public int Samples { get; internal init; }

    /// <summary>How many of them were good.</summary>
    public int GoodSamples { get; internal init; }

    /// <summary>How many good ones are needed in this step before it can pass.</summary>
    public int MinSamples { get; internal init; }

    /// <summary>How much traffic the newest sample stands for; nothing where that is not measured.</summary>
    public double? Traffic { get; internal init; }

    /// <summary>How much traffic a sample needs to say anything; nothing where that is not measured.</summary>
    public double? MinTraffic { get; internal init; }

    /// <summary>For how much longer every sample must break the bound before it is a breach; set while pending by time.</summary>
    public TimeSpan? TimeToBreach { get; internal init; }

    /// <summary>How many more bad samples are a breach; set while pending by count.</summary>
    public int? SamplesToBreach { get; internal init; }

    /// <summary>What comes next as long as nothing changes; nothing while it passes or is skipped.</summary>
    public TroubleAction? Action { get; internal init; }

    /// <summary>When that comes: zero for now; nothing for a hold, which lasts until it passes, and for a breach by a count of looks.</summary>
    public TimeSpan? ActsIn { get; internal init; }

    /// <summary>What its policy says to do now; a breach is answered without a policy.</summary>
    internal TroubleAction? Due { get; init; }

    /// <summary>Since when it has not passed, as far as the deadline of its policy is concerned.</summary>
    internal DateTimeOffset TroubleSince { get; init; }

    /// <summary>Whether it is only measured and reported, and decides nothing: <see cref="Action"/> is what it would do otherwise.</summary>
    public bool DryRun { get; internal init; }

    /// <summary>Whether a breach takes the release back; one that is not critical pauses.</summary>
    public bool Critical { get; internal init; } = true;

    /// <summary>What it counts in the score of those that are not critical.</summary>
    public decimal Weight { get; internal init; } = 1;

    /// <summary>One sentence: why it says so, and what comes next.</summary>
    public string Reason { get; internal init; } = "";

    /// <inheritdoc/>
    public override string ToString() => $"{Signal}: {Verdict}: {Reason}";
}
