using System.Runtime.CompilerServices;

namespace ReadyOps.Simulation;

/// <summary>What holds of every rollout at every moment.</summary>
internal enum Law
{
    RiseNeedsPass,
    RiseNeedsHold,
    FirstRiseNeedsNoFailure,
    FreezeHolds,
    DeadlineIsAnswered,
    PausedNeverRises,
    BreachAnswered,
    NoFalseRollback,
    TroubleFollowsPolicy,
    VerdictIsTrue,
    NoSpanSkipped,
    IntentBeforeAct,
    ActHasOutcome,
    ActIsNotRepeated,
    OutcomeIsReadBack,
    RollbackGoesToSafeShare,
    RollbackNeverRaises,
    RollbackIsNotLeftOpen,
    RollbackKeepsItsDeadline,
    RolledBackIsSafe,
    EndedStaysPut,
    DriftPauses,
    OnlyPersonsLetGoOn,
    ForceIsAPersons,
    ClockSetBackIsNoticed,
    PhasesFollow,
    SuccessIsEarned,
    EscalatesWhatPauses,
    FoldIsWhatWasActedOn,
    OneActsAtATime,
    ActsUnderLease,
    AcknowledgedIsKept,
    FailedIsTakenBack,
    ChainHolds,
    DamageStops,
    ErrorHasCause,
    TargetHasOneRollout,
    ReadyIsLeft,
    OneHoldsALease,
    HeldIsTrue,
    FencedChangesNothing,
    TimeIsTheStores,
    CheckpointIsDue,
    CheckpointIsReported,
    MissedIsNoPass,
    GapIsNoPass,
    TalliesCountOnce,
    WindowStaysInStep,
    NothingIsLost,
    ComesToAnEnd,
    TargetsMoveTogether,
    NamedByTheirStep,
    UndoesWhatWasSeen,
    StepDeadlineIsAnswered,
    StepNeedsChecks,
    ApprovalsCount,
    NothingWaitsForChecks,
    OldLooksDecideNothing,
    PromotionIsAnswered,
    PeopleAreCalledOnce,
    BackWaitsForNothing,
    StartsAtRest,
    WaitIsTold,
    HooksAreReached,
    HooksAreToldOnce,
    HooksAreSpaced,
    NothingWaitsForHooks,
}

/// <summary>A law that did not hold.</summary>
internal sealed class LawBrokenException(Law law, string why) : Exception($"{law}: {why}")
{
    public Law Law { get; } = law;
}

/// <summary>A text that is only put together when it is needed.</summary>
[InterpolatedStringHandler]
internal ref struct Why
{
    private DefaultInterpolatedStringHandler _text;

    public Why(int literalLength, int formattedCount, bool holds, out bool needed)
    {
        needed = !holds;
        if (needed) _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, System.Globalization.CultureInfo.InvariantCulture);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string format) => _text.AppendFormatted(value, format);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
