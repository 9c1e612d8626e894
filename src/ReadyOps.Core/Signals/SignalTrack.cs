namespace ReadyOps.Core.Signals;

/// <summary>
/// What is remembered of a signal between two ticks: everything a later sample needs, nothing that a clock could change.
/// Timers live on sample times, so a restart loses nothing and the verdict does not depend on when ticks happen.
/// </summary>
public sealed record SignalTrack
{
    /// <summary>Up to when samples were collected; the next span begins after it.</summary>
    public DateTimeOffset CollectedUntil { get; init; }

    /// <summary>Time of the newest sample that said anything.</summary>
    public DateTimeOffset? LastTime { get; init; }

    /// <summary>Its value.</summary>
    public double? LastValue { get; init; }

    /// <summary>Whether it kept the bound.</summary>
    public bool LastGood { get; init; }

    /// <summary>Time of the first sample of the present run of bad ones.</summary>
    public DateTimeOffset? BadSince { get; init; }

    /// <summary>For how long the bound is known to be broken in this run; time without samples is not counted.</summary>
    public TimeSpan BadFor { get; init; }

    /// <summary>How many bad samples there are in this run.</summary>
    public int BadInARow { get; init; }

    /// <summary>When the newest bad samples were, as many as the limit of a total needs; nothing without one.</summary>
    public RecentTimes? Failures { get; init; }

    /// <summary>Time of the first bad sample since the signal was last settled: good for a few samples in a row.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The same, until it was good for as many in a row as the document asks for.</summary>
    public DateTimeOffset? RestlessSince { get; init; }

    /// <summary>How many good samples there are in the present run of them.</summary>
    public int GoodInARow { get; init; }

    /// <summary>The first breach that was not acted on yet. A good sample ends a run, it does not undo a breach.</summary>
    public SignalBreach? Breach { get; init; }

    /// <summary>Good samples seen in the present step.</summary>
    public int StepGood { get; init; }

    /// <summary>How many of those there are in a row up to the newest sample.</summary>
    public int StepGoodInARow { get; init; }

    /// <summary>Samples seen in the present step that said anything.</summary>
    public int StepSamples { get; init; }

    /// <summary>How much traffic the newest sample stood for, where that is measured.</summary>
    public double? Traffic { get; init; }

    /// <summary>Time of the newest sample that said nothing.</summary>
    public DateTimeOffset? SilentTime { get; init; }

    /// <summary>Whether that was for want of traffic.</summary>
    public bool SilentForTraffic { get; init; }

    /// <summary>Whether that was because its source looked and could not decide yet.</summary>
    public bool Undecided { get; init; }

    /// <summary>How many samples in a row, up to the newest, said nothing.</summary>
    public int SilentInARow { get; init; }

    /// <summary>When the newest of those were, as many as the limit of a total needs.</summary>
    public RecentTimes? Silences { get; init; }

    /// <summary>Since when the source could not be asked.</summary>
    public DateTimeOffset? ErrorSince { get; init; }

    /// <summary>Why not.</summary>
    public string? Error { get; init; }

    /// <summary>When it could not be asked, once an interval, as many as the limit of a total needs.</summary>
    public RecentTimes? Errors { get; init; }

    /// <summary>What the source warned of when it was asked last.</summary>
    public string? Warning { get; init; }

    /// <summary>Why its newest sample says what it says, where the source told.</summary>
    public string? Says { get; init; }

    /// <summary>What a check measured at the look that gave its newest sample, in base units; nothing where its verdict is all there is.</summary>
    public double? Measured { get; init; }

    /// <summary>What the source asked to be kept.</summary>
    public string? Carry { get; init; }
}

/// <summary>A bound that was broken for as long or as often as the document says.</summary>
/// <param name="Since">Time of the first bad sample of the run, or of those within the time of a total.</param>
/// <param name="At">Time of the sample that completed it.</param>
/// <param name="Value">Value of that sample, in base units.</param>
/// <param name="StableFails">Whether the stable side was failing the same at that moment.</param>
/// <param name="ByTotal">Whether the limit of a total was reached, and not that of a run.</param>
public sealed record SignalBreach(DateTimeOffset Since, DateTimeOffset At, double Value, bool StableFails, bool ByTotal = false);
