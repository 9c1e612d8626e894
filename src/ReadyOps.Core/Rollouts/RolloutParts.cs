using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Rollouts;

/// <summary>What a rollout acts on and looks at.</summary>
/// <param name="Target">What exposes the share.</param>
/// <param name="Sources">Where the samples of each signal come from, by its name.</param>
/// <param name="StableSources">The same for the stable side of those that watch it.</param>
public sealed record RolloutParts(
    ITarget Target, IReadOnlyDictionary<string, ISignalSource> Sources, IReadOnlyDictionary<string, ISignalSource> StableSources);
