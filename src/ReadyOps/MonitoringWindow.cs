namespace ReadyOps;

/// <summary>Where a monitoring window stands, folded from its journal.</summary>
public sealed record MonitoringWindow
{
    internal MonitoringWindow()
    {
    }

    /// <summary>Identity of this window, the name of its journal below <c>rollouts/</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>Name of its document.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The release that is watched.</summary>
    public string Release { get; internal init; } = "";

    /// <summary>Where it stands: <see cref="RolloutPhase.Baking"/> while it watches.</summary>
    public RolloutPhase Phase { get; internal init; }

    /// <summary>
    /// What the window says so far: <see cref="Verdict.Pass"/> only once it is over and everything held throughout,
    /// <see cref="Verdict.Inconclusive"/> while it lasts and where gaps hide what happened.
    /// </summary>
    public Verdict Verdict { get; internal init; }

    /// <summary>One sentence: why it stands where it stands.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>The share that is exposed, in per cent (0–100).</summary>
    public decimal SharePercent { get; internal init; }

    /// <summary>When it was started (UTC).</summary>
    public DateTimeOffset StartedAt { get; internal init; }

    /// <summary>When it is over, if nothing ends it before (UTC).</summary>
    public DateTimeOffset EndsAt { get; internal init; }

    /// <summary>How many checkpoints its schedule has.</summary>
    public int CheckpointCount { get; internal init; }

    /// <summary>When the next one is due (UTC); <see langword="null"/> when there is none left.</summary>
    public DateTimeOffset? NextCheckpointAt { get; internal init; }

    /// <summary>When it wants to be ticked next (UTC); <see langword="null"/> once it has ended.</summary>
    public DateTimeOffset? NextTickAt { get; internal init; }

    /// <summary>The reports of the checkpoints that were reached, in order.</summary>
    public IReadOnlyList<MonitoringCheckpoint> Checkpoints { get; internal init => field = value.AsArray(); } = [];

    /// <summary>The stretches of which nothing is known: a missed checkpoint, or a signal of which nothing was seen for too long.</summary>
    public IReadOnlyList<MonitoringGap> Gaps { get; internal init => field = value.AsArray(); } = [];

    /// <summary>What each signal says now.</summary>
    public IReadOnlyList<SignalStatus> Signals { get; internal init => field = value.AsArray(); } = [];

    /// <summary>What the tick that emitted this wrote to the journal; empty for a plain look.</summary>
    public IReadOnlyList<JournalEvent> Events { get; internal init => field = value.AsArray(); } = [];

    /// <summary>Whether it has ended.</summary>
    public bool Ended => Phase is RolloutPhase.Succeeded or RolloutPhase.RolledBack or RolloutPhase.Failed or RolloutPhase.Superseded;

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {Phase}, checkpoint {Checkpoints.Count} of {CheckpointCount}: {Reason}";
}
