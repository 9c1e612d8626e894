using ReadyOps.Core.Rollouts;
using ReadyOps.Core.Signals;

namespace ReadyOps.Benchmarks.Quality;

/// <summary>A source that can tell what the next tick would see.</summary>
internal interface IPeekable : ISignalSource
{
    /// <summary>The signal it is of.</summary>
    SignalDefinition Signal { get; }

    /// <summary>Up to when a tick, if nothing is done before it, would see nothing but good samples, none missing.</summary>
    /// <param name="now">When the last tick was, in seconds since the start: what is not after it is for the next tick to see.</param>
    /// <param name="until">What comes after this is not asked for.</param>
    /// <param name="state">Where the rollout stands until then.</param>
    double QuietUntil(double now, double until, RolloutState state);
}
