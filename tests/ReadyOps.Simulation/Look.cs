namespace ReadyOps.Simulation;

/// <summary>What one command of one agent has seen and done so far: what its decisions may rest on.</summary>
internal sealed partial class Look
{
    public string Command { get; init; } = "";

    /// <summary>Whether it was set without an error since it was last read.</summary>
    public bool HasSet { get; set; }

    /// <summary>When it first began to set the share, by its clock.</summary>
    public DateTimeOffset? SetBegun { get; private set; }

    /// <summary>How often the target failed, was slow to take effect or lied.</summary>
    public int TargetFaults { get; set; }

    /// <summary>How often what was half written could not be cut off.</summary>
    public int CutFaults { get; set; }

    /// <summary>When it last asked whether a lease of a shared store is held, in true time, and heard that it is.</summary>
    public DateTimeOffset? AskedHeld { get; set; }

    /// <summary>Whether it met the lease of another in a shared store.</summary>
    public bool MetLease { get; set; }

    /// <summary>How often the disk was full.</summary>
    public int FullFaults { get; set; }

    /// <summary>The journal that it wrote last in the room that is kept for a full disk.</summary>
    public string? UsedReserve { get; set; }

    /// <summary>How often the disk failed.</summary>
    public int DiskFaults { get; set; }

    /// <summary>What the source of each signal answered, its name with <c>_stable</c> for the other side.</summary>
    public Dictionary<string, SimAnswer> Answers { get; } = [];

    /// <summary>Where each rollout stood when its lease was taken, and when it was given back.</summary>
    public Dictionary<Ledger, (LedgerView Before, LedgerView After)> Views { get; } = [];

    /// <summary>Events that were journalled meanwhile, observations not counted.</summary>
    public int Events { get; set; }

    /// <summary>The turn of the journal's damage: whether anything was damaged when the command began.</summary>
    public bool BeganDamaged { get; init; }

    /// <summary>How often the share had been changed by hand when it began.</summary>
    public int HandChanges { get; init; }

    /// <summary>How often a clock had jumped when it began.</summary>
    public int Jumps { get; init; }

    /// <summary>When it was last told anything, by its clock: what it decides, it decides no earlier.</summary>
    public DateTimeOffset HeardAt
    {
        get;
        set
        {
            field = value;
            if (FirstHeardAt == default) FirstHeardAt = value;
        }
    }

    /// <summary>When it was last told anything about a signal, by its clock.</summary>
    public DateTimeOffset SignalsHeardAt { get; set; }

    /// <summary>Nothing is decided for a time before the last event of the journal that it took.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>What a decision is dated at, at the earliest.</summary>
    public DateTimeOffset DecidesAt => HeardAt > Since ? HeardAt : Since;

    /// <summary>When it was first told anything.</summary>
    public DateTimeOffset FirstHeardAt { get; private set; }
}

/// <summary>An answer of a source.</summary>
/// <param name="Until">Up to when it answered.</param>
/// <param name="IsError">Whether it could not.</param>
/// <param name="IsNew">Whether there was a sample in it that nobody had seen before.</param>
internal readonly record struct SimAnswer(long Until, bool IsError, bool IsNew);

/// <summary>Where a rollout stands, as far as its status tells.</summary>
internal sealed record LedgerView(string Phase, decimal Share, int Step, DateTimeOffset StepStart, DateTimeOffset LastAt, int ClockSetBacks, int Events);
