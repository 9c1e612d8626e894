using ReadyOps.Core.Signals;
using ReadyOps.Core.Targets;

namespace ReadyOps.Core.Rollouts;

/// <summary>What a rollout acts on and looks at.</summary>
/// <param name="Target">What exposes the share.</param>
/// <param name="Sources">Where the samples of each signal come from, by its name.</param>
/// <param name="StableSources">The same for the stable side of those that watch it.</param>
public sealed record RolloutParts(
    ITarget Target, IReadOnlyDictionary<string, ISignalSource> Sources, IReadOnlyDictionary<string, ISignalSource> StableSources)
{
    /// <summary>Whom the target names; <see langword="null"/> where the rollout names nobody.</summary>
    internal async ValueTask<IReadOnlyList<string>?> ReadAllowedAsync(RolloutDefinition definition, CancellationToken cancel) =>
        definition.NamesPeople && Target is IAllowingTarget target ? await target.ReadAllowedAsync(cancel).ConfigureAwait(false) : null;
}
