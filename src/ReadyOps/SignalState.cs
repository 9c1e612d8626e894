namespace ReadyOps;

/// <summary>Whether a signal's bound has been broken for long enough to act.</summary>
public enum SignalState
{
    /// <summary>The newest sample keeps the bound, or none has been seen yet.</summary>
    Clear,

    /// <summary>The newest samples break the bound, not yet for long enough.</summary>
    Pending,

    /// <summary>The bound was broken for as long, or as often in a row, as the document says.</summary>
    Breached,
}
