using System.Globalization;
using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>Says in one verdict and one sentence what a signal's samples in the present step amount to.</summary>
public static class SignalJudge
{
    /// <summary>Judges a signal.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="track">What is remembered of it.</param>
    /// <param name="stepStart">When the present step began.</param>
    /// <param name="exposed">Whether the step exposes anything; at a share of 0 a signal without samples has no subject.</param>
    /// <param name="now">The present.</param>
    public static SignalStatus Judge(SignalDefinition signal, SignalTrack track, DateTimeOffset stepStart, bool exposed, DateTimeOffset now)
    {
        (Verdict verdict, string reason) = Decide(signal, track, stepStart, exposed, now);
        SignalState state = SignalTracker.StateOf(track);
        return new SignalStatus
        {
            Signal = signal.Name,
            Verdict = verdict,
            State = state,
            Since = track.Breach?.Since ?? track.BadSince,
            Value = signal.IsCheck ? null : track.LastValue,
            ValueTime = track.LastTime,
            Bound = signal.IsCheck ? null : signal.Bound,
            Margin = track.LastValue is { } value ? signal.Bound.Margin(value) : null,
            Samples = track.StepSamples,
            MinSamples = signal.MinSamples,
            TimeToBreach = verdict == Verdict.Fail && state == SignalState.Pending && signal.For is { } needed ? Max(needed - track.BadFor, TimeSpan.Zero) : null,
            Reason = reason,
        };
    }

    /// <summary>
    /// Since when a signal has been in a verdict that is neither pass nor fail: what the deadline of that verdict's policy is
    /// counted from.
    /// </summary>
    public static DateTimeOffset TroubleSince(Verdict verdict, SignalTrack track, DateTimeOffset stepStart) => verdict switch
    {
        Verdict.Error => track.ErrorSince ?? stepStart,
        Verdict.Stale => track.LastTime ?? stepStart,
        _ => stepStart,
    };

    private static (Verdict Verdict, string Reason) Decide(
        SignalDefinition signal, SignalTrack track, DateTimeOffset stepStart, bool exposed, DateTimeOffset now)
    {
        string name = signal.Name;
        if (track.Breach is { } breach)
            return (Verdict.Fail, $"{name} {Broke(signal, breach.Value, "was")} {Sustained(signal)}: since {Clock(breach.Since)}, breached at {Clock(breach.At)}.");
        if (track.Error is { } error)
            return (Verdict.Error, $"{name} could not be measured since {Clock(track.ErrorSince!.Value)}: {error}");

        bool seen = track.LastTime > stepStart;
        if (!seen && !exposed) return (Verdict.Skipped, $"{name} has nothing to measure while nothing is exposed.");
        if (!seen) return (Verdict.NoData, $"{name} has had no sample since this step began at {Clock(stepStart)}.");
        if (now - track.LastTime > signal.StaleAfter)
            return (Verdict.Stale, $"the newest sample of {name} is {Quantities.Format(Whole(now - track.LastTime!.Value))} old, more than {Quantities.Format(signal.StaleAfter)}.");
        if (!track.LastGood)
            return (Verdict.Fail, $"{name} {Broke(signal, track.LastValue!.Value, "is")} since {Clock(track.BadSince!.Value)}; {UntilBreach(signal, track)}.");
        if (track.StepGood < signal.MinSamples)
            return (Verdict.Inconclusive, string.Create(CultureInfo.InvariantCulture, $"{name} has {track.StepGood} of the {signal.MinSamples} good samples that this step needs.{(track.Warning is { } warning ? $" Its source warns: {warning.TrimEnd('.')}." : "")}"));
        return (Verdict.Pass, signal.IsCheck ? $"{name} passes." : $"{name} is {Value(signal, track.LastValue!.Value)}, within {signal.Bound}.");
    }

    private static string Sustained(SignalDefinition signal) => signal.Consecutive is { } count
        ? string.Create(CultureInfo.InvariantCulture, $"{count} times in a row")
        : $"for {Quantities.Format(signal.For!.Value)}";

    private static string UntilBreach(SignalDefinition signal, SignalTrack track) => SignalTracker.IsBreached(signal, track)
        ? "longer than it may"
        : signal.Consecutive is { } count
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(count - track.BadInARow, 0)} more in a row would be a breach")
        : $"{Quantities.Format(Whole(Max(signal.For!.Value - track.BadFor, TimeSpan.Zero)))} more would be a breach";

    private static string Broke(SignalDefinition signal, double value, string verb) =>
        signal.IsCheck ? "failed" : $"{verb} {Value(signal, value)}, outside {signal.Bound},";

    private static string Value(SignalDefinition signal, double value) => Quantities.Format(value, signal.Bound.Unit);

    private static string Clock(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static TimeSpan Whole(TimeSpan span) => TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
