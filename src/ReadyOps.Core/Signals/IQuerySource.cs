namespace ReadyOps.Core.Signals;

/// <summary>A source with a history: it can be asked for any span, and answers the same whenever it is asked.</summary>
internal interface IQuerySource : ISignalSource
{
    /// <summary>
    /// From so long after the start of a step on, what is collected no longer depends on when the step or the rollout began: the
    /// whole window and all else that the query looks at lie behind it.
    /// </summary>
    TimeSpan Reach { get; }
}
