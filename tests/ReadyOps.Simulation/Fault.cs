namespace ReadyOps.Simulation;

/// <summary>What the world does to an engine.</summary>
internal enum Fault
{
    /// <summary>The metrics backend cannot be reached.</summary>
    MetricsDown,

    /// <summary>It answers after seconds, or after longer than anybody waits.</summary>
    MetricsSlow,

    /// <summary>It answers with a status of 5xx.</summary>
    MetricsStatus,

    /// <summary>It answers with something that is not what its API gives.</summary>
    MetricsGarbage,

    /// <summary>It answers, and its samples have stopped.</summary>
    MetricsStale,

    /// <summary>The target refuses to be set.</summary>
    TargetRefuses,

    /// <summary>The target cannot be read.</summary>
    TargetUnreadable,

    /// <summary>The target answers after seconds.</summary>
    TargetSlow,

    /// <summary>Setting gives an error and takes effect, at once or seconds later.</summary>
    TargetLate,

    /// <summary>Setting gives no error and takes no effect.</summary>
    TargetIgnores,

    /// <summary>The target reads back what it does not expose.</summary>
    TargetLies,

    /// <summary>Somebody changes the share by hand.</summary>
    ChangedByHand,

    /// <summary>Nothing can be written to the disk.</summary>
    DiskFull,

    /// <summary>A first part of what is written arrives, and then an error.</summary>
    ShortWrite,

    /// <summary>The disk fails to flush.</summary>
    FlushFails,

    /// <summary>What was half written cannot be cut off.</summary>
    CutFails,

    /// <summary>A bit of the journal is flipped.</summary>
    BitFlipped,

    /// <summary>A process is killed between two operations.</summary>
    Killed,

    /// <summary>A process is killed within a write.</summary>
    TornWrite,

    /// <summary>The power fails: all processes die, and of what was not flushed any part is gone.</summary>
    PowerLoss,

    /// <summary>A process stands still for a while between two operations.</summary>
    Frozen,

    /// <summary>A clock jumps forward.</summary>
    ClockForward,

    /// <summary>A clock jumps back.</summary>
    ClockBack,

    /// <summary>The turn goes to another agent between two operations.</summary>
    Interleaved,

    /// <summary>The shared store cannot be reached.</summary>
    StoreDown,

    /// <summary>It answers after seconds, or after longer than anybody waits.</summary>
    StoreSlow,

    /// <summary>A connection to it breaks within a statement, which was done, is not done, or is done later.</summary>
    StoreCut,

    /// <summary>It is restarted, or crashes and starts again: all connections are gone.</summary>
    StoreRestarted,

    /// <summary>A process that stood still acts after its lease has ended.</summary>
    ActsLate,

    /// <summary>A check before a step fails, or says nothing.</summary>
    CheckFails,

    /// <summary>A check before a step throws.</summary>
    CheckThrows,

    /// <summary>A check before a step answers after seconds.</summary>
    CheckSlow,

    /// <summary>A check before a step never answers.</summary>
    CheckHangs,

    /// <summary>A hook refuses to take an escalation, or cannot be reached.</summary>
    HookRefuses,

    /// <summary>A hook answers after seconds, or after longer than anybody waits.</summary>
    HookSlow,

    /// <summary>A hook takes an escalation and says that it did not.</summary>
    HookUnheard,
}
