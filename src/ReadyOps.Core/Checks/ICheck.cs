using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Checks;

/// <summary>One look at the world.</summary>
public interface ICheck
{
    /// <summary>
    /// Looks once. What is seen, or cannot be seen, is the answer and not an exception; whatever is thrown all the same becomes
    /// <see cref="Verdict.Error"/> in <see cref="CheckRunner"/>, so that a bug is never a pass.
    /// </summary>
    /// <param name="context">Clock, HTTP and secrets.</param>
    /// <param name="cancel">Stops waiting: the caller's wish, or the timeout of this attempt.</param>
    ValueTask<Observation> ObserveAsync(EngineContext context, CancellationToken cancel);

    /// <summary>What it means that nothing was seen in time: a failed look, unless being in time is what the check is about.</summary>
    /// <param name="timeout">How long it was waited for.</param>
    Observation TimedOut(TimeSpan timeout) =>
        Observation.Of(Verdict.Error, $"The check did not end within {Quantities.Format(timeout)}.") with { Details = ["See what it waits for, or raise its 'timeout'."] };
}
