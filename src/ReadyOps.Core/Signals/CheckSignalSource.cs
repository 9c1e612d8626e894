using ReadyOps.Core.Checks;

namespace ReadyOps.Core.Signals;

/// <summary>
/// A signal that runs a check at every tick: 1 for a pass, 0 for a fail. What is neither says nothing about the release: an error
/// is one of the source, and the rest is no sample.
/// </summary>
/// <param name="check">The check.</param>
/// <param name="context">Its surroundings.</param>
public sealed class CheckSignalSource(CheckDefinition check, EngineContext context) : ISignalSource
{
    /// <summary>
    /// The longest that one look speaks for. Ticks further apart than this leave a gap, so that a machine that was off for a
    /// night does not count as a night of failing.
    /// </summary>
    public static readonly TimeSpan LongestCover = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public async ValueTask<SignalBatch> CollectAsync(SignalSpan span, string? carry, CancellationToken cancel)
    {
        Evidence evidence = await CheckRunner.RunOneAsync(check, context with { Since = span.StepStart }, cancel).ConfigureAwait(false);
        if (evidence.Verdict == Verdict.Error)
            // There is no history to ask again for; and the next look must not speak for this one, which saw nothing.
            return new SignalBatch { CollectedUntil = span.Until, Error = evidence.Reason, SeesOnlyTicks = true };

        TimeSpan since = span.Until - span.After;
        double? value = evidence.Verdict switch { Verdict.Pass => 1, Verdict.Fail => 0, _ => null };
        return new SignalBatch
        {
            CollectedUntil = span.Until,
            Samples = value is { } known ? [Sample(known)] : evidence.Verdict == Verdict.Inconclusive ? [Sample(double.NaN) with { Undecided = true }] : [],
            Says = evidence.Reason,
            Measured = value is not null && evidence.Value is double and >= double.MinValue and <= double.MaxValue ? (double)evidence.Value : null,
            Warnings = evidence.Verdict == Verdict.Pass ? [] : [evidence.Reason],
            SeesOnlyTicks = true,
        };

        SignalSample Sample(double value) => new(span.Until, value, since < LongestCover ? since : LongestCover, span.Until > span.StepStart);
    }
}
