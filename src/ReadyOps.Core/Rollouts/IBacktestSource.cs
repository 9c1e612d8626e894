using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>A signal's history, served to any number of runs.</summary>
internal interface IBacktestSource : ISignalSource
{
    /// <summary>How many samples there are.</summary>
    long Count { get; }

    /// <summary>Why history could not be asked for, if it could not. What is played after that is void.</summary>
    string? Failure { get; }

    /// <summary>The same history as a signal with other settings looks at it.</summary>
    ISignalSource For(SignalDefinition signal);
}
