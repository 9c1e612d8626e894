using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>What one tick saw of the world.</summary>
public sealed record RolloutObservation
{
    /// <summary>The share that the target exposes, in per cent; <see langword="null"/> when it could not be read.</summary>
    public decimal? SharePercent { get; init; }

    /// <summary>Why it could not be read.</summary>
    public string? TargetError { get; init; }

    /// <summary>What the source of each signal answered; empty when signals were not collected.</summary>
    public IReadOnlyDictionary<string, SignalReading> Signals { get; init; } = new Dictionary<string, SignalReading>();
}

/// <summary>What the source of one signal answered.</summary>
/// <param name="Batch">The release's side.</param>
/// <param name="Stable">The stable side, if it is watched.</param>
public sealed record SignalReading(SignalBatch Batch, SignalBatch? Stable = null);

/// <summary>What the machine decided: events to append, and then at most one act.</summary>
/// <param name="Events">To be on the disk before the act.</param>
/// <param name="Act">The share to set; <see langword="null"/> for nothing to do.</param>
/// <param name="Signals">What each signal said to it, also where that was not worth an event.</param>
public sealed record RolloutDecision(IReadOnlyList<RolloutEvent> Events, ShareIntended? Act, IReadOnlyList<SignalStatus> Signals);
