using ReadyOps.Core.Documents;

namespace ReadyOps.Core.Signals;

/// <summary>What comes next for a signal as long as nothing changes, and how that is said.</summary>
/// <param name="Action">What comes.</param>
/// <param name="ActsIn">When; nothing where that cannot be told.</param>
/// <param name="Due">What its policy says to do now; a breach is answered without a policy.</param>
/// <param name="Text">The end of the sentence that says why.</param>
internal readonly record struct SignalOutlook(TroubleAction? Action, TimeSpan? ActsIn, TroubleAction? Due, string Text)
{
    public static SignalOutlook Of(SignalDefinition signal, SignalTrack track, SignalJudge.Finding found, TimeSpan? timeLeft, int? samplesLeft, DateTimeOffset now)
    {
        if (found.Verdict is Verdict.Pass or Verdict.Skipped) return default(SignalOutlook) with { Text = signal.DryRun && found.Verdict == Verdict.Pass ? " (dry run)" : "" };
        if (signal.IsStandalone) return default(SignalOutlook) with { Text = "" };
        TroubleAction onBreach = OnBreach(signal);
        if (track.Breach is not null) return new(onBreach, TimeSpan.Zero, null, Breached(signal, onBreach));

        TroublePolicy policy = signal.Policies.For(found.Verdict)!;
        TroubleAction action = policy.Action > onBreach ? onBreach : policy.Action;
        TimeSpan left = found.IsDue ? TimeSpan.Zero : found.Since + policy.After - now;
        if (left < TimeSpan.Zero) left = TimeSpan.Zero;
        TroubleAction? due = action != TroubleAction.Hold && left == TimeSpan.Zero ? action : null;

        // A breach that was answered already has nothing more to ask for while its run goes on.
        bool comes = found.Verdict == Verdict.Fail && (timeLeft is not null || samplesLeft is not null) && timeLeft != TimeSpan.Zero && samplesLeft != 0;
        TimeSpan? breachIn = !comes ? null : Earlier(timeLeft, signal.IsCheck ? null : samplesLeft * signal.Interval);
        bool breachFirst = comes && due is null && (action == TroubleAction.Hold || breachIn is null || breachIn <= left);
        string further = comes ? $" and {Verb(onBreach)}" : "";
        if (breachFirst) return new(onBreach, breachIn, null, further + DryRun(signal));
        if (action == TroubleAction.Hold) return new(action, null, null, $"{further}; the share is held{DryRun(signal)}");
        string when = due is null ? $"it {Does(action)} in {Quantities.Format(TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds)))}" : $"it {Does(action)} now";
        return new(action, left, due, $"{further}; {when}{DryRun(signal)}");
    }

    /// <summary>What a breach asks for.</summary>
    public static TroubleAction OnBreach(SignalDefinition signal) => signal.Critical ? TroubleAction.Rollback : TroubleAction.Pause;

    private static string Breached(SignalDefinition signal, TroubleAction action) =>
        signal.DryRun ? $"; it would {Verb(action)}{DryRun(signal)}" : signal.Critical ? "" : "; it is not critical and pauses";

    private static string DryRun(SignalDefinition signal) => signal.DryRun ? ", were it not a dry run that decides nothing" : "";

    private static string Verb(TroubleAction action) => action == TroubleAction.Rollback ? "roll back" : "pause";

    private static string Does(TroubleAction action) => action == TroubleAction.Rollback ? "rolls back" : "pauses";

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b ?? a : a;
}
