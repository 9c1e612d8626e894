using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>What one tick saw of the world.</summary>
public sealed record RolloutObservation
{
    /// <summary>The share that the target exposes, in per cent, of several the greatest; <see langword="null"/> when it could not be read.</summary>
    public decimal? SharePercent { get; init; }

    /// <summary>What each of several targets exposes, in their order; empty for one.</summary>
    public IReadOnlyList<TargetShare> Shares { get; init; } = [];

    /// <summary>The least share that any target exposes.</summary>
    internal decimal? Lowest => Shares.Count > 0 ? Shares.Min(share => share.Percent) : SharePercent;

    /// <summary>The people that the target names; <see langword="null"/> where the rollout names none, or it could not be read.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>Whether every target exposes a share, and names these people where any are to be named.</summary>
    internal bool All(decimal percent, IReadOnlyList<string>? allowed) =>
        SharePercent is { } most && RolloutMachine.Same(most, percent) && RolloutMachine.Same(Lowest!.Value, percent) && Names(allowed);

    /// <summary>Whether these people are named, in whatever order; anybody where nobody is to be named.</summary>
    internal bool Names(IReadOnlyList<string>? allowed) => allowed is null || (Allowed is { } seen && seen.Count == allowed.Count && !seen.Except(allowed).Any());

    /// <summary>Why it could not be read.</summary>
    public string? TargetError { get; init; }

    /// <summary>What the source of each signal answered; empty when signals were not collected.</summary>
    public IReadOnlyDictionary<string, SignalReading> Signals { get; init; } = new Dictionary<string, SignalReading>();

    /// <summary>What the checks before a step said, by the step, as far as they were asked.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<Evidence>> Before { get; init; } = new Dictionary<int, IReadOnlyList<Evidence>>();
}

/// <summary>What the source of one signal answered.</summary>
/// <param name="Batch">The release's side.</param>
/// <param name="Stable">The stable side, if it is watched.</param>
public sealed record SignalReading(SignalBatch Batch, SignalBatch? Stable = null);

/// <summary>What the machine decided: events to append, and then at most one act.</summary>
/// <param name="Events">To be on the disk before the act.</param>
/// <param name="Act">The share to set; <see langword="null"/> for nothing to do.</param>
/// <param name="Signals">What each signal said to it, also where that was not worth an event.</param>
public sealed record RolloutDecision(IReadOnlyList<RolloutEvent> Events, ShareIntended? Act, IReadOnlyList<SignalStatus> Signals)
{
    /// <summary>The steps whose checks it wants to know before it decides further; nothing that is urgent waits for them.</summary>
    public IReadOnlyList<int> Asks { get; init; } = [];
}
