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

    /// <summary>The first breach that was not acted on yet. A good sample ends a run, it does not undo a breach.</summary>
    public SignalBreach? Breach { get; init; }

    /// <summary>Good samples seen in the present step.</summary>
    public int StepGood { get; init; }

    /// <summary>Samples seen in the present step that said anything.</summary>
    public int StepSamples { get; init; }

    /// <summary>Since when the source could not be asked.</summary>
    public DateTimeOffset? ErrorSince { get; init; }

    /// <summary>Why not.</summary>
    public string? Error { get; init; }

    /// <summary>What the source warned of when it was asked last.</summary>
    public string? Warning { get; init; }

    /// <summary>What the source asked to be kept.</summary>
    public string? Carry { get; init; }
}

/// <summary>A bound that was broken for as long or as often as the document says.</summary>
/// <param name="Since">Time of the first bad sample of the run.</param>
/// <param name="At">Time of the sample that completed it.</param>
/// <param name="Value">Value of that sample, in base units.</param>
/// <param name="StableFails">Whether the stable side was failing the same at that moment.</param>
public sealed record SignalBreach(DateTimeOffset Since, DateTimeOffset At, double Value, bool StableFails);
