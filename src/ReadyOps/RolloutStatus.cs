namespace ReadyOps;

/// <summary>Where a rollout stands, folded from its journal.</summary>
public sealed record RolloutStatus
{
    internal RolloutStatus()
    {
    }

    /// <summary>Identity of this run, the name of its journal: <c>checkout-2.4.0-20261121T101500Z</c>.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>Name of the rollout document.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The release being rolled out.</summary>
    public string Release { get; internal init; } = "";

    /// <summary>Where it stands.</summary>
    public RolloutPhase Phase { get; internal init; }

    /// <summary>The share of traffic it last set and read back, in per cent (0–100).</summary>
    public decimal SharePercent { get; internal init; }

    /// <summary>The share the current step is to reach, in per cent (0–100).</summary>
    public decimal TargetPercent { get; internal init; }

    /// <summary>The current step, from 1; 0 before the first.</summary>
    public int Step { get; internal init; }

    /// <summary>How many steps there are.</summary>
    public int StepCount { get; internal init; }

    /// <summary>One sentence: why it stands where it stands, and what it waits for.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>When it was started (UTC).</summary>
    public DateTimeOffset StartedAt { get; internal init; }

    /// <summary>When the current step, bake or rollback began (UTC).</summary>
    public DateTimeOffset? StepStartedAt { get; internal init; }

    /// <summary>How long the current hold or bake still takes at least.</summary>
    public TimeSpan? Remaining { get; internal init; }

    /// <summary>When it wants to be ticked next (UTC); <see langword="null"/> once it has ended and every hook knows of every escalation.</summary>
    public DateTimeOffset? NextTickAt { get; internal init; }

    /// <summary>When it was last ticked to an event (UTC).</summary>
    public DateTimeOffset? LastEventAt { get; internal init; }

    /// <summary>What exposes the share, for example <c>haproxy 127.0.0.1:9999 web</c>.</summary>
    public string Target { get; internal init; } = "";

    /// <summary>The rollout that this one tries again; <see langword="null"/> for a first try.</summary>
    public string? RetryOf { get; internal init; }

    /// <summary>How many times a person was called and a hook does not know yet; ticks go on trying, also after the end.</summary>
    public int EscalationsPending { get; internal init; }

    /// <summary>Its signals.</summary>
    public IReadOnlyList<SignalStatus> Signals { get; internal init => field = value.AsArray(); } = [];

    /// <summary>What the tick that emitted this wrote to the journal; empty for a plain look.</summary>
    public IReadOnlyList<JournalEvent> Events { get; internal init => field = value.AsArray(); } = [];

    /// <summary>Whether it has ended and will never move again by itself.</summary>
    public bool Ended => Phase is RolloutPhase.Succeeded or RolloutPhase.RolledBack or RolloutPhase.Failed or RolloutPhase.Superseded;

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {Phase} at {SharePercent}%: {Reason}";
}
