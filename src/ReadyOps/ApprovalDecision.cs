namespace ReadyOps;

/// <summary>What a person decided. There is no zero: a value that nobody set must not read as an approval.</summary>
public enum ApprovalDecision
{
    /// <summary>The release may go out, as far as this person is concerned.</summary>
    Approved = 1,

    /// <summary>It must not, until the same person withdraws this or approves.</summary>
    Denied,

    /// <summary>What this person decided before no longer counts.</summary>
    Withdrawn,
}
