using System.Text.Json;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>One event of a rollout's journal. The state of a rollout is the fold of these and nothing else.</summary>
public abstract record RolloutEvent;

/// <summary>The rollout was started. Holds the very document it runs by, so that a later edit changes nothing that runs.</summary>
/// <param name="Name">Name of the document.</param>
/// <param name="Release">The release.</param>
/// <param name="File">The document's file, for messages.</param>
/// <param name="BaseDirectory">The folder that relative paths in it start from.</param>
/// <param name="Digest">SHA-256 over the bytes it was read from.</param>
/// <param name="Document">The document, variables put in, references to secrets unresolved.</param>
/// <param name="Target">Identity of the target.</param>
/// <param name="InitialPercent">What the target exposed at the start.</param>
/// <param name="Gate">The gates that let it through, <c>name: stream#sequence</c> each, if there were any.</param>
/// <param name="Reason">Why it was started, if that was said.</param>
/// <param name="By">Who started it.</param>
/// <param name="RetryOf">The rollout that it tries again.</param>
/// <param name="Supersedes">The rollouts that it takes the target from; from this event on it is theirs no longer.</param>
/// <param name="Targets">The identities of the targets in their order, where there are several.</param>
/// <param name="Allowed">The people that the target named at the start, where the rollout names any.</param>
public sealed record RolloutStarted(
    string Name, string Release, string File, string BaseDirectory, string Digest, JsonElement Document,
    string Target, decimal InitialPercent, string? Gate, string? Reason,
    string? By = null, string? RetryOf = null, IReadOnlyList<string>? Supersedes = null, IReadOnlyList<string>? Targets = null,
    IReadOnlyList<string>? Allowed = null) : RolloutEvent;

/// <summary>What was seen of the signals, as far as the decision needed it.</summary>
/// <param name="Signals">Each signal; between two checkpoints, while nothing changes, only those whose source has no history.</param>
public sealed record SignalsObserved(IReadOnlyList<SignalObservation> Signals) : RolloutEvent;

/// <summary>A step's hold is over and every signal passed in it.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Held">How long it was held, pauses not counted.</param>
public sealed record StepPassed(int Step, TimeSpan Held) : RolloutEvent;

/// <summary>The share is about to be set; written before the act.</summary>
/// <param name="Act">Number of the act, from 1.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Step">The step it enters, from 1; 0 when it enters none.</param>
/// <param name="From">The share before, in per cent.</param>
/// <param name="To">The share to set, in per cent.</param>
/// <param name="Forced">Whether a person let it rise past what would have held it back.</param>
/// <param name="Targets">The targets in the order in which they rise, where there are several; they go back all at once.</param>
/// <param name="Allow">The people to name, where the rollout names any.</param>
public sealed record ShareIntended(
    int Act, SharePurpose Purpose, int Step, decimal From, decimal To, bool Forced = false, IReadOnlyList<string>? Targets = null,
    IReadOnlyList<string>? Allow = null) : RolloutEvent;

/// <summary>What one of several targets exposes.</summary>
/// <param name="Target">Its identity.</param>
/// <param name="Percent">The share, in per cent.</param>
public sealed record TargetShare(string Target, decimal Percent);

/// <summary>What a share is set for.</summary>
public enum SharePurpose
{
    /// <summary>To enter a step.</summary>
    Step,

    /// <summary>To roll back.</summary>
    Rollback,

    /// <summary>To restore the share of the present step after it was changed by hand or half-way.</summary>
    Restore,
}

/// <summary>The share was set and read back.</summary>
/// <param name="Act">The act.</param>
/// <param name="Percent">What was read back, in per cent.</param>
/// <param name="Recovered">Whether a later tick found the act done, because the one that did it did not live to say so.</param>
/// <param name="Shares">What each target said, where there are several.</param>
/// <param name="Allowed">The people that were read back, where the rollout names any.</param>
public sealed record ShareSet(int Act, decimal Percent, bool Recovered, IReadOnlyList<TargetShare>? Shares = null, IReadOnlyList<string>? Allowed = null) : RolloutEvent;

/// <summary>Setting the share failed, or it was not what was set when read back. The act stays open until a later tick settles it.</summary>
/// <param name="Act">The act.</param>
/// <param name="Error">Why.</param>
/// <param name="Shares">What each target said, where there are several and they could be read.</param>
public sealed record ShareFailed(int Act, string Error, IReadOnlyList<TargetShare>? Shares = null) : RolloutEvent;

/// <summary>An open act was given up before it took effect.</summary>
/// <param name="Act">The act.</param>
/// <param name="Reason">Why.</param>
public sealed record ShareAbandoned(int Act, string Reason) : RolloutEvent;

/// <summary>The target exposes another share than the one that was set, and no act of ours is open.</summary>
/// <param name="Expected">What was set, in per cent.</param>
/// <param name="Observed">What it exposes, in per cent.</param>
/// <param name="Shares">What each target exposes, where there are several.</param>
/// <param name="Allowed">The people that are named, where the rollout names any.</param>
public sealed record DriftDetected(decimal Expected, decimal Observed, IReadOnlyList<TargetShare>? Shares = null, IReadOnlyList<string>? Allowed = null) : RolloutEvent;

/// <summary>The target exposes again what was set.</summary>
public sealed record DriftGone : RolloutEvent;

/// <summary>The target could not be read.</summary>
/// <param name="Error">Why.</param>
public sealed record TargetUnreadable(string Error) : RolloutEvent;

/// <summary>The target can be read again.</summary>
public sealed record TargetReadable : RolloutEvent;

/// <summary>The clock was set back by more than a correction: what lies after its time now is taken as of now, and the step begins anew.</summary>
/// <param name="From">The time of the last event.</param>
/// <param name="To">The time now.</param>
public sealed record ClockSetBack(DateTimeOffset From, DateTimeOffset To) : RolloutEvent;

/// <summary>The rollout was paused. Its triggers stay armed.</summary>
/// <param name="Cause">What paused it.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RolloutPaused(PauseCause Cause, string Reason) : RolloutEvent;

/// <summary>What paused a rollout.</summary>
public enum PauseCause
{
    /// <summary>A person. Only a person lets it go on.</summary>
    Operator,

    /// <summary>The share was changed by hand. Only a person lets it go on.</summary>
    Drift,

    /// <summary>A signal did not pass for too long, or one that is not critical was breached. It goes on by itself once every signal passes.</summary>
    Signal,

    /// <summary>The target could not be read for too long. It goes on by itself once it can.</summary>
    Target,

    /// <summary>The clock was set back. Only a person lets it go on.</summary>
    Clock,

    /// <summary>The stable side fails the same signal. It goes on by itself once every signal passes.</summary>
    Stable,

    /// <summary>It took longer than its deadline. Only a person lets it go on.</summary>
    Deadline,

    /// <summary>Several targets did not rise together. Only a person lets it go on.</summary>
    Apart,

    /// <summary>The journal lost events that were confirmed. Only a person lets it go on.</summary>
    Journal,
}

/// <summary>A breach was seen while the stable side fails the same: rolling back would lead onto something just as broken.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Breach">The breach.</param>
public sealed record StableFailing(string Signal, SignalBreach Breach) : RolloutEvent;

/// <summary>
/// A signal that does not decide by itself went as far as one that does would have: one that is not critical, or a dry run. Its
/// breach is answered with that; it is told again once the signal has passed in between.
/// </summary>
/// <param name="Signal">The signal.</param>
/// <param name="Action">What it would have done, were it critical and no dry run; or, of one that is not critical, what it does.</param>
/// <param name="DryRun">Whether it decides nothing.</param>
/// <param name="Breach">The breach, if there was one; otherwise a policy was due.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record SignalNoted(string Signal, TroubleAction Action, bool DryRun, SignalBreach? Breach, string Reason) : RolloutEvent;

/// <summary>The rollout goes on.</summary>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RolloutResumed(string Reason) : RolloutEvent;

/// <summary>A person asked to take the release back.</summary>
/// <param name="Reason">Why.</param>
public sealed record RollbackRequested(string Reason) : RolloutEvent;

/// <summary>The release is being taken back.</summary>
/// <param name="Cause">What for.</param>
/// <param name="Signal">The signal that was breached, if one was.</param>
/// <param name="Breach">The breach, if there was one.</param>
/// <param name="To">The last good share, in per cent.</param>
/// <param name="Reason">Why, in a sentence.</param>
public sealed record RollbackStarted(RollbackCause Cause, string? Signal, SignalBreach? Breach, decimal To, string Reason) : RolloutEvent;

/// <summary>What a rollback is for.</summary>
public enum RollbackCause
{
    /// <summary>A signal was breached.</summary>
    Breach,

    /// <summary>A person asked for it.</summary>
    Operator,

    /// <summary>The document says to roll back when a signal does not pass for too long.</summary>
    Policy,

    /// <summary>The document says to roll back when it takes too long.</summary>
    Deadline,
}

/// <summary>The last good share was read back, and the signals recovered.</summary>
/// <param name="Percent">That share, in per cent.</param>
/// <param name="Reason">How it was verified, in a sentence.</param>
public sealed record RolledBack(decimal Percent, string Reason) : RolloutEvent;

/// <summary>The last share is set and held; it is being watched.</summary>
public sealed record BakeStarted : RolloutEvent;

/// <summary>Baked: every signal held to the end.</summary>
public sealed record RolloutSucceeded : RolloutEvent;

/// <summary>The rollback could not be verified in time, or a monitoring window is over and did not succeed.</summary>
/// <param name="Reason">What is missing, in a sentence.</param>
/// <param name="Verdict">What a monitoring window came to; nothing for a rollback.</param>
public sealed record RolloutFailed(string Reason, Verdict? Verdict = null) : RolloutEvent;

/// <summary>A newer release took over the target.</summary>
/// <param name="By">The rollout that did.</param>
public sealed record RolloutSuperseded(string By) : RolloutEvent;

/// <summary>A person must look.</summary>
/// <param name="Reason">At what, in a sentence.</param>
/// <param name="DiskFull">Whether at the disk of the journal: that says nothing of the rollout itself.</param>
/// <param name="Stuck">Whether it tells that an act or a rollback takes too long, which is told once. Journals of before do not say, and then it counts as told.</param>
public sealed record RolloutEscalated(string Reason, bool DiskFull = false, bool Stuck = true) : RolloutEvent;
