namespace ReadyOps.Core.Rollouts;

/// <summary>What came of one rollout among many that were to be ticked: a status, a failure, or neither when the time was up before.</summary>
/// <param name="Id">The rollout.</param>
/// <param name="Status">Where it stands after its tick.</param>
/// <param name="Failure">Why it could not be ticked.</param>
public sealed record RolloutTick(string Id, RolloutStatus? Status = null, Exception? Failure = null);
