namespace ReadyOps;

/// <summary>What a decision of a person counts for now.</summary>
public enum ApprovalState
{
    /// <summary>It stands: an approval counts, a denial blocks.</summary>
    Standing = 1,

    /// <summary>It was given for a time, and the time is over.</summary>
    Expired,

    /// <summary>The person withdrew it, or denied later.</summary>
    Withdrawn,

    /// <summary>The person decided anew later.</summary>
    Replaced,

    /// <summary>It does not count here: for another text of the gate, without the signature it needs, by somebody who is not asked.</summary>
    NotCounted,
}
