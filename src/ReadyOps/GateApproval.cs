namespace ReadyOps;

/// <summary>What one person decided about one check of a gate, for one release and one text of the gate.</summary>
public sealed record GateApproval
{
    // Only the journal makes one: a decision that anybody could make up would prove nothing.
    internal GateApproval()
    {
    }

    /// <summary>Name of the gate.</summary>
    public string Gate { get; internal init; } = "";

    /// <summary>The release it is for; <see langword="null"/> when the gate is asked without one.</summary>
    public string? Release { get; internal init; }

    /// <summary>Name of the check.</summary>
    public string Check { get; internal init; } = "";

    /// <summary>The role the person decided in, if the check asks for one.</summary>
    public string? Role { get; internal init; }

    /// <summary>Who decided.</summary>
    public string Person { get; internal init; } = "";

    /// <summary>What was decided.</summary>
    public ApprovalDecision Decision { get; internal init; }

    /// <summary>Why.</summary>
    public string Reason { get; internal init; } = "";

    /// <summary>When (UTC).</summary>
    public DateTimeOffset Time { get; internal init; }

    /// <summary>Until when it counts (UTC); <see langword="null"/> without an end.</summary>
    public DateTimeOffset? ExpiresAt { get; internal init; }

    /// <summary>SHA-256 of the gate document that it was given for, in lower-case hex.</summary>
    public string Digest { get; internal init; } = "";

    /// <summary>How it is signed: <c>hmac-sha256</c>, <c>rsa-pss-sha256</c>, <c>ecdsa-sha256</c>; empty when it is not.</summary>
    public string Signature { get; internal init; } = "";

    /// <summary>What it counts for now.</summary>
    public ApprovalState State { get; internal init; } = ApprovalState.Standing;

    /// <summary>Why it counts for that; empty when it stands.</summary>
    public string Note { get; internal init; } = "";

    /// <summary>The journal event that recorded it, <c>stream#sequence</c>.</summary>
    public string JournalReference { get; internal init; } = "";

    /// <summary>The signature itself.</summary>
    internal byte[] SignatureValue { get; init; } = [];

    /// <inheritdoc/>
    public override string ToString() => $"{Gate}: {Check}: {Decision} by {Person} ({State})";
}
