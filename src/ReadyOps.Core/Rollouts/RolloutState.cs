using System.Collections.Immutable;
using System.Text.Json;
using ReadyOps.Core.Journal;
using ReadyOps.Core.Signals;

namespace ReadyOps.Core.Rollouts;

/// <summary>Where a rollout stands: the fold of its journal. Immutable; each event makes the next.</summary>
public sealed partial record RolloutState
{
    /// <summary>How it was started; <see langword="null"/> for an empty journal.</summary>
    public RolloutStarted? Started { get; init; }

    /// <summary>When it was started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Where it stands. While it is paused, <see cref="PausedFrom"/> is what it goes back to.</summary>
    public RolloutPhase Phase { get; init; }

    /// <summary>The phase it was paused in.</summary>
    public RolloutPhase PausedFrom { get; init; }

    /// <summary>What paused it.</summary>
    public PauseCause PausedBy { get; init; }

    /// <summary>Since when it is paused.</summary>
    public DateTimeOffset PausedAt { get; init; }

    /// <summary>How long it was paused in this step, the present pause not counted: a pause is no holding.</summary>
    public TimeSpan PausedInStep { get; init; }

    /// <summary>The step it is in, from 1; 0 before the first.</summary>
    public int Step { get; init; }

    /// <summary>When the present step, bake or rollback began; the start before the first.</summary>
    public DateTimeOffset StepStartedAt { get; init; }

    /// <summary>The share that was last set and read back, in per cent.</summary>
    public decimal SharePercent { get; init; }

    /// <summary>How many acts there were.</summary>
    public int Acts { get; init; }

    /// <summary>An act whose outcome is not known.</summary>
    public ShareIntended? OpenAct { get; init; }

    /// <summary>When it was intended.</summary>
    public DateTimeOffset OpenActSince { get; init; }

    /// <summary>Whether a person was called because it takes too long.</summary>
    public bool OpenActEscalated { get; init; }

    /// <summary>Why the open act failed so far.</summary>
    public string? OpenActError { get; init; }

    /// <summary>The drift that was noted last, in per cent.</summary>
    public decimal? Drift { get; init; }

    /// <summary>The drift that a person saw and decided to undo, in per cent.</summary>
    public decimal? DriftToUndo { get; init; }

    /// <summary>Since when the target could not be read.</summary>
    public DateTimeOffset? TargetErrorSince { get; init; }

    /// <summary>Why not.</summary>
    public string? TargetError { get; init; }

    /// <summary>Why a person asked to take the release back, until that has begun.</summary>
    public string? RollbackAsked { get; init; }

    /// <summary>When the rollback began.</summary>
    public DateTimeOffset? RollbackStartedAt { get; init; }

    /// <summary>The share that the rollback goes back to, in per cent.</summary>
    public decimal RollbackPercent { get; init; }

    /// <summary>Whether a person was called because the rollback takes too long.</summary>
    public bool RollbackEscalated { get; init; }

    /// <summary>What is remembered of each signal.</summary>
    public ImmutableDictionary<string, SignalTrack> Tracks { get; init; } = ImmutableDictionary<string, SignalTrack>.Empty;

    /// <summary>What is remembered of the stable side of each signal that has one.</summary>
    public ImmutableDictionary<string, SignalTrack> StableTracks { get; init; } = ImmutableDictionary<string, SignalTrack>.Empty;

    /// <summary>What each signal said when it was last journalled.</summary>
    public ImmutableDictionary<string, Verdict> Verdicts { get; init; } = ImmutableDictionary<string, Verdict>.Empty;

    /// <summary>The signals whose stable side failed with them, until they recover.</summary>
    public ImmutableHashSet<string> StableFailing { get; init; } = [];

    /// <summary>The signals that do not decide by themselves and went further than holding, and how far, until they pass again.</summary>
    public ImmutableDictionary<string, TroubleAction> Noted { get; init; } = ImmutableDictionary<string, TroubleAction>.Empty;

    /// <summary>Whether it is a monitoring window.</summary>
    public bool IsWindow { get; init; }

    /// <summary>The checkpoints of a monitoring window that were reached, in order.</summary>
    public ImmutableList<CheckpointReached> Checkpoints { get; init; } = [];

    /// <summary>When each of them was reported.</summary>
    public ImmutableList<DateTimeOffset> CheckpointTimes { get; init; } = [];

    /// <summary>What was breached in a monitoring window that did not go back for it, in a sentence: the stable side failed the same.</summary>
    public string? WindowBreach { get; init; }

    /// <summary>What a monitoring window that failed came to.</summary>
    public Verdict? WindowVerdict { get; init; }

    /// <summary>What was counted of each signal of a monitoring window since the last report.</summary>
    public ImmutableDictionary<string, CheckpointTally> Tallies { get; init; } = ImmutableDictionary<string, CheckpointTally>.Empty;

    /// <summary>When all signals were last journalled together.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>When anything was last journalled.</summary>
    public DateTimeOffset LastEventAt { get; init; }

    /// <summary>Why it stands where it stands, as the last event that moved it said.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Whether it has ended.</summary>
    public bool Ended => Phase is RolloutPhase.Succeeded or RolloutPhase.RolledBack or RolloutPhase.Failed or RolloutPhase.Superseded;

    /// <summary>What it does under the pause, or is doing.</summary>
    public RolloutPhase Underlying => Phase == RolloutPhase.Paused ? PausedFrom : Phase;

    /// <summary>For how long the present step is held, pauses not counted.</summary>
    public TimeSpan Held(DateTimeOffset now)
    {
        TimeSpan pausedNow = Phase == RolloutPhase.Paused ? now - Later(PausedAt, StepStartedAt) : TimeSpan.Zero;
        return now - StepStartedAt - PausedInStep - pausedNow;
    }

    /// <summary>The state that a journal tells.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalNotUnderstood</c></exception>
    public static RolloutState Of(IEnumerable<JournalLine> lines) => new RolloutState().Fold(lines);

    /// <summary>The state after further lines of the journal.</summary>
    /// <exception cref="ReadyOpsException"><c>JournalNotUnderstood</c></exception>
    public RolloutState Fold(IEnumerable<JournalLine> lines) => lines.Aggregate(this, (state, line) =>
        RolloutEvents.Decode(line) is { } happened ? state.Apply(happened, line.Time) : state);

    /// <summary>The state after an event.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="at">When it was written.</param>
    public RolloutState Apply(RolloutEvent happened, DateTimeOffset at) =>
        // A clock corrected by a little undoes nothing; one set back by more is an event of its own.
        happened is ClockSetBack || at > LastEventAt ? Take(happened, at) : Take(happened, LastEventAt);

    private RolloutState Take(RolloutEvent happened, DateTimeOffset at) => (happened switch
    {
        RolloutStarted e => Begin(e, at),
        SignalsObserved e => Observe(e, at),
        ShareIntended e => this with { OpenAct = e, OpenActSince = at, OpenActEscalated = false, OpenActError = null, Acts = e.Act },
        ShareSet e => Arrive(e, at),
        ShareFailed e => this with { OpenActError = e.Error },
        ShareAbandoned => this with { OpenAct = null, OpenActError = null },
        StepPassed e => this with { Reason = $"Step {e.Step} passed." },
        DriftDetected e => this with { Drift = e.Observed, DriftShares = Signature(e.Shares, e.Allowed), DriftToUndo = null },
        DriftGone => this with { Drift = null, DriftToUndo = null },
        TargetUnreadable e => this with { TargetError = e.Error, TargetErrorSince = TargetErrorSince ?? at },
        TargetReadable => this with { TargetError = null, TargetErrorSince = null },
        ClockSetBack => Rewind(at),
        RolloutPaused e => Pause(e, at),
        RolloutResumed e => Resume(e, at),
        StableFailing e => this with
        {
            StableFailing = StableFailing.Add(e.Signal),
            WindowBreach = WindowBreach ?? (IsWindow ? $"{e.Signal} was breached, and so was the stable side." : null),
            Tracks = Tracks.SetItem(e.Signal, SignalTracker.Acknowledge(Tracks[e.Signal])),
        },
        SignalNoted e => this with
        {
            Noted = Noted.SetItem(e.Signal, e.Action),
            WindowBreach = WindowBreach ?? (IsWindow && !e.DryRun && e.Breach is not null ? e.Reason : null),
            Tracks = e.Breach is null ? Tracks : Tracks.SetItem(e.Signal, SignalTracker.Acknowledge(Tracks[e.Signal])),
        },
        RollbackRequested e => (Ended ? Unwatched(at) : this) with { RollbackAsked = e.Reason, Phase = Ended ? RolloutPhase.Baking : Phase },
        RollbackStarted e => GoBack(e, at),
        RolledBack e => this with { Phase = RolloutPhase.RolledBack, SharePercent = e.Percent, Reason = e.Reason },
        // What was seen of a window since its start counts, whenever its first tick came to its end.
        BakeStarted => (IsWindow ? this : EnterStep(at)) with { Phase = RolloutPhase.Baking, Reason = IsWindow ? "Watching." : "Every step passed; baking." },
        CheckpointReached e => this with
        {
            Checkpoints = Checkpoints.Add(e),
            CheckpointTimes = CheckpointTimes.Add(at),
            Tallies = e.Missed ? Tallies : ImmutableDictionary<string, CheckpointTally>.Empty,
        },
        RolloutSucceeded => this with { Phase = RolloutPhase.Succeeded, Reason = "Baked: every signal held to the end." },
        RolloutFailed e => this with { Phase = RolloutPhase.Failed, Reason = e.Reason, WindowVerdict = e.Verdict },
        RolloutSuperseded e => this with { Phase = RolloutPhase.Superseded, Reason = $"Superseded by {e.By}." },
        RolloutEscalated { DiskFull: true } e => this with { DiskFullTold = true, Escalations = Escalations.Add(new Escalation(Escalations.Count + 1, e.Reason, at)) },
        RolloutEscalated e => this with { RollbackEscalated = RollbackEscalated || (e.Stuck && Phase == RolloutPhase.RollingBack), OpenActEscalated = OpenActEscalated || (e.Stuck && OpenAct is not null), Escalations = Escalations.Add(new Escalation(Escalations.Count + 1, e.Reason, at)) },
        _ => TakeFromOperator(happened),
    }) with { LastEventAt = at };

    private RolloutState Begin(RolloutStarted e, DateTimeOffset at) => this with
    {
        Started = e,
        StartedAt = at,
        StepStartedAt = at,
        Phase = RolloutPhase.Pending,
        SharePercent = e.InitialPercent,
        TakingOver = [.. e.Supersedes ?? []],
        Allowed = e.Allowed ?? [],
        IsWindow = e.Document.ValueKind == JsonValueKind.Object && e.Document.TryGetProperty("kind", out JsonElement kind) && kind.ValueEquals("Monitor"),
        Reason = "Started.",
    };

    private RolloutState Observe(SignalsObserved e, DateTimeOffset at)
    {
        ImmutableDictionary<string, SignalTrack>.Builder tracks = Tracks.ToBuilder();
        ImmutableDictionary<string, SignalTrack>.Builder stable = StableTracks.ToBuilder();
        ImmutableDictionary<string, Verdict>.Builder verdicts = Verdicts.ToBuilder();
        ImmutableHashSet<string> failing = StableFailing;
        ImmutableDictionary<string, TroubleAction> noted = Noted;
        foreach (SignalObservation signal in e.Signals)
        {
            tracks[signal.Signal] = signal.Track;
            if (signal.Stable is not null) stable[signal.Signal] = signal.Stable;
            verdicts[signal.Signal] = signal.Verdict;
            if (SignalTracker.IsOver(signal.Track)) failing = failing.Remove(signal.Signal);
            if (signal.Verdict == Verdict.Pass) noted = noted.Remove(signal.Signal);
        }

        return this with
        {
            Tracks = tracks.ToImmutable(),
            StableTracks = stable.ToImmutable(),
            Verdicts = verdicts.ToImmutable(),
            StableFailing = failing,
            Noted = noted,
            Tallies = IsWindow ? Tallies.SetItems(e.Signals.Select(signal => KeyValuePair.Create(signal.Signal, (Tallies.GetValueOrDefault(signal.Signal) ?? CheckpointTally.Empty).With(signal)))) : Tallies,
            // Between two checkpoints only the signals without a history are journalled; that does not put the checkpoint off.
            ObservedAt = e.Signals.Count == tracks.Count ? at : ObservedAt,
        };
    }

    private RolloutState Arrive(ShareSet e, DateTimeOffset at)
    {
        RolloutState next = this with { SharePercent = e.Percent, Allowed = e.Allowed ?? Allowed, OpenAct = null, OpenActError = null, Drift = null, DriftToUndo = null };
        return OpenAct?.Purpose switch
        {
            SharePurpose.Step when Phase == RolloutPhase.Paused => next.EnterStep(at) with { PausedFrom = RolloutPhase.Progressing, Step = OpenAct.Step },
            SharePurpose.Step => next.EnterStep(at) with { Phase = RolloutPhase.Progressing, Step = OpenAct.Step, Reason = $"In step {OpenAct.Step}." },
            SharePurpose.Rollback => next.EnterStep(at),
            _ => next,
        };
    }

    private RolloutState Rewind(DateTimeOffset at) => (this with
    {
        StartedAt = Earlier(StartedAt, at),
        PausedAt = Earlier(PausedAt, at),
        ObservedAt = ObservedAt is { } observed ? Earlier(observed, at) : null,
        OpenActSince = Earlier(OpenActSince, at),
        TargetErrorSince = TargetErrorSince is { } since ? Earlier(since, at) : null,
        RollbackStartedAt = RollbackStartedAt is { } began ? Earlier(began, at) : null,
        // Whom to call must not wait until the clock has come that far again.
        Escalations = [.. Escalations.Select(escalation => escalation.Rewind(at))],
        Tracks = Tracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.Rewind(pair.Value, at)),
        StableTracks = StableTracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.Rewind(pair.Value, at)),
    }).EnterStep(at);

    private RolloutState Pause(RolloutPaused e, DateTimeOffset at) => this with
    {
        Phase = RolloutPhase.Paused,
        PausedFrom = Underlying,
        PausedBy = e.Cause,
        PausedAt = Phase == RolloutPhase.Paused ? PausedAt : at,
        DriftToUndo = e.Cause == PauseCause.Operator ? null : DriftToUndo,
        // A promotion that nobody lived to do was asked for before that; whoever pauses has the last word.
        PromotionAsked = e.Cause == PauseCause.Operator ? null : PromotionAsked,
        Reason = e.Reason,
    };

    private RolloutState Resume(RolloutResumed e, DateTimeOffset at) => this with
    {
        Phase = Underlying,
        PausedInStep = Phase == RolloutPhase.Paused ? PausedInStep + (at - Later(PausedAt, StepStartedAt)) : PausedInStep,
        DriftToUndo = Drift,
        DriftToUndoShares = DriftShares,
        Reason = e.Reason,
    };

    private RolloutState GoBack(RollbackStarted e, DateTimeOffset at) => EnterStep(at) with
    {
        Phase = RolloutPhase.RollingBack,
        RollbackAsked = null,
        PromotionAsked = null,
        RollbackStartedAt = at,
        RollbackPercent = e.To,
        RollbackEscalated = false,
        OpenAct = null,
        OpenActError = null,
        StableFailing = [],
        Noted = ImmutableDictionary<string, TroubleAction>.Empty,
        Tracks = Tracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.Reset(pair.Value)),
        StableTracks = StableTracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.Reset(pair.Value)),
        Reason = e.Reason,
    };

    /// <summary>Nobody watched since its end, and what happened then says nothing about the way back; months of samples would have to be asked for first.</summary>
    private RolloutState Unwatched(DateTimeOffset at) => this with
    {
        Tracks = Tracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.Skip(pair.Value, at)),
        StableTracks = StableTracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.Skip(pair.Value, at)),
    };

    private RolloutState EnterStep(DateTimeOffset at) => this with
    {
        StepStartedAt = at,
        Awaited = null,
        PeopleCalled = false,
        StepDeadlineTold = false,
        PausedInStep = TimeSpan.Zero,
        Tracks = Tracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.EnterStep(pair.Value)),
        StableTracks = StableTracks.ToImmutableDictionary(pair => pair.Key, pair => SignalTracker.EnterStep(pair.Value)),
    };

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
