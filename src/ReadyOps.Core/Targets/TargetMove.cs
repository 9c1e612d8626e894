namespace ReadyOps.Core.Targets;

/// <summary>On whose behalf a share is set, and why: for targets that keep a history of their own.</summary>
/// <param name="Rollout">The rollout, by its id.</param>
/// <param name="Reason">What for, in a few words: its step, or that it is taken back.</param>
/// <param name="Allow">Who is named before the share; <see langword="null"/> to leave that as it is.</param>
public sealed record TargetMove(string Rollout, string Reason, IReadOnlyList<string>? Allow = null)
{
    /// <summary>Whether it gives the release to more; one of several that cannot be read then stays as it is.</summary>
    public bool Rises { get; init; }

    /// <summary>Whether it takes the release back; one of several that exposes less already then stays as it is.</summary>
    public bool TakesBack { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"rollout {Rollout}: {Reason}";
}
